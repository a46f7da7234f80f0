from django.urls import path

from vouchers.printing import ruler_views, views

urlpatterns = [
    path("<uuid:run_id>/sheets/", views.sheets, name="batch-sheets"),
    path("<uuid:run_id>/sheets/<int:number>/", views.sheet, name="batch-sheet"),
    path("<uuid:run_id>/sheets/receipt/<int:number>/", views.receipt, name="batch-receipt"),
    path("brand.css", ruler_views.brand_style, name="brand-css"),
    path("ruler/", ruler_views.ruler, name="ruler"),
    path("printers/<uuid:printer_id>/", ruler_views.printer, name="printer"),
    path("printers/<uuid:printer_id>.css", ruler_views.offset, name="printer-css"),
]
