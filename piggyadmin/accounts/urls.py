"""The pages of people: signing in, the lock, one's own account, staff, shops and limits."""

from django.urls import path

from piggyadmin.accounts import views
from piggyadmin.accounts.limits import views as limits
from piggyadmin.accounts.lock import views as lock
from piggyadmin.accounts.me import views as me
from piggyadmin.accounts.shops import views as shops
from piggyadmin.accounts.staff import views as staff

app_name = "accounts"

urlpatterns = [
    path("shop/", views.pick_shop_page, name="pick-shop"),
    path("lock/", lock.lock, name="lock"),
    path("lock/now/", lock.lock_now, name="lock-now"),
    path("lock/stay/", lock.stay, name="stay"),
    path("lock/kept/", lock.kept_forms, name="kept"),
    path("staff/", staff.list_staff, name="staff"),
    path("staff/new/", staff.add, name="staff-add"),
    path("staff/me/", me.me, name="me"),
    path("staff/shops/", shops.list_shops, name="shops"),
    path("staff/shops/read/", shops.read, name="shops-read"),
    path("staff/shops/<uuid:shop_id>/", shops.change, name="shop"),
    path("staff/limits/", limits.table, name="limits"),
    path("staff/limits/<slug:kind>/<slug:role>/", limits.change, name="limit"),
    path("staff/<uuid:staff_id>/", staff.change, name="staff-change"),
    path("staff/<uuid:staff_id>/password/", staff.password, name="staff-password"),
    path("staff/<uuid:staff_id>/second-factor/", staff.second_factor, name="staff-second-factor"),
]
