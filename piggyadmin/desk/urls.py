from django.urls import path

from piggyadmin.desk import views
from piggyadmin.desk.scanner import views as scanner

app_name = "desk"
urlpatterns = [
    path("", views.today, name="today"),
    path("find/", views.find, name="find"),
    path("last/<int:number>/", views.last_customer, name="last-customer"),
    path("keys/", views.keys, name="keys"),
    path("scanner/", scanner.scanner, name="scanner"),
    path("scanner/keep/", scanner.keep, name="scanner-keep"),
]
