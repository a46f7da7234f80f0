"""Where Piggy tells of its events. No person opens this: the signature is the sign-in."""

from django.urls import path

from contacts.copy import receiving

urlpatterns = [path("piggy/", receiving.receive, name="piggy-webhook")]
