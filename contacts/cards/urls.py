from django.urls import path

from contacts.cards import views, whose

urlpatterns = [
    path("cards/", whose.whose, name="card-whose"),
    path("<piggy:contact_uuid>/cards/", views.cards, name="cards"),
    path("<piggy:contact_uuid>/cards/link/", views.link, name="card-link"),
    path("<piggy:contact_uuid>/cards/switch/", views.switch, name="card-switch"),
    path("<piggy:contact_uuid>/cards/rename/", views.rename, name="card-rename"),
    path("<piggy:contact_uuid>/cards/unlink/", views.unlink, name="card-unlink"),
    path("<piggy:contact_uuid>/cards/replace/", views.replace, name="card-replace"),
    path("<piggy:contact_uuid>/cards/look/", views.look, name="card-look"),
]
