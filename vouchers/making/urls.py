from django.urls import path

from vouchers.making import views

urlpatterns = [path("new/", views.new, name="voucher-new")]
