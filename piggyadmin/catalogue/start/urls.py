from django.urls import path

from piggyadmin.catalogue.start import views

urlpatterns = [path("", views.start, name="start")]
