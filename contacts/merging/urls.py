from django.urls import path

from contacts.merging import new_views, rebuild_views, views

urlpatterns = [
    path("", views.merges, name="merges"),
    path("new/", new_views.new, name="propose-merge"),
    path("export.csv", views.export, name="merges-export"),
    path("<uuid:merge_id>/", views.merge, name="merge"),
    path("<uuid:merge_id>/rebuild/", rebuild_views.rebuild, name="rebuild"),
]
