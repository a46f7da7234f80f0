from django.urls import path

from vouchers.changing import views

urlpatterns = [
    path("", views.changes, name="changes"),
    path("preview/", views.preview, name="change-preview"),
    path("<uuid:change_id>/", views.change, name="change"),
    path("<uuid:change_id>/stop/", views.stop, name="change-stop"),
]
