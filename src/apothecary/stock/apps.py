from django.apps import AppConfig


class StockRoom(AppConfig):
    name = "apothecary.stock"
    label = "stock"
