from django.urls import path

from contacts.duplicates import views

urlpatterns = [
    path("", views.pairs, name="duplicates"),
    path("scan/", views.scan, name="duplicates-scan"),
    path("<uuid:pair_id>/", views.pair, name="pair"),
    path("<uuid:pair_id>/live/", views.live, name="pair-live"),
    path("<uuid:pair_id>/next/", views.following, name="pair-next"),
    path("<uuid:pair_id>/reopen/", views.reopen, name="pair-reopen"),
    path("<uuid:pair_id>/leave/", views.leave, name="family-leave"),
]
