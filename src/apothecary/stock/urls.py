"""The addresses of the shelves."""

from django.urls import path

from apothecary.stock import views
from apothecary.stock.counting.urls import urlpatterns as counting
from apothecary.stock.expiring.urls import urlpatterns as expiring
from apothecary.stock.levels.urls import urlpatterns as levels
from apothecary.stock.places.urls import urlpatterns as places

app_name = "stock"
urlpatterns = [
    path("", views.shelf, name="shelf"),
    path("receive", views.receive, name="receive"),
    path("receive/scan", views.receive_scan, name="receive-scan"),
    path("product/<int:product_id>/", views.of_product, name="of-product"),
    path("lot/<int:lot_id>/", views.lot, name="lot"),
    path("lot/<int:lot_id>/count", views.count, name="count"),
    path("lot/<int:lot_id>/move", views.move, name="move"),
    path("lot/<int:lot_id>/quarantine", views.quarantine, name="quarantine"),
    path("lot/<int:lot_id>/release", views.release, name="release"),
    *places,
    *levels,
    *counting,
    *expiring,
]
