"""Every address of the house, room by room."""

from django.urls import URLPattern, URLResolver, path

from apothecary.doors.script import script

urlpatterns: list[URLPattern | URLResolver] = [
    path("script", script, name="script"),
]
