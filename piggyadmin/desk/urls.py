from django.urls import path

from piggyadmin.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.today, name="today"),
    path("find/", views.find, name="find"),
]
