from django.apps import AppConfig


class PrescriptionsRoom(AppConfig):
    name = "apothecary.prescriptions"
    label = "prescriptions"
