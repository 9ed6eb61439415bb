"""The addresses of the controlled-substance book, its orders, its reports and its papers."""

from django.urls import URLPattern, URLResolver

from apothecary.vault import law_paper
from apothecary.vault.book.urls import urlpatterns as book
from apothecary.vault.csos.urls import urlpatterns as electronic
from apothecary.vault.epcs.urls import urlpatterns as received
from apothecary.vault.keeping.urls import urlpatterns as keeping
from apothecary.vault.losses.urls import urlpatterns as losses
from apothecary.vault.monitoring.urls import urlpatterns as monitoring
from apothecary.vault.orders.urls import urlpatterns as orders
from apothecary.vault.rescheduled.urls import urlpatterns as rescheduled
from apothecary.vault.unusual.urls import urlpatterns as unusual

# The paper puts itself on the inspector's list.
__all__ = ["app_name", "law_paper", "urlpatterns"]
app_name = "vault"
urlpatterns: list[URLPattern | URLResolver] = [
    *book,
    *losses,
    *unusual,
    *monitoring,
    *orders,
    *electronic,
    *received,
    *keeping,
    *rescheduled,
]
