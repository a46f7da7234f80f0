from django.urls import path

from contacts.access import views

urlpatterns = [path("", views.auth_token, name="auth-token")]
