from django.urls import path

from contacts.deleting import erase_views, views

urlpatterns = [
    path("deletions/", views.deletions, name="deletions"),
    path("deletions/<uuid:pk>/", views.deletion, name="deletion"),
    path("deletions/<uuid:pk>/approve/", views.approve, name="deletion-approve"),
    path("deletions/<uuid:pk>/approve-here/", views.approve_here, name="deletion-approve-here"),
    path("deletions/<uuid:pk>/decline/", views.decline, name="deletion-decline"),
    path("deletions/<uuid:pk>/withdraw/", views.withdraw, name="deletion-withdraw"),
    path("deletions/<uuid:pk>/cancel/", views.cancel, name="deletion-cancel"),
    path("deletions/<uuid:pk>/close/", views.close, name="deletion-close"),
    path("<piggy:contact_uuid>/delete/", views.delete, name="delete"),
    path("<piggy:contact_uuid>/erase/", erase_views.erase, name="erase"),
]
