from django.urls import include, path

from piggyadmin.desk import views
from piggyadmin.desk.practice import views as practice
from piggyadmin.desk.scanner import views as scanner
from piggyadmin.desk.status import views as status

app_name = "desk"
urlpatterns = [
    path("", views.today, name="today"),
    path("find/", views.find, name="find"),
    path("last/<int:number>/", views.last_customer, name="last-customer"),
    path("keys/", views.keys, name="keys"),
    path("scanner/", scanner.scanner, name="scanner"),
    path("scanner/keep/", scanner.keep, name="scanner-keep"),
    path("practice/", practice.practice, name="practice"),
    path("practice/begin/", practice.begin, name="practice-begin"),
    path("shift/", include("piggyadmin.desk.shift.urls")),
    path("status/", status.status, name="status"),
    path("status/json", status.status_json, name="status-json"),
    path("status/read-all/", status.read_all, name="status-read-all"),
]
