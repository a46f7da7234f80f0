from django.urls import path

from piggyadmin.catalogue.programme import perk_views, views

urlpatterns = [
    path("programme/", views.programme, name="programme"),
    path("programme/units/new/", views.unit_new, name="unit-new"),
    path("perks/", perk_views.listed, name="perks"),
    path("perks/new/", perk_views.new, name="perk-new"),
    path("perks/<piggy:perk_uuid>/", perk_views.perk, name="perk"),
    path("perks/<piggy:perk_uuid>/rename/", perk_views.rename, name="perk-rename"),
    path("perks/<piggy:perk_uuid>/delete/", perk_views.delete, name="perk-delete"),
]
