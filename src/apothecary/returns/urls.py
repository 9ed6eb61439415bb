"""The addresses of recalls, returns and disposal."""

from apothecary.returns.disposal.urls import urlpatterns as disposal
from apothecary.returns.recalls.urls import urlpatterns as recalls
from apothecary.returns.shipments.urls import urlpatterns as shipments

app_name = "returns"
urlpatterns = [*recalls, *shipments, *disposal]
