from django.urls import path

from contacts.editing import views

urlpatterns = [
    path("new/", views.new, name="new"),
    path("<piggy:contact_uuid>/edit/", views.edit, name="edit"),
    path("<piggy:contact_uuid>/subscriptions/", views.subscriptions, name="subscriptions"),
    path("<piggy:contact_uuid>/subscriptions/subscribe/", views.subscribe, name="subscribe"),
    path("<piggy:contact_uuid>/subscriptions/unsubscribe/", views.unsubscribe, name="unsubscribe"),
]
