from django.apps import AppConfig


class DoorsRoom(AppConfig):
    name = "apothecary.doors"
    label = "doors"
