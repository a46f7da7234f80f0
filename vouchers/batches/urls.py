from django.urls import path

from vouchers.batches import new_views, views

urlpatterns = [
    path("", views.batches, name="batches"),
    path("new/", new_views.new, name="batch-new"),
    path("new/<piggy:promotion_uuid>/", new_views.new, name="batch-new-of"),
    path("<uuid:run_id>/", views.batch, name="batch"),
    path("<uuid:run_id>/cancel/", views.cancel, name="batch-cancel"),
    path("<uuid:run_id>/steer/", views.steer, name="batch-steer"),
]
