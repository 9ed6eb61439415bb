from django.apps import AppConfig


class DrugsRoom(AppConfig):
    name = "apothecary.drugs"
    label = "drugs"
