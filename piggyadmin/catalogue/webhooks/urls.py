from django.urls import path

from piggyadmin.catalogue.webhooks import views

urlpatterns = [
    path("", views.webhooks, name="webhooks"),
    path("subscribe/", views.subscribe, name="webhooks-subscribe"),
    path("<piggy:uuid>/pause/", views.pause, name="webhook-pause"),
    path("<piggy:uuid>/resume/", views.resume, name="webhook-resume"),
    path("<piggy:uuid>/delete/", views.delete, name="webhook-delete"),
]
