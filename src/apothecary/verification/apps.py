from django.apps import AppConfig


class VerificationRoom(AppConfig):
    name = "apothecary.verification"
    label = "verification"
