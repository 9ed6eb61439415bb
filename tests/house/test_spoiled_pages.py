"""Whatever is typed into a page or asked of it: an answer, never a fault of the house."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client

from apothecary.config.tests.world import World
from apothecary.doors.tests.claims_world import rejected_claim
from apothecary.doors.tests.covering import covering
from apothecary.doors.tests.program_world import ready_for, shelf
from apothecary.filling.tests import bench
from apothecary.intake.models import Arrival
from apothecary.prescriptions.states import FillState
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from house.doorway import NOT_MADE, Door, table

PAGES = [door for door in table() if not door.url.startswith(("api/", "script", "signout"))]
NUMBERED = [door for door in PAGES if "<int:" in door.url]
# What no field takes; each field of each page is asked with it.
NUL = "a\0b"
# What is a number or a day to one reader and breaks the next: each such field meets all.
NUMBERS = ("-1", "²", "sNaN", "1E+999999", "9" * 12, "9" * 5000)
DAYS = ("12/31/9999", "9999-12-31")
SPOILED = (
    *("", *NUMBERS, *DAYS),
    *("Ω\u202e𝔘e\u0301", f"RX{'9' * 40}-0-1", "BAG²", "x" * 3000),
)
# So many of them a field, in turn over fields and pages; all of them with the long profile.
EACH = 3
# Asked for by every page alike, and proved once.
EVERYWHERE = {"csrfmiddlewaretoken", "live"}
# What a page would send, so that a view gets as far as it can before the spoiled field.
RIGHT = {
    "because": "because", "key": "k1", "quantity": "5", "counted": "50", "quantity_now": "10",
    "bottles": "1", "code": "RX7000000-0-1", "page": "1", "method": "hand", "on": "2026-12-01",
    "username": "new", "name": "New Person", "initials": "NP", "role": "technician",
    "password": "correct horse", "pin": "4711", "reason_code": "other", "pass_number": "1",
    "service_code": "M0", "result_code": "1G", "text": "text", "bin": "A1", "sex": "F",
    "last_name": "Roe", "first_name": "Sam", "birth_date": "01/02/1990", "npi": "1234567893",
    "dea": "AS1234563", "phone": "5125550111", "state": "TX", "postal_code": "78701",
    "street": "1 Elm", "city": "Anytown", "expires_on": "2028-01-31", "lot": "L1",
    "lot_number": "L9", "source": "phone", "caller": "Dr. Grey", "said": "lisinopril",
    "licence_number": "T1", "licence_kind": "technician", "licence_until": "2030-01-01",
    "relationship": "patient", "identifiers": "name",
    "signature": "600x180 M40,90 L80,40 L120,130 L160,50 L200,120 L240,70 L280,110 L320,60",
    "counsel": "refused", "receiver": "Jane Doe", "days_supply": "30", "refills": "2",
    "daw": "0", "written_on": "11/20/2026", "directions": "1 po qd", "origin": "1",
    "pay": "cash", "price_usd": "12.00", "promised": "11/23/2026 13:30",
}  # fmt: skip


class Listening(dict[str, Any]):
    """A form as a plain dict that tells which fields it is asked for."""

    def __init__(self, values: dict[str, Any], asked: set[str]) -> None:
        super().__init__(values)
        self.asked = asked

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)


@pytest.fixture
def asked(monkeypatch) -> set[str]:
    """The fields that views have asked Django's forms for."""
    names: set[str] = set()

    def listening(original: Callable[..., Any]) -> Callable[..., Any]:
        def listen(form: QueryDict, name: str, *rest: Any) -> Any:
            names.add(name)
            return original(form, name, *rest)

        return listen

    plain = QueryDict.dict
    monkeypatch.setattr(QueryDict, "dict", lambda form: Listening(plain(form), names))
    for verb in ("get", "getlist", "__contains__"):
        monkeypatch.setattr(QueryDict, verb, listening(getattr(QueryDict, verb)))
    return names


