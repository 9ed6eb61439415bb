from django.apps import AppConfig


class ReturnsRoom(AppConfig):
    name = "apothecary.returns"
    label = "returns"
