"""Returns against the distributor and the wholesaler of the box, over real sockets."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.drugs.models import Package
from apothecary.purchasing.papers.lines import line_to
from apothecary.purchasing.tests.counterparty import Counterparty, open_counterparty
from apothecary.returns.shipments.asking import ask_return
from apothecary.returns.shipments.models import Credit, Shipment, ShipmentLine
from apothecary.returns.shipments.post import ReturnsPost
from apothecary.returns.shipments.shipping import ship_return
from apothecary.wires.models import Outgoing


@pytest.fixture(scope="module")
def there():
    found = open_counterparty()
    yield found
    found.close()


@pytest.fixture
def post(there: Counterparty) -> ReturnsPost:
    there.ask("DELETE", "/faults")
    return ReturnsPost({"mesquite": line_to(f"{there.web}/mesquite")})


@pytest.fixture
def sold(room):
    """The world's pharmacy is the distributor's customer, and its drugs are known there."""
    room.world.pharmacy.dea = "FP9000011"
    room.world.pharmacy.save()
    known = {"lisinopril": "65162-007-09", "metformin": "65862-008-01"}
    for drug, ndc in known.items():
        digits = ndc.replace("-", "").rjust(11, "0")
        part = ndc.split("-")
        eleven = f"{part[0]:0>5}{part[1]:0>4}{part[2]:0>2}"
        Package.objects.filter(pk=room.world.drugs[drug].pk).update(ndc11=eleven or digits)
        room.world.drugs[drug].refresh_from_db()
    # References of one process's life must differ from test to test.
    Shipment.objects.create(
        pharmacy=room.world.pharmacy,
        number=Sold.next(),
        distributor=room.distributor,
        group="not controlled",
        state="cancelled",
        made_at=room.by.at,
    )
    return room


class Sold:
    """Counts the returns of this module."""

    last = 100

    @classmethod
    def next(cls) -> int:
        cls.last += 10
        return cls.last


def rounds(post: ReturnsPost, room, *, count: int = 1) -> None:
    """Send what is due and take in what waits, as the worker does."""
    for number in range(count):
        at = room.world.system.at + timedelta(seconds=number)
        post.send_due(room.world.pharmacy, at)
        post.fetch_due(room.world.pharmacy, at)


def authorized(post: ReturnsPost, room, *drugs: str) -> Shipment:
    row = room.asked(*drugs)
    rounds(post, room)
    row.refresh_from_db()
    return row


@pytest.mark.django_db
def test_a_manifest_is_authorized_shipped_and_credited_over_the_line(sold, post, there):
    row = authorized(post, sold, "lisinopril", "metformin")
    assert row.state == "authorized"
    assert row.authorization.startswith("RA")
    ship_return(by=sold.by, shipment_id=row.pk, carrier="UPS")
    there.ask("POST", "/credits")
    rounds(post, sold)
    (credit,) = Credit.objects.all()
    assert (credit.problem, credit.shipment_id) == ("", row.pk)
    lines = list(ShipmentLine.objects.filter(shipment=row))
    assert sum(one.credited_usd for one in lines) == credit.total_usd
    assert post.fetch_due(sold.world.pharmacy, sold.world.system.at) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "state"), [("credit_short", "short-credited"), ("credit_denied", "denied")]
)
def test_a_short_and_a_denied_credit_come_as_they_are(sold, post, there, fault, state):
    row = authorized(post, sold, "lisinopril")
    ship_return(by=sold.by, shipment_id=row.pk, carrier="UPS")
    ShipmentLine.objects.filter(shipment=row).update(expected_usd=Decimal("500.00"))
    there.ask("POST", "/faults", {"kind": fault, "house": "mesquite"})
    there.ask("POST", "/credits")
    rounds(post, sold)
    line = ShipmentLine.objects.get(shipment=row)
    assert line.state == state
    assert line.because in {
        "counted less than the manifest says",
        "the manufacturer does not credit this lot",
    }


@pytest.mark.django_db
def test_a_drug_they_do_not_know_is_not_taken_and_stays_here(sold, post):
    row = authorized(post, sold, "lisinopril", "warfarin")
    assert row.state == "authorized"
    refused = ShipmentLine.objects.get(shipment=row, number=2)
    assert (refused.state, refused.because) == ("refused", "is no product we know")


@pytest.mark.django_db
def test_a_stranger_is_refused_and_the_return_comes_back_to_be_mended(sold, post):
    sold.world.pharmacy.dea = "AB1234563"
    sold.world.pharmacy.save()
    row = authorized(post, sold, "lisinopril")
    assert row.state == "picked"
    assert "is no customer" in row.problem
    assert Outgoing.objects.get().state == "failed"


@pytest.mark.django_db
def test_an_answer_that_was_lost_is_asked_for_again_and_it_is_one_return(sold, post, there):
    before = there.ask("GET", "/returns")["waiting"]
    there.ask("POST", "/faults", {"kind": "drop", "count": 1})
    row = sold.asked("lisinopril")
    at = sold.world.system.at
    post.send_due(sold.world.pharmacy, at)
    row.refresh_from_db()
    assert row.state == "asked"
    assert Outgoing.objects.get().state in {"sent", "waiting"}
    for minutes in (10, 60):
        post.send_due(sold.world.pharmacy, at + timedelta(minutes=minutes))
    row.refresh_from_db()
    assert row.state == "authorized"
    assert there.ask("GET", "/returns")["waiting"] == [*before, row.authorization]


@pytest.mark.django_db
def test_without_a_line_the_manifest_waits(sold):
    row = sold.asked("lisinopril")
    nowhere = ReturnsPost({"mesquite": line_to("http://127.0.0.1:9/mesquite")})
    assert nowhere.send_due(sold.world.pharmacy, sold.world.system.at) == 1
    assert nowhere.fetch_due(sold.world.pharmacy, sold.world.system.at) == 0
    row.refresh_from_db()
    assert (row.state, Outgoing.objects.get().state) == ("asked", "waiting")
    assert "no line" in Outgoing.objects.get().problem
    other = ReturnsPost({})
    assert other.send_due(sold.world.pharmacy, sold.world.system.at) == 0


@pytest.mark.django_db
def test_a_return_that_is_asked_again_has_another_reference(sold, post):
    row = authorized(post, sold, "warfarin")
    assert row.state == "cancelled"
    again = sold.begun()
    sold.picked(again, sold.lots["warfarin"])
    ask_return(by=sold.by, shipment_id=again.pk)
    rounds(post, sold)
    again.refresh_from_db()
    assert (again.state, again.because) == ("cancelled", "they take no line of it")
