"""The screen of sources: what is loaded, how old it is, what the last load changed."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apothecary.drugs.source_queries import changes_of, inside_starter, releases
from apothecary.staff.middleware import StaffRequest


@require_GET
def sources(request: StaffRequest) -> HttpResponse:
    """Every source with its last release, and the diff of the one asked for (4 queries)."""
    found = releases(on=request.worker.today)
    batches = {str(each.batch.pk): each.batch for each in found if each.batch}
    asked = request.GET.get("batch", "")
    if asked and asked not in batches:
        raise Http404
    shown = batches.get(asked) or max(batches.values(), key=lambda b: b.pk, default=None)
    facts = {
        "releases": found,
        "inside": inside_starter(on=request.worker.today),
        "shown": shown,
        "changes": changes_of(shown) if shown else [],
    }
    return render(request, "drugs/sources.html", facts)
