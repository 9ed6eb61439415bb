"""Orders, deliveries and invoices as a program asks for them."""

from typing import Any

import pytest

from apothecary.doors.tests.program import Program, codes, fields
from apothecary.doors.tests.supply_world import SSCC, an_order, of_invoices
from apothecary.purchasing.matching.models import Invoice
from apothecary.purchasing.ordering.models import LineAnswer, Order
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.tests.yard import Yard, yard_of
from apothecary.staff.duties import Role
from apothecary.stock.models import Move
from apothecary.stock.queries import book_faults


@pytest.fixture
def yard(pharmacy) -> Yard:
    return yard_of(pharmacy)


@pytest.fixture
def tess(pharmacy) -> Program:
    """A technician's program."""
    return Program(pharmacy, Role.TECHNICIAN)


def done(answer: Any) -> Any:
    """What was answered; a refusal fails the test."""
    assert answer.status_code == 200, answer.content
    return answer.json()


def bottle(yard, number: int, **more: object) -> dict[str, object]:
    """The body for a bottle of lisinopril at the door."""
    return {
        "key": f"p{number}", "ndc": yard.world.drugs["lisinopril"].ndc, "lot": "L7",
        "expires_on": "2028-06-30", **more,
    }  # fmt: skip


def test_a_program_orders_receives_puts_away_and_settles_to_the_cent(yard, tess, pharmacy):
    ndc = pharmacy.drugs["lisinopril"].ndc
    row = done(tess.post("/purchasing/pad/lines", {"ndc": ndc, "packages": 3}))
    assert done(tess.get("/purchasing/pad"))[0]["po"] == row["po"]
    there = f"/purchasing/orders/{row['id']}"
    assert done(tess.post(f"{there}/approve"))["state"] == "approved"
    assert done(tess.post(f"{there}/send"))["state"] == "sent"
    order = Order.objects.get()
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IQ", 2), ("IB", 1)])))
    page = done(tess.get(there))
    assert (page["state"], page["cost_usd"]) == ("acknowledged", "6.33")
    for said in page["answers"]:
        if said["needs_decision"]:
            taken = done(tess.post(f"/purchasing/answers/{said['id']}/take"))
            assert taken["decided"] == "taken"
    yard.announced(order, ("lisinopril", 2, "L7"))
    assert [one["number"] for one in done(tess.get("/purchasing/announced"))] == ["SH1"]
    delivery = done(tess.post("/purchasing/totes", {"code": f"]C100{SSCC}"}))
    assert [line["announced"] for line in delivery["due"]] == [2]
    receipt = f"/purchasing/receipts/{delivery['id']}"
    good = done(tess.post(f"{receipt}/packages", bottle(yard, 1)))
    bad = bottle(yard, 2, condition="damaged", because="crushed")
    assert done(tess.post(f"{receipt}/packages", bad))["condition"] == "damaged"
    assert done(tess.post(f"{receipt}/close"))["closed_at"]
    (waiting,) = done(tess.get("/purchasing/put-away"))
    assert (waiting["lot_id"], waiting["packages"]) == (good["lot_id"], 1)
    carry = {"place": waiting["place"], "key": "c1"}
    assert done(tess.post(f"/purchasing/put-away/{waiting['lot_id']}", carry)) == 1
    yard.takes(yard.invoice(order, ("lisinopril", 2, "2.11")))
    (bill,) = done(tess.get("/purchasing/invoices"))
    matched = done(tess.post(f"/purchasing/invoices/{bill['id']}/match"))
    (differs,) = matched["differences"]
    assert (differs["kind"], differs["usd"]) == ("damaged", "2.11")
    claimed = {"because": "called Kim", "reference": "C1"}
    done(tess.post(f"/purchasing/differences/{differs['id']}/claim", claimed))
    approved = done(tess.post(f"/purchasing/invoices/{bill['id']}/approve"))
    assert approved["state"] == "approved"
    credited = {"usd": "2.11", "reference": "CR1"}
    row = done(tess.post(f"/purchasing/differences/{differs['id']}/credit", credited))
    assert row["state"] == "credited"
    assert done(tess.get("/purchasing/differences")) == []
    assert len(done(tess.get("/purchasing/differences?settled=true"))) == 1
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_the_same_scan_twice_is_one_package_and_one_move(yard, tess):
    order = an_order(yard, "receive")
    receipt = done(tess.post("/purchasing/receipts", {"order_id": order.pk}))["id"]
    there = f"/purchasing/receipts/{receipt}/packages"
    first, again = (done(tess.post(there, bottle(yard, 1))) for _ in range(2))
    assert first == again
    assert (ReceivedPackage.objects.count(), Move.objects.count()) == (1, 1)


