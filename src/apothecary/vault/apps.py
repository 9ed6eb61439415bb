from django.apps import AppConfig


class VaultRoom(AppConfig):
    name = "apothecary.vault"
    label = "vault"
