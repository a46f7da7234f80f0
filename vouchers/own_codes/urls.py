from django.urls import path

from vouchers.own_codes import views

urlpatterns = [path("", views.own_codes, name="own-codes")]
