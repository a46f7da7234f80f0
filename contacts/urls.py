"""Everything about one contact: each page-subject adds its addresses here."""

from django.urls import include, path

app_name = "contacts"
# The last one takes any id right after /contacts/, so whatever has a name of its own stands before it.
urlpatterns = [
    path("", include("contacts.claiming.urls")),
    path("", include("contacts.credits.urls")),
    path("", include("contacts.cards.urls")),
    path("", include("contacts.editing.urls")),
    path("", include("contacts.lookup.urls")),
]
