from django.urls import path

from contacts.bookings import import_views, views

app_name = "bookings"
urlpatterns = [
    path("", views.day, name="day"),
    path("new/", views.new, name="new"),
    path("import/", import_views.bring_in, name="import"),
    path("<piggy:booking_uuid>/edit/", views.edit, name="edit"),
    path("<piggy:booking_uuid>/check-in/", views.check_in, name="check-in"),
]
