from django.urls import path

from vouchers.promotions import views

urlpatterns = [
    path("", views.promotions, name="promotions"),
    path("new/", views.new, name="promotion-new"),
    path("<piggy:promotion_uuid>/", views.promotion, name="promotion"),
]
