from django.apps import AppConfig


class PurchasingRoom(AppConfig):
    name = "apothecary.purchasing"
    label = "purchasing"
