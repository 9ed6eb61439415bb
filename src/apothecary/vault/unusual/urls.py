"""The addresses of red flags."""

from django.urls import path

from apothecary.vault.unusual import pages

urlpatterns = [
    path("flags/", pages.flags, name="flags"),
    path("flags/look", pages.look, name="look-at-flag"),
]
