from django.apps import AppConfig


class WiresRoom(AppConfig):
    name = "apothecary.wires"
    label = "wires"
