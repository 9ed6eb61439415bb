"""The address of what is kept how long."""

from django.urls import path

from apothecary.vault.keeping import pages

urlpatterns = [path("retention/", pages.retention, name="retention")]
