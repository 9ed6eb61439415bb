"""The addresses of the controlled-substance book, its orders and its papers."""

from django.urls import URLPattern, URLResolver

app_name = "vault"
urlpatterns: list[URLPattern | URLResolver] = []
