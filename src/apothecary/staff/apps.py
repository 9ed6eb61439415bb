from django.apps import AppConfig


class StaffRoom(AppConfig):
    name = "apothecary.staff"
    label = "staff"
