"""The addresses of recalls, returns and disposal."""

from django.urls import URLPattern, URLResolver

app_name = "returns"
urlpatterns: list[URLPattern | URLResolver] = []
