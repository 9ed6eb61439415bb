from django.apps import AppConfig


class PickupRoom(AppConfig):
    name = "apothecary.pickup"
    label = "pickup"
