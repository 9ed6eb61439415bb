"""The pages of electronic controlled prescriptions: standing, archive, trail, incidents."""

from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Pharmacy
from apothecary.stock.forms import parse_day
from apothecary.vault.epcs import incidents as incident_book
from apothecary.vault.epcs import opening
from apothecary.vault.epcs.access import RIGHTS, rights_of_all
from apothecary.vault.epcs.archive import (
    ROWS,
    SORTS,
    archive_problems,
    dispensed_on,
    kept_until,
    record_of,
    records,
)
from apothecary.vault.epcs.clock import say_clock
from apothecary.vault.epcs.forms import (
    read_clock,
    read_day,
    read_report,
    read_telling,
    read_wanted,
)
from apothecary.vault.epcs.models import EpcsIncident, EpcsReview
from apothecary.vault.epcs.papers import PAPERS
from apothecary.vault.epcs.receiving import kept_problems
from apothecary.vault.epcs.requirements import SAYS, Standing, requirements, vouchable
from apothecary.vault.epcs.review import days, digest_of, sign_day, trail
from apothecary.vault.epcs.standing import stands

__all__ = ["PAPERS"]


def standing(request: StaffRequest) -> HttpResponse:
    """How the house stands, why it is shut, and what a certification asks (8 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    now = stands(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    found = {
        "tab": "epcs",
        "stands": now,
        "reasons": opening.opening_problems(now) if not now.is_on else list(now.problems),
        "asked": [(each, each.row(on=by.today), SAYS[each.state]) for each in requirements()],
        "count": {state.value: sum(each.state is state for each in requirements())
                  for state in Standing},
        "vouchable": vouchable(),
        "capacities": list(opening.CAPACITIES.items()),
        "rights": list(RIGHTS),
        "people": rights_of_all(by=by),
        "keeps": by.may(Duty.KEEP_EPCS),
        "reviews": by.may(Duty.REVIEW_AUDIT),
        "unsigned": sum(day.review is None
                        for day in days(pharmacy_id=by.pharmacy_id, today=by.today)),
    }  # fmt: skip
    return render(request, "vault/epcs.html", found)


@require_POST
def report(request: StaffRequest) -> HttpResponse:
    """Put an audit report on file."""
    request.worker.must(Duty.KEEP_EPCS)
    opening.type_report(by=request.worker, report=read_report(request.POST.dict()))
    return redirect("vault:epcs")


@require_POST
def change(request: StaffRequest) -> HttpResponse:
    """Say that these functions changed."""
    request.worker.must(Duty.KEEP_EPCS)
    typed = request.POST.dict()
    day = read_day(typed, "changed_on")
    opening.say_change(by=request.worker, changed_on=day, what=typed.get("what", ""))
    return redirect("vault:epcs")


@require_POST
def turn(request: StaffRequest) -> HttpResponse:
    """Turn the receipt on or off."""
    typed = request.POST
    opening.turn(
        by=request.worker, on=typed.get("on") == "yes", because=typed.get("because", "")
    )
    return redirect("vault:epcs")


@require_POST
def clock(request: StaffRequest) -> HttpResponse:
    """Write down how far the clock is off."""
    request.worker.must(Duty.REVIEW_AUDIT)
    reading = read_clock(request.POST.dict(), now=request.worker.at)
    say_clock(by=request.worker, reading=reading)
    return redirect("vault:epcs")


def trails(request: StaffRequest) -> HttpResponse:
    """The days of the trail, the unsigned ones marked (2 queries)."""
    request.worker.must(Duty.READ_JOURNAL)
    by = request.worker
    rows = days(pharmacy_id=by.pharmacy_id, today=by.today)
    return render(request, "vault/epcs_trails.html", {"tab": "epcs", "rows": rows})


def day(request: StaffRequest, day: str) -> HttpResponse:
    """The trail of one day, and the signature under it (3 queries)."""
    request.worker.must(Duty.READ_JOURNAL)
    by, asked = request.worker, parse_day(day)
    if asked is None or asked > by.today:
        raise Http404
    events = trail(house=Pharmacy.objects.get(pk=by.pharmacy_id), day=asked)
    review = EpcsReview.objects.filter(pharmacy_id=by.pharmacy_id, day=asked).first()
    found = {
        "tab": "epcs",
        "day": asked,
        "events": events,
        "seen": digest_of(events),
        "review": review,
        "more": review is not None and review.digest != digest_of(events),
        "signs": by.may(Duty.REVIEW_AUDIT) and review is None and asked < by.today,
    }
    return render(request, "vault/epcs_day.html", found)


@require_POST
def sign(request: StaffRequest, day: str) -> HttpResponse:
    """Sign the trail of a day."""
    request.worker.must(Duty.REVIEW_AUDIT)
    typed = request.POST
    sign_day(
        by=request.worker,
        day=read_day({"day": day}, "day"),
        because=typed.get("because", ""),
        seen=typed.get("seen", ""),
    )
    return redirect("vault:epcs-trails")


def incidents(request: StaffRequest) -> HttpResponse:
    """Security incidents, the late ones marked (2 queries)."""
    request.worker.must(Duty.READ_JOURNAL)
    by = request.worker
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    rows = EpcsIncident.objects.filter(pharmacy_id=by.pharmacy_id).order_by("-id")[:ROWS]
    found = {
        "tab": "epcs",
        "rows": [(row, incident_book.is_late(row, house=house, today=by.today))
                 for row in rows],
        "when": f"{by.at.astimezone(ZoneInfo(house.time_zone)):%Y-%m-%dT%H:%M}",
        "signs": by.may(Duty.REVIEW_AUDIT),
        "today": by.today,
    }  # fmt: skip
    return render(request, "vault/epcs_incidents.html", found)


@require_POST
def write(request: StaffRequest) -> HttpResponse:
    """Write an incident down."""
    request.worker.must(Duty.REVIEW_AUDIT)
    typed = request.POST.dict()
    found_on = read_day(typed, "found_on")
    incident_book.write_incident(
        by=request.worker, found_on=found_on, what=typed.get("what", "")
    )
    return redirect("vault:epcs-incidents")


@require_POST
def told(request: StaffRequest, incident_id: int) -> HttpResponse:
    """Write down who was told of it."""
    request.worker.must(Duty.REVIEW_AUDIT)
    zone = Pharmacy.objects.values_list("time_zone", flat=True).get(
        pk=request.worker.pharmacy_id
    )
    telling = read_telling(request.POST.dict(), zone=ZoneInfo(zone))
    incident_book.tell(by=request.worker, incident_id=incident_id, telling=telling)
    return redirect("vault:epcs-incidents")


def archive(request: StaffRequest) -> HttpResponse:
    """The archive: what is looked for, in the order asked for (2 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    wanted = read_wanted(request.GET.dict())
    rows = list(records(by=request.worker, wanted=wanted)[:ROWS])
    found = {"tab": "epcs", "rows": rows, "wanted": wanted, "sorts": [(s, s) for s in SORTS]}
    return render(request, "vault/epcs_records.html", found)


def record(request: StaffRequest, record_id: int) -> HttpResponse:
    """One record: its bytes as received, who signed, what was dispensed (5 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    row = record_of(by=request.worker, record_id=record_id)
    if row is None:
        raise Http404
    found = {
        "tab": "epcs",
        "row": row,
        "against": kept_problems(row),
        "faults": archive_problems(row),
        "dispensed": dispensed_on([row.incoming_id]).get(row.incoming_id, []),
        "text": bytes(row.incoming.raw).decode(errors="replace"),
        "kept_until": kept_until(row, on=request.worker.today),
    }
    return render(request, "vault/epcs_record.html", found)
