from django.urls import path

from contacts.transactions import views

app_name = "transactions"
urlpatterns = [
    path("", views.transactions, name="list"),
    path("export.csv", views.export, name="export"),
]
