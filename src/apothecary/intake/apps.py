from django.apps import AppConfig


class IntakeRoom(AppConfig):
    name = "apothecary.intake"
    label = "intake"
