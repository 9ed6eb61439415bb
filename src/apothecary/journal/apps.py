from django.apps import AppConfig


class JournalRoom(AppConfig):
    name = "apothecary.journal"
    label = "journal"
