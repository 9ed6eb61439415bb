from django.apps import AppConfig


class ConfigRoom(AppConfig):
    name = "apothecary.config"
    label = "config"
