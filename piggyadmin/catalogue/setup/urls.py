from django.urls import path

from piggyadmin.catalogue.setup import views

urlpatterns = [
    path("shops/", views.shops, name="shops"),
    path("shops/<piggy:shop_uuid>/", views.shop, name="shop"),
    path("subscription-types/", views.subscription_types, name="subscription-types"),
    path("forms/", views.forms, name="forms"),
    path("automations/", views.automations, name="automations"),
    path("brand/", views.brand, name="brand"),
]