def test_a_package_nobody_can_read_is_refused_by_every_missing_field(yard, tess):
    order = an_order(yard, "receive")
    receipt = done(tess.post("/purchasing/receipts", {"order_id": order.pk}))["id"]
    answer = tess.post(f"/purchasing/receipts/{receipt}/packages", {"key": "p1"})
    assert (answer.status_code, codes(answer)) == (409, {"missing"})
    assert fields(answer) == {"ndc", "lot", "expires_on"}
    tote = tess.post(
        f"/purchasing/receipts/{receipt}/packages", {"key": "p1", "code": f"]C100{SSCC}"}
    )
    assert codes(tote) == {"not-a-package"}
    assert not Move.objects.exists()


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/purchasing/totes", {"code": "310031"}, "bad-scan"),
        ("/purchasing/receipts/7/close", {}, "no-receipt"),
        ("/purchasing/receipts/7/temperature", {"temperature_c": "5"}, "no-receipt"),
        ("/purchasing/received/7/back", {"because": "wrong"}, "no-package"),
        ("/purchasing/put-away/7", {"place": "Moon", "key": "k"}, "no-place"),
        ("/purchasing/orders/7/approve", {}, "no-order"),
        ("/purchasing/answers/7/take", {}, "no-answer"),
        ("/purchasing/invoices/7/match", {}, "no-invoice"),
        ("/purchasing/differences/7/claim", {"because": "x"}, "no-difference"),
        ("/purchasing/papers/7/again", {}, "no-paper"),
        ("/purchasing/items/7/tie", {"ndc": "1"}, "no-item"),
    ],
)
def test_what_is_not_here_is_refused_by_its_name(yard, tess, path, body, code):
    answer = tess.post(path, body)
    assert (answer.status_code, codes(answer)) == (409, {code})
    assert not Move.objects.exists()


@pytest.mark.parametrize("verb", ["approve", "send", "reopen", "again"])
def test_an_order_that_went_out_is_past_each_of_these(yard, tess, verb):
    order = an_order(yard, "receive")
    answer = tess.post(f"/purchasing/orders/{order.pk}/{verb}")
    assert answer.status_code == 409, answer.content
    assert Order.objects.get().state == "sent"


def test_a_store_keeps_only_wholesalers_that_its_pharmacist_in_charge_put_there(pharmacy, yard):
    body = {
        "code": "hill", "name": "Hill Drug", "account": "77", "dialect": "plain",
        "edi_id": "ZZ:HILL", "our_edi_id": "ZZ:PHARMACY", "order_by": "17:30",
    }  # fmt: skip
    charge = Program(pharmacy, Role.IN_CHARGE)
    made = done(charge.post("/purchasing/wholesalers", body))
    again = done(charge.post(f"/purchasing/wholesalers/{made['id']}", body | {"name": "Hills"}))
    assert (again["id"], again["name"]) == (made["id"], "Hills")
    bad = charge.post("/purchasing/wholesalers", body | {"code": "dale", "order_by": "27:99"})
    assert fields(bad) == {"order_by"}
    tech = Program(pharmacy, Role.TECHNICIAN)
    assert tech.post("/purchasing/wholesalers", body).status_code == 403
    assert len(done(tech.get("/purchasing/wholesalers"))) == 2


def test_a_difference_is_given_up_by_the_pharmacist_in_charge_alone(pharmacy, yard):
    difference = of_invoices(yard, "write-off")["difference_id"]
    there, said = f"/purchasing/differences/{difference}/write-off", {"because": "too small"}
    for role in (Role.TECHNICIAN, Role.PHARMACIST):
        assert Program(pharmacy, role).post(there, said).status_code == 403
    charge = Program(pharmacy, Role.IN_CHARGE)
    assert done(charge.post(there, said))["state"] == "written off"


def test_the_answer_of_a_wholesaler_is_refused_once_and_with_a_reason(yard, tess):
    order = an_order(yard, "receive")
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IQ", 2), ("IB", 1)])))
    said = LineAnswer.objects.filter(needs_decision=True)[:1].get()
    there = f"/purchasing/answers/{said.pk}/refuse"
    assert tess.post(there, {"because": " "}).status_code == 409
    assert done(tess.post(there, {"because": "Kim: ship all"}))["decided"] == "refused"
    assert tess.post(there, {"because": "again"}).status_code == 409


def test_an_invoice_and_a_paper_are_read_with_their_reasons(yard, tess):
    invoice = of_invoices(yard, "claim")["invoice_id"]
    page = done(tess.get(f"/purchasing/invoices/{invoice}"))
    assert page["total_usd"] == str(Invoice.objects.get().total_usd) == "6.33"
    assert [one["kind"] for one in page["differences"]] == ["short"]
    assert {one["kind"] for one in done(tess.get("/purchasing/papers"))} == {"810"}
    assert done(tess.get("/purchasing/papers?aside=true")) == []
    assert tess.get("/purchasing/invoices/999").status_code == 409
    assert tess.get("/purchasing/orders/999").status_code == 409
    assert tess.get("/purchasing/receipts/999").status_code == 409
