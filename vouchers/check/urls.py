from django.urls import path

from vouchers.check import views

urlpatterns = [
    path("check/", views.check, name="check"),
    path("<piggy:voucher_uuid>/", views.voucher, name="voucher"),
    path("<piggy:voucher_uuid>/code/", views.reveal, name="voucher-code"),
    path("<piggy:voucher_uuid>/lock/", views.lock, name="lock"),
    path("<piggy:voucher_uuid>/holder/", views.holder, name="holder"),
    path("<piggy:voucher_uuid>/redeem/", views.redeem, name="redeem"),
    path("<piggy:voucher_uuid>/release/", views.release, name="release"),
    path("<piggy:voucher_uuid>/look/", views.look, name="look"),
    path("<piggy:voucher_uuid>/reverse/<piggy:redemption_uuid>/", views.reverse_redemption, name="reverse"),
]
