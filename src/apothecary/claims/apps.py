from django.apps import AppConfig


class ClaimsRoom(AppConfig):
    name = "apothecary.claims"
    label = "claims"
