from django.apps import AppConfig


class WorkbenchRoom(AppConfig):
    name = "apothecary.workbench"
    label = "workbench"
