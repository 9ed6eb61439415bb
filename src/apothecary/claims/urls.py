"""The addresses of the reject worklist; a claim is found by its fill."""

from django.urls import path

from apothecary.claims import views
from apothecary.claims.money.urls import urlpatterns as money
from apothecary.claims.payers.urls import urlpatterns as payers

app_name = "claims"
urlpatterns = [
    path("", views.rejects, name="rejects"),
    path("fill/<int:fill_id>/", views.reject, name="reject"),
    path("<int:claim_id>/resubmit", views.resubmit, name="resubmit"),
    path("<int:claim_id>/resubmit-all", views.resubmit_all, name="resubmit-all"),
    path("<int:claim_id>/cash", views.cash, name="cash"),
    path("<int:claim_id>/later", views.later, name="later"),
    path("<int:claim_id>/date", views.date_it, name="date"),
    path("<int:claim_id>/entry", views.entry, name="entry"),
    path("<int:claim_id>/cancel", views.cancel, name="cancel"),
    path("<int:claim_id>/settle", views.settle, name="settle"),
    *payers,
    *money,
]
