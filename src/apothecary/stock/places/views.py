"""The pages of the places: the map, opening, changing, closing."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.stock.kinds import ONE_OF_EACH, Apart, PlaceKind, Programme, Storage
from apothecary.stock.models import Place
from apothecary.stock.places import actions
from apothecary.stock.places.drawing import place_map, standing_places
from apothecary.stock.places.forms import read_kind, read_room

CHOICES = {
    "kinds": [pair for pair in PlaceKind.choices if pair[0] not in ONE_OF_EACH],
    "storages": Storage.choices,
    "aparts": Apart.choices,
    "programmes": Programme.choices,
}


def places(request: StaffRequest) -> HttpResponse:
    """Where everything can stand, drawn and listed (1 query)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    rows = standing_places(pharmacy_id=by.pharmacy_id, today=by.today)
    drawn = place_map(rows, title="Places of the pharmacy")
    return render(request, "stock/places.html", {"rows": rows, "map": drawn, **CHOICES})


@require_POST
def open_place(request: StaffRequest) -> HttpResponse:
    """Open a place."""
    request.worker.must(Duty.MANAGE_STOCK)
    kind, room = read_kind(request.POST), read_room(request.POST)
    actions.open_place(by=request.worker, kind=kind, room=room)
    return redirect("stock:places")


@require_http_methods(["GET", "POST"])
def place(request: StaffRequest, place_id: int) -> HttpResponse:
    """One place: as it is, and what is said anew of it."""
    request.worker.must(Duty.MANAGE_STOCK)
    if request.method == "POST":
        actions.change_place(by=request.worker, place_id=place_id, room=read_room(request.POST))
        return redirect("stock:places")
    here = Place.objects.filter(pharmacy_id=request.worker.pharmacy_id, pk=place_id).first()
    if here is None:
        raise Http404
    return render(request, "stock/place.html", {"place": here, **CHOICES})


@require_POST
def close(request: StaffRequest, place_id: int) -> HttpResponse:
    """Close a place that is empty."""
    because = request.POST.get("because", "")
    actions.close_place(by=request.worker, place_id=place_id, because=because)
    return redirect("stock:places")
