from django.urls import path

from contacts.prepaid import move_views, views

urlpatterns = [
    path("", views.prepaid, name="prepaid"),
    path("move/", move_views.move, name="prepaid-move"),
    path("<piggy:transaction_uuid>/take-back/", views.take_back, name="reverse-prepaid"),
]
