from django.urls import path

from contacts.portal import token_views

urlpatterns = [path("", token_views.session_token, name="session-token")]
