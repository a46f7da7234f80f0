from django.urls import path

from piggyadmin.catalogue.attributes import views

urlpatterns = [
    path("", views.attributes, name="attributes"),
    path("<slug:of>/new/", views.new, name="attribute-new"),
    path("<slug:of>/new-group/", views.new_group, name="attribute-group-new"),
    path("<slug:of>/<piggy:name>/change/", views.change, name="attribute-change"),
]
