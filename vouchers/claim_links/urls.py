from django.urls import path

from vouchers.claim_links import paper_views, views

urlpatterns = [
    path("", views.claim_links, name="claim-links"),
    path("<uuid:order_id>/", views.order, name="claim-link-order"),
    path("<uuid:order_id>/stop/", views.stop, name="claim-link-stop"),
    path("<uuid:order_id>/print/", paper_views.print_links, name="claim-link-print"),
]
