"""The addresses of the shelves."""

from django.urls import path

from apothecary.stock import views

app_name = "stock"
urlpatterns = [
    path("", views.shelf, name="shelf"),
    path("expiring", views.expiring, name="expiring"),
    path("receive", views.receive, name="receive"),
    path("receive/scan", views.receive_scan, name="receive-scan"),
    path("product/<int:product_id>/", views.of_product, name="of-product"),
    path("lot/<int:lot_id>/", views.lot, name="lot"),
    path("lot/<int:lot_id>/count", views.count, name="count"),
    path("lot/<int:lot_id>/move", views.move, name="move"),
    path("lot/<int:lot_id>/quarantine", views.quarantine, name="quarantine"),
    path("lot/<int:lot_id>/release", views.release, name="release"),
]
