"""Everything about vouchers: each page-subject adds its addresses here."""

from django.urls import include, path

app_name = "vouchers"
urlpatterns = [path("", include("vouchers.check.urls"))]
