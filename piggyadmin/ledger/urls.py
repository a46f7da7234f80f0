from django.urls import path

from piggyadmin.ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.audit, name="audit"),
    path("export/", views.export, name="export"),
    path("<uuid:act_id>/", views.act, name="act"),
    path("<uuid:act_id>/look/", views.look, name="look"),
    path("<uuid:act_id>/settle/", views.settle, name="settle"),
    path("<uuid:act_id>/decide/", views.decide, name="decide"),
]
