"""Everything about vouchers: each page-subject adds its addresses here."""

from django.urls import include, path

app_name = "vouchers"
# The last one takes any id right after /vouchers/, so whatever has a name of its own stands before it.
urlpatterns = [
    path("promotions/", include("vouchers.promotions.urls")),
    path("batches/", include("vouchers.batches.urls")),
    path("batches/", include("vouchers.files.urls")),
    path("batches/", include("vouchers.printing.urls")),
    path("codes/", include("vouchers.own_codes.urls")),
    path("claim-links/", include("vouchers.claim_links.urls")),
    path("changes/", include("vouchers.changing.urls")),
    path("", include("vouchers.making.urls")),
    path("", include("vouchers.check.urls")),
]
