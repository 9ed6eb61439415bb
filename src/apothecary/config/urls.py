"""Every address of the house, room by room."""

from django.urls import URLPattern, URLResolver, include, path

from apothecary.config import frame, home
from apothecary.doors.api.app import api
from apothecary.doors.script import script

urlpatterns: list[URLPattern | URLResolver] = [
    path("script", script, name="script"),
    path("api/", api.urls),
    path("", home.home, name="home"),
    path("counts", frame.counts, name="counts"),
    path("", include("apothecary.staff.urls")),
    path("rx/", include("apothecary.prescriptions.urls")),
    path("patients/", include("apothecary.patients.urls")),
    path("drugs/", include("apothecary.drugs.urls")),
    path("stock/", include("apothecary.stock.urls")),
    path("claims/", include("apothecary.claims.urls")),
]
