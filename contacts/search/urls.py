from django.urls import path

from contacts.search import list_views, views

urlpatterns = [
    path("", list_views.customers, name="list"),
    path("export.csv", list_views.export, name="export"),
    path("search/", views.search, name="search"),
]
