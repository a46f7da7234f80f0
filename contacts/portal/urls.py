from django.urls import path

from contacts.portal import claim_views, views

urlpatterns = [
    path("", views.portal, name="portal"),
    path("claim/", claim_views.claim_link, name="claim-link"),
    path("<piggy:session_uuid>/", views.session, name="portal-session"),
]
