from django.apps import AppConfig


class FillingRoom(AppConfig):
    name = "apothecary.filling"
    label = "filling"
