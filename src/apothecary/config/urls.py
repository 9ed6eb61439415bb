"""Every address of the house, room by room."""

from django.urls import URLPattern, URLResolver, include, path

from apothecary.config import (
    frame,
    home,
    seek,
    telling,  # noqa: F401 puts what higher rooms know on the lists of the vault
)
from apothecary.doors.api.app import api
from apothecary.doors.script import script
from apothecary.workbench.calculator import calculator

urlpatterns: list[URLPattern | URLResolver] = [
    path("script", script, name="script"),
    path("api/", api.urls),
    path("", home.home, name="home"),
    path("counts", frame.counts, name="counts"),
    path("search", seek.search, name="search"),
    path("scan", seek.scan, name="scan"),
    path("calculator", calculator, name="calculator"),
    path("", include("apothecary.staff.urls")),
    path("rx/", include("apothecary.prescriptions.urls")),
    path("patients/", include("apothecary.patients.urls")),
    path("drugs/", include("apothecary.drugs.urls")),
    path("stock/", include("apothecary.stock.urls")),
    path("vault/", include("apothecary.vault.urls")),
    path("purchasing/", include("apothecary.purchasing.urls")),
    path("intake/", include("apothecary.intake.urls")),
    path("claims/authorizations/", include("apothecary.claims.authorization.urls")),
    path("claims/", include("apothecary.claims.urls")),
    path("screening/", include("apothecary.screening.urls")),
    path("filling/", include("apothecary.filling.urls")),
    path("verification/", include("apothecary.verification.urls")),
    path("pickup/", include("apothecary.pickup.urls")),
    path("returns/", include("apothecary.returns.urls")),
]
handler500 = "apothecary.config.outage.answer"