def parts_for(world: World, door: Door) -> dict[str, object]:
    """The parts of an address, each of a thing that stands where the page wants it."""
    room = door.url.partition("/")[0]
    fills = {
        "filling": lambda: bench.scanned(world),
        "verification": lambda: world.stocked(until=FillState.CHECK),
        "pickup": lambda: world.stocked(until=FillState.READY),
    }
    if room == "screening":
        parts = ready_for(world, "/findings/{finding_id}/resolve")
    elif door.url.startswith("intake/fill"):
        parts = ready_for(world, "/fills/{fill_id}/correct")
    else:
        fill = fills.get(room, lambda: world.stocked(until=FillState.WAITING))()
        parts = {"fill_id": fill.pk, "rx_id": fill.prescription_id}
    at = world.technician.at
    arrival = Arrival.objects.create(
        pharmacy=world.pharmacy, source="paper", arrived_at=at, promised_at=at
    )
    lot = world.receive("metformin", "100")
    claim = rejected_claim(world, unanswered=False) if room == "claims" else 1
    made = {"number": 7_000_000, "patient_id": world.patient.pk, "arrival_id": arrival.pk}
    made |= {"product_id": lot.package.product_id, "lot_id": lot.pk, "claim_id": claim}
    return dict.fromkeys(NOT_MADE, 1) | made | {"of": "patient", "kind": "pdf"} | parts


def right_for(world: World, parts: dict[str, object]) -> dict[str, str]:
    """A right value for every field of every page."""
    here = str(shelf(world))
    places = {"place": here, "from_place": here, "to_place": here}
    rows = {
        "fill_ids": str(parts["fill_id"]),
        "patient_id": str(world.patient.pk),
        "prescriber_id": str(world.prescriber.pk),
        "package_id": str(world.drugs["lisinopril"].pk),
        "ndc": world.drugs["lisinopril"].ndc,
    }
    return RIGHT | places | rows


def client_of(world: World, door: Door) -> Client:
    role = Role.TECHNICIAN if door.url.startswith("filling/") else Role.IN_CHARGE
    token = worker_token(person=world.people[role], station="x", at=world.technician.at)
    client = Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})
    client.raise_request_exception = False
    return client


def of_its_kind(names: list[str], right: dict[str, str]) -> list[tuple[str, str]]:
    """What spoils a number for each field that takes one, and likewise a day."""
    numbers = [name for name in names if right.get(name, "").replace(".", "").isdecimal()]
    days = [
        name for name in names if name.endswith(("_on", "_date")) or name in {"on", "until"}
    ]
    return [*product(numbers, NUMBERS), *product(days, DAYS)]


def ask(client: Client, door: Door, there: str, form: dict[str, str]) -> int:
    """The status; nothing of it stays."""
    with transaction.atomic():
        send = client.get if door.method == "GET" else client.post
        status = send(there, form).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("door", PAGES, ids=lambda door: f"{door.method} /{door.url}")
def test_no_field_of_a_page_however_spoiled_breaks_the_house(pharmacy, asked, door, thorough):
    parts = parts_for(pharmacy, door)
    right = right_for(pharmacy, parts)
    client, there = client_of(pharmacy, door), door.address(parts)
    form: dict[str, str] = {}
    for _ in range(3):
        # Each time the view gets a step further and asks for more.
        assert ask(client, door, there, form) < 500
        form = {name: right[name] for name in asked if name in right}
    wrong = []
    names = sorted(asked - EVERYWHERE)
    each = len(SPOILED) if thorough else EACH
    pairs = covering(names, SPOILED, each=each, start=PAGES.index(door))
    for name, value in [*((name, NUL) for name in names), *of_its_kind(names, right), *pairs]:
        status = ask(client, door, there, form | {name: value})
        if status >= 500 or (value == NUL and status != 422):
            wrong.append((name, value[:40], status))
    assert wrong == []


@pytest.mark.parametrize("door", NUMBERED, ids=lambda door: f"{door.method} /{door.url}")
def test_an_address_with_a_number_of_no_row_breaks_nothing(pharmacy, door):
    rows = (*NOT_MADE, "number", "patient_id", "arrival_id", "product_id", "lot_id", "fill_id")
    client = client_of(pharmacy, door)
    numbers: tuple[object, ...] = ("0", str(2**63), "9" * 40)
    for number in numbers:
        parts: dict[str, object] = dict.fromkeys(rows, number) | {
            "of": "patient",
            "kind": "pdf",
        }
        assert ask(client, door, door.address(parts), RIGHT) < 500, number


@pytest.mark.parametrize(
    "there", ["/intake/1/choose/%00", "/filling/label/1.%00", "/%00", "/²"]
)
def test_an_address_that_is_no_text_leads_nowhere(pharmacy, there):
    token = worker_token(
        person=pharmacy.people[Role.TECHNICIAN], station="x", at=pharmacy.technician.at
    )
    client = Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})
    assert client.get(there).status_code == 404


def test_a_nul_at_the_front_door_is_refused_before_anybody_is_looked_up(db):
    answer = Client().post("/signin", {"name": "a\0b", "password": "x", "station": "1"})
    assert answer.status_code == 422
    assert "NUL" in answer.content.decode()
