from django.urls import path

from contacts.lookup import views

urlpatterns = [
    path("<piggy:contact_uuid>/", views.contact, name="contact"),
    path("<piggy:contact_uuid>/panel/<slug:panel>/", views.panel, name="panel"),
]
