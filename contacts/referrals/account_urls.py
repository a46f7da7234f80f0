"""The account's own page of referrals, under /catalogue/."""

from django.urls import path

from contacts.referrals import account_views

urlpatterns = [
    path("", account_views.settings_page, name="referrals"),
    path("export.csv", account_views.export, name="referrals-export"),
]
