"""The page of red flags: facts with their thresholds, for a pharmacist."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apothecary.law.problem import Problem, refuse
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.vault.again import answered, done
from apothecary.vault.unusual.looking import Seen, by_subject, look_at, opened_lately, shown
from apothecary.vault.unusual.rules import thresholds

# Between the parts of a flag, as the page sends it back; no word of one holds it.
BETWEEN = "\x1f"


def flags(request: StaffRequest) -> HttpResponse:
    """What passed its threshold, those nobody looked at first (9 queries)."""
    request.worker.must(Duty.REVIEW_FLAGS)
    return page(request)


def page(request: StaffRequest, problems: Sequence[Problem] = ()) -> HttpResponse:
    """The flags drug by drug and person by person, and the numbers they rest on."""
    by = request.worker
    rows = shown(pharmacy_id=by.pharmacy_id, today=by.today)
    found = {
        "tab": "flags",
        "new": by_subject([row for row in rows if row.looked is None]),
        "seen": [row for row in rows if row.looked],
        "opened_on": opened_lately(pharmacy_id=by.pharmacy_id, today=by.today),
        "thresholds": [row for (row,) in thresholds().values()],
        "between": BETWEEN,
    }
    return answered(request, "vault/flags.html", found, problems)


def read_seen(said: str) -> Seen:
    """A flag as the page sent it."""
    parts = said.split(BETWEEN)
    if len(parts) != len(Seen.__slots__):
        raise refuse("This flag is not up any more: look anew.", code="no-flag")
    return Seen(*parts)


@require_POST
def look(request: StaffRequest) -> HttpResponse:
    """Say what was found: the flags are silent until their numbers change."""
    by, typed = request.worker, request.POST
    by.must(Duty.REVIEW_FLAGS)

    def act() -> object:
        seen = [read_seen(each) for each in typed.getlist("flag")]
        return look_at(by=by, seen=seen, because=typed.get("because", ""))

    return done(
        act,
        again=lambda problems: page(request, problems),
        then=lambda: redirect("vault:flags"),
    )
