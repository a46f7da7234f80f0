from django.urls import path

from contacts.automations import views

urlpatterns = [
    path("", views.automations, name="automations"),
    path("<piggy:automation_uuid>/", views.run, name="automation-run"),
]
