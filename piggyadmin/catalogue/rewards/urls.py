from django.urls import path

from piggyadmin.catalogue.rewards import views

urlpatterns = [
    path("", views.rewards, name="rewards"),
    path("<piggy:reward_uuid>/", views.reward, name="reward"),
    path("<piggy:reward_uuid>/change/", views.change, name="reward-change"),
]
