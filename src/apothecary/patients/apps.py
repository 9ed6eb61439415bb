from django.apps import AppConfig


class PatientsRoom(AppConfig):
    name = "apothecary.patients"
    label = "patients"
