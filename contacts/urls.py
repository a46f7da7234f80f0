"""Everything about one contact: each page-subject adds its addresses here."""

from django.urls import include, path

app_name = "contacts"
urlpatterns = [path("", include("contacts.lookup.urls"))]
