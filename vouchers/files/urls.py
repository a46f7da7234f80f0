from django.urls import path

from vouchers.files import views

urlpatterns = [
    path("<uuid:run_id>/files/", views.files, name="batch-files"),
    path("<uuid:run_id>/files/<uuid:file_id>/", views.download, name="batch-file"),
    path("<uuid:run_id>/export.csv", views.csv, name="batch-csv"),
    path("<uuid:run_id>/export.xlsx", views.xlsx, name="batch-xlsx"),
]
