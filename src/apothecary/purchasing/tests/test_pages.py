"""The pages of the room: each is drawn, in few questions, with what it should show."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apothecary.purchasing.receiving.delivery import start_receipt
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role

# Signing on, the frame's own counts and the page; the style allows a screen eight of its own.
MOST_QUERIES = 13


def client_of(pharmacy, role: Role = Role.TECHNICIAN) -> Client:
    """A browser of somebody who is signed in."""
    token = worker_token(person=pharmacy.people[role], station="x", at=timezone.now())
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def shown(pharmacy, address: str, role: Role = Role.TECHNICIAN) -> str:
    """A page as somebody sees it, within its budget of questions."""
    client = client_of(pharmacy, role)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200, answer.content[:300]
    assert len(asked) <= MOST_QUERIES, "\n".join(one["sql"][:120] for one in asked)
    return answer.content.decode()


@pytest.mark.parametrize(
    "address",
    ["", "receive/", "put-away/", "invoices/", "differences/", "papers/", "wholesalers/"],
)
def test_every_list_is_drawn_when_it_is_empty(pharmacy, address):
    assert "Purchasing" in shown(pharmacy, f"/purchasing/{address}")


def test_the_pad_shows_its_lines_and_what_they_cost(yard, pharmacy):
    yard.padded(lisinopril=3)
    page = shown(pharmacy, "/purchasing/")
    assert "Plains Drug" in page
    assert "$6.33" in page


def test_an_order_shows_what_the_wholesaler_changed(yard, pharmacy):
    order = yard.sent(lisinopril=3)
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IQ", 2), ("IB", 1)])))
    page = shown(pharmacy, f"/purchasing/order/{order.pk}/")
    assert "Back-ordered" in page
    assert "Take it" in page


def test_a_delivery_shows_what_should_come_and_what_came(yard, pharmacy):
    order = yard.sent(lisinopril=2)
    notice = yard.announced(order, ("lisinopril", 2, "L7"))
    assert "SH1" in shown(pharmacy, "/purchasing/receive/")
    receipt = start_receipt(by=yard.by, notice_id=notice.pk)
    yard.takes_in(receipt, yard.came(serial="A1"))
    page = shown(pharmacy, f"/purchasing/receive/{receipt.pk}/")
    assert "A1" in page
    assert "1 of 2" in page
    assert "lot L7" in shown(pharmacy, "/purchasing/put-away/")


def scan(client: Client, receipt, code: str) -> str:
    """A scan at the door, and the panel it answers with."""
    answer = client.post(f"/purchasing/receive/{receipt.pk}/scan", {"code": code})
    assert answer.status_code == 200
    return answer.content.decode()


def symbol(package_gtin: str, serial: str, *, lot: str = "L7", expires: str = "280630") -> str:
    """The DataMatrix of a package."""
    return f"]d201{package_gtin}21{serial}\x1d17{expires}10{lot}"


def test_a_whole_code_goes_in_at_one_scan_and_a_wrong_one_turns_the_panel(yard, pharmacy):
    order = yard.sent(lisinopril=2)
    receipt = yard.begun(order)
    client = client_of(pharmacy)
    gtin = yard.came(serial="x").gtin
    page = scan(client, receipt, symbol(gtin, "S1"))
    assert "Received" in page
    assert ReceivedPackage.objects.get().serial == "S1"
    page = scan(client, receipt, symbol(gtin, "S1"))
    assert "cannot come twice" in page
    assert '<section class="wrong' in page
    page = scan(client, receipt, symbol(gtin, "S2", expires="261201"))
    assert "Set aside: short-dated" in page
    assert ReceivedPackage.objects.count() == 1


def test_a_code_without_lot_and_expiry_asks_for_them(yard, pharmacy):
    receipt = yard.begun(yard.sent(lisinopril=2))
    page = scan(client_of(pharmacy), receipt, "]E0" + yard.came(serial="x").gtin[1:])
    assert "type what the label says" in page
    assert pharmacy.drugs["lisinopril"].ndc in page


def test_the_particulars_of_a_wholesaler_are_refused_by_field(pharmacy):
    client = client_of(pharmacy, Role.IN_CHARGE)
    answer = client.post("/purchasing/wholesalers/new", {"code": "X", "name": ""})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The name is missing." in page
    assert client.get("/purchasing/wholesalers/new").status_code == 200


def test_a_file_is_taken_in_by_hand_and_shown_with_its_reason(yard, pharmacy, tmp_path):
    path = tmp_path / "a.x12"
    path.write_bytes(b"no interchange at all")
    with path.open("rb") as file:
        there = f"/purchasing/wholesalers/{yard.wholesaler.pk}/paper"
        assert client_of(pharmacy).post(there, {"file": file}).status_code == 302
    page = shown(pharmacy, "/purchasing/papers/")
    assert "must begin with ISA" in page
    paper_id = page.split('data-open="/purchasing/papers/')[1].split("/")[0]
    assert "no interchange at all" in shown(pharmacy, f"/purchasing/papers/{paper_id}/")
