from django.urls import path

from piggyadmin.desk.shift import views

urlpatterns = [path("", views.shift, name="shift")]
