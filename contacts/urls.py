"""Everything about one contact: each page-subject adds its addresses here."""

from django.urls import include, path

app_name = "contacts"
# The last one takes any id right after /contacts/, so whatever has a name of its own stands before it.
urlpatterns = [
    path("", include("contacts.search.urls")),
    path("token/", include("contacts.portal.token_urls")),
    path("duplicates/", include("contacts.duplicates.urls")),
    path("merges/", include("contacts.merging.urls")),
    path("", include("contacts.deleting.urls")),
    path("", include("contacts.claiming.urls")),
    path("", include("contacts.credits.urls")),
    path("", include("contacts.cards.urls")),
    path("", include("contacts.editing.urls")),
    path("<piggy:contact_uuid>/rewards/", include("contacts.rewards.urls")),
    path("<piggy:contact_uuid>/prepaid/", include("contacts.prepaid.urls")),
    path("<piggy:contact_uuid>/orders/", include("contacts.orders.urls")),
    path("<piggy:contact_uuid>/visits/", include("contacts.visits.urls")),
    path("<piggy:contact_uuid>/referrals/", include("contacts.referrals.urls")),
    path("<piggy:contact_uuid>/portal/", include("contacts.portal.urls")),
    path("<piggy:contact_uuid>/automations/", include("contacts.automations.urls")),
    path("<piggy:contact_uuid>/auth-token/", include("contacts.access.urls")),
    path("", include("contacts.lookup.urls")),
]
