"""Importing this sets Django up, for programs that are no web server."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apothecary.config.settings")
django.setup()
