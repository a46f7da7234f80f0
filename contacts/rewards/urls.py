from django.urls import path

from contacts.rewards import claim_views, views

urlpatterns = [
    path("", views.rewards, name="rewards"),
    path("card/", views.prove, name="rewards-card"),
    path("claim/<piggy:reward_uuid>/", views.claim, name="claim-reward"),
    path("claims/<piggy:claim_uuid>/hand-over/", claim_views.hand_over, name="hand-over"),
    path("claims/<piggy:claim_uuid>/undo/", claim_views.undo, name="undo-hand-over"),
    path("claims/<piggy:claim_uuid>/take-back/", claim_views.take_back, name="take-back-claim"),
]
