"""Every address of the dashboard. A page's code lies in the folder that its address names."""

from django.urls import include, path

from piggyadmin import converters, views

converters.register()  # before the addresses below, which use it

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("", include("piggyadmin.desk.urls")),
    path("", include("piggyadmin.accounts.urls")),
    path("account/", include("piggyadmin.accounts.allauth_urls")),
    path("contacts/", include("contacts.urls")),
    path("bookings/", include("contacts.bookings.urls")),
    path("transactions/", include("contacts.transactions.urls")),
    path("vouchers/", include("vouchers.urls")),
    path("giftcards/", include("vouchers.giftcards.urls")),
    path("catalogue/", include("piggyadmin.catalogue.urls")),
    path("webhooks/", include("contacts.copy.webhook_urls")),
    path("audit/", include("piggyadmin.ledger.urls")),
]

handler400 = "piggyadmin.views.bad_request"
handler403 = "piggyadmin.views.permission_denied"
handler404 = "piggyadmin.views.page_not_found"
handler500 = "piggyadmin.views.server_error"
