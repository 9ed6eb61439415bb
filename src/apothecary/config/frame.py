"""What the frame of every page shows: the stages with their counts, the parties, who is here.

The frame asks only when it is drawn: a fragment for htmx costs no count.
"""

import os
from datetime import datetime

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from apothecary.claims.queries import party_states
from apothecary.config.demo.load import DEMO_PASSWORD, SIGN_INS
from apothecary.config.ways import fill_url, page_url
from apothecary.prescriptions.queries import OPEN_BY_STATE, by_stage
from apothecary.prescriptions.stages import STAGES
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.signon import SignedOn
from apothecary.staff.worker import Worker

Row = tuple[str, str, str, int, str]

# What has arrived waits in intake while there is a question about it, else in entry. One
# statement for both kinds of line: the counts stand on every page.
OPEN = f"""
SELECT 'fill', state, count FROM ({OPEN_BY_STATE}) fills
UNION ALL
SELECT 'arrival', CASE WHEN state = 'arrived' AND question = '' THEN 'entry' ELSE 'intake' END,
       count(*)
FROM intake_arrival WHERE pharmacy_id = %(pharmacy)s AND state IN ('arrived', 'set_aside')
GROUP BY 2
"""  # noqa: S608 both halves are constants of ours


LISTS = {
    "screening": "screening:list",
    "rejects": "claims:rejects",
    "fill": "filling:queue",
    "check": "verification:list",
    "ready": "pickup:list",
}


def frame(request: HttpRequest) -> dict[str, object]:
    """The context of every page; before sign-on only what the door shows."""
    signed_on: SignedOn | None = getattr(request, "signed_on", None)
    demo = "APOTHECARY_DEMO" in os.environ
    door: dict[str, object] = {
        "demo_sign_ins": SIGN_INS if demo else (),
        "demo_password": DEMO_PASSWORD if demo else "",
    }
    if signed_on is None:
        return door
    pharmacy_id = signed_on.worker.pharmacy_id
    now: datetime = request.now  # type: ignore[attr-defined]  # StaffRequest
    return door | {
        "worker": signed_on.worker,
        "pharmacy": signed_on.pharmacy_name,
        "now": now,
        "today": signed_on.worker.today,
        "stages": SimpleLazyObject(lambda: stage_rows(counts_of(pharmacy_id))),
        "parties": SimpleLazyObject(lambda: party_rows(pharmacy_id)),
        "more": SimpleLazyObject(lambda: more_rows(signed_on.worker)),
        "events_url": events_url(request),
        "fill_url": fill_url,
        "page_url": page_url,
    }


def counts_of(pharmacy_id: int) -> dict[str, int]:
    """How many fills and arrivals wait in each stage (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {"pharmacy": pharmacy_id})
        rows = cursor.fetchall()
    counts = by_stage([(state, number) for kind, state, number in rows if kind == "fill"])
    for kind, stage, number in rows:
        if kind == "arrival":
            counts[stage] += number
    return counts


def stage_rows(counts: dict[str, int]) -> list[Row]:
    """The stages as the frame draws them: digit or none, word, address, count, slug."""
    return [
        (stage.digit, stage.label, stage_url(stage.slug), counts[stage.slug], stage.slug)
        for stage in STAGES
    ]


def stage_url(slug: str) -> str:
    """The room's own list where it has one that says more than the queue."""
    return reverse(LISTS[slug]) if slug in LISTS else f"/?stage={slug}"


def more_rows(worker: Worker) -> list[tuple[str, str]]:
    """The pages beside the way of a prescription, as far as they are this worker's."""
    pages: tuple[tuple[str, str, tuple[Duty, ...]], ...] = (
        ("Authorizations", "authorizations:list", (Duty.WORK_CLAIMS,)),
        ("Stock", "stock:shelf", (Duty.READ_RECORDS,)),
        ("Vault", "vault:books", (Duty.READ_RECORDS,)),
        ("Orders", "purchasing:pad", (Duty.ORDER_STOCK,)),
        ("Receive", "purchasing:deliveries", (Duty.MANAGE_STOCK,)),
        ("Returns", "returns:waiting", (Duty.MANAGE_STOCK,)),
        ("Recalls", "returns:recalls", (Duty.READ_RECORDS,)),
        ("Behind counter", "pickup:counter", (Duty.SELL_BEHIND_COUNTER,)),
        ("Emergency C-II", "prescriptions:emergencies", (Duty.EMERGENCY_ORAL,)),
        ("Refills to sign", "prescriptions:refills", (Duty.SIGN_REFILLS,)),
        ("Drugs", "drugs:search", ()),
        ("Money", "claims:money", (Duty.WORK_CLAIMS,)),
        ("People", "staff:people", (Duty.MANAGE_PEOPLE, Duty.SUPERVISE)),
        ("Sig codes", "intake:sig-codes", (Duty.KEEP_SIG_CODES,)),
        ("Calculator", "calculator", ()),  # no duty: everybody's
    )
    return [
        (label, reverse(name))
        for label, name, duties in pages
        if not duties or any(worker.may(duty) for duty in duties)
    ]


def party_rows(pharmacy_id: int) -> list[tuple[str, str]]:
    """The outside parties and whether they answer (1 query)."""
    return party_states(pharmacy_id)


def events_url(request: HttpRequest) -> str:
    """Where the live events come from: the neighbouring port, or behind a proxy this one."""
    port = os.environ.get("APOTHECARY_LIVE_PORT", "")
    if not port:
        return "/events"
    host = request.get_host()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return f"{request.scheme}://{name}:{port}/events"


def counts(request: StaffRequest) -> HttpResponse:
    """The same numbers as JSON, for a browser whose event stream is gone."""
    pharmacy_id = request.worker.pharmacy_id
    stages, parties = counts_of(pharmacy_id), dict(party_rows(pharmacy_id))
    answer = JsonResponse({"stages": stages, "parties": parties})
    answer["Cache-Control"] = "no-store"
    return answer
