from django.urls import path

from contacts.orders import views

urlpatterns = [
    path("", views.orders, name="orders"),
    path("<piggy:order_uuid>/", views.order, name="order"),
]
