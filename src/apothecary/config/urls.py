"""Every address of the house, room by room."""

from django.urls import URLPattern, URLResolver, path

from apothecary.config import health, metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", metrics.metrics),
]
