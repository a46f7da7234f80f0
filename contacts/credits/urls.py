from django.urls import path

from contacts.credits import reverse_views, views

urlpatterns = [
    path("<piggy:contact_uuid>/award/", views.award, name="award"),
    path(
        "<piggy:contact_uuid>/award/<piggy:reception_uuid>/reverse/", reverse_views.reverse_award, name="reverse-award"
    ),
]
