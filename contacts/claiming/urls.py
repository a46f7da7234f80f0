from django.urls import path

from contacts.claiming import views

urlpatterns = [
    path("anonymous/", views.anonymous, name="anonymous"),
    path("<piggy:contact_uuid>/claim/", views.claim, name="claim"),
    path("<piggy:contact_uuid>/claim/check/", views.check, name="claim-check"),
    path("<piggy:contact_uuid>/flag/", views.flag, name="flag"),
    path("<piggy:contact_uuid>/flag/find/", views.flag_find, name="flag-find"),
    path("<piggy:contact_uuid>/verify/", views.verify, name="verify"),
    path("<piggy:contact_uuid>/verify/code/", views.verify_code, name="verify-code"),
]
