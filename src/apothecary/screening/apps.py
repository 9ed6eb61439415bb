from django.apps import AppConfig


class ScreeningRoom(AppConfig):
    name = "apothecary.screening"
    label = "screening"
