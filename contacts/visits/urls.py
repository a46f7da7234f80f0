from django.urls import path

from contacts.visits import views

urlpatterns = [
    path("", views.visits, name="visits"),
    path("new/", views.new, name="visit-new"),
    path("<piggy:visit_uuid>/edit/", views.edit, name="visit-edit"),
]
