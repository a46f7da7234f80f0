"""The account's set-up at Piggy, each thing in its place."""

from django.urls import include, path

app_name = "catalogue"
urlpatterns = [
    path("", include("piggyadmin.catalogue.start.urls")),
    path("", include("piggyadmin.catalogue.programme.urls")),
    path("rewards/", include("piggyadmin.catalogue.rewards.urls")),
    path("", include("piggyadmin.catalogue.setup.urls")),
    path("", include("piggyadmin.catalogue.products.urls")),
    path("referrals/", include("contacts.referrals.account_urls")),
    path("attributes/", include("piggyadmin.catalogue.attributes.urls")),
    path("webhooks/", include("piggyadmin.catalogue.webhooks.urls")),
]
