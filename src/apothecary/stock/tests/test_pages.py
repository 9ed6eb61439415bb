"""The pages of the shelves: receiving by scan, counting, carrying, setting aside."""

import re
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from apothecary.drugs.ndc import Ndc
from apothecary.law.problem import Refused
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.stock.actions import the_place
from apothecary.stock.forms import amount, number, once, parse_day
from apothecary.stock.models import (
    Balance,
    Lot,
    LotState,
    Move,
    Place,
    PlaceKind,
    ShelfItem,
)
from apothecary.stock.queries import book_faults, ledger_of_lot
from apothecary.stock.shelves import shelf_lines

# The text fields of a form with what stands in them.
FIELD = re.compile(r'<input id="f-[a-z_]+" name="([a-z_]+)"[^>]*? value="([^"]*)"')


def client_of(pharmacy, role: Role = Role.TECHNICIAN) -> Client:
    token = worker_token(person=pharmacy.people[role], station="x", at=timezone.now())
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def place(pharmacy, kind: PlaceKind = PlaceKind.SHELF) -> int:
    return the_place(pharmacy.pharmacy.pk, kind).pk


def on_shelf(pharmacy, lot: Lot) -> Decimal:
    return Balance.objects.get(lot=lot, place=place(pharmacy)).on_hand


def receipt(pharmacy) -> dict[str, str]:
    return {
        "ndc": "68180-0980-1",
        "lot_number": "LT1",
        "expires_on": "2029-12-31",
        "quantity": "100",
        "place": str(place(pharmacy)),
        "key": "once",
    }


def test_a_receipt_goes_on_the_shelf_once_however_often_it_is_sent(pharmacy):
    client = client_of(pharmacy)
    first = client.post("/stock/receive", receipt(pharmacy))
    second = client.post("/stock/receive", receipt(pharmacy))
    lot = Lot.objects.get(number="LT1")
    there = f"/stock/lot/{lot.pk}/"
    assert (first.headers["Location"], second.headers["Location"]) == (there, there)
    assert on_shelf(pharmacy, lot) == 100
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"ndc": ""}, "The NDC is missing."),
        ({"ndc": "68180-0980"}, "The scan"),
        ({"ndc": "99999-9999-9"}, "not in the drug file"),
        ({"lot_number": " "}, "The lot number is missing."),
        ({"expires_on": "soon"}, "no date"),
        ({"expires_on": "2020-01-31"}, "may not go on the shelf"),
        ({"quantity": "lots"}, "no quantity"),
        ({"quantity": "1.0001"}, "at most three decimals"),
        ({"quantity": "NaN"}, "no quantity"),
        ({"quantity": "-5"}, "not possible"),
        ({"place": "0"}, "Nothing is received into that place."),
        ({"place": "x"}, "is no place"),
        ({"key": ""}, "without its key"),
    ],
)
def test_a_receipt_that_cannot_be_is_refused_with_what_was_typed_kept(pharmacy, given, says):
    answer = client_of(pharmacy).post("/stock/receive", receipt(pharmacy) | given)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert says in page
    assert 'name="lot_number"' in page
    assert not Move.objects.exists()


def test_every_missing_field_is_named_at_once(pharmacy):
    page = client_of(pharmacy).post("/stock/receive", {"key": "k"}).content.decode()
    for name in ("NDC", "lot number", "quantity", "place"):
        assert f"The {name} is missing." in page


def test_a_scan_fills_product_lot_expiry_and_what_the_bottle_holds(pharmacy):
    gtin = Ndc.parse("68180-0980-1").gtin14()
    code = f"]d201{gtin}1729123110LT7"
    page = client_of(pharmacy).post("/stock/receive/scan", {"code": code}).content.decode()
    for value in ("68180-0980-1", "2029-12-31", "LT7", "100"):
        assert f'value="{value}"' in page
    assert "<html" not in page  # the form alone: it takes the place of the one on the page
    assert not Move.objects.exists()


def test_a_bad_scan_says_what_is_wrong_with_it(pharmacy):
    answer = client_of(pharmacy).post("/stock/receive/scan", {"code": "RX1-0-1"})
    assert answer.status_code == 409
    assert "not a stock bottle" in answer.content.decode()


def test_a_count_that_differs_is_posted_once_and_signed(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    form = {"place": place(pharmacy), "counted": "97", "because": "3 broken", "key": "k1"}
    client = client_of(pharmacy)
    assert client.post(f"/stock/lot/{lot.pk}/count", form).status_code == 302
    client.post(f"/stock/lot/{lot.pk}/count", form)
    assert on_shelf(pharmacy, lot) == 97
    page = client.get(f"/stock/lot/{lot.pk}/").content.decode()
    assert "count: 3 broken" in page


def test_a_technician_does_not_count_what_is_controlled(pharmacy):
    lot = pharmacy.receive("oxycodone", "100")
    form = {"place": place(pharmacy), "counted": "99", "because": "x", "key": "k"}
    assert client_of(pharmacy).post(f"/stock/lot/{lot.pk}/count", form).status_code == 403
    assert on_shelf(pharmacy, lot) == 100
    pharmacist = client_of(pharmacy, Role.PHARMACIST)
    assert pharmacist.post(f"/stock/lot/{lot.pk}/count", form).status_code == 302
    assert on_shelf(pharmacy, lot) == 100
    page = pharmacist.get(f"/stock/lot/{lot.pk}/").content.decode()
    assert "A second person counts it on its sheet" in page


def test_units_are_carried_and_never_out_of_nothing(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    form = {
        "from_place": place(pharmacy),
        "to_place": place(pharmacy, PlaceKind.QUARANTINE),
        "quantity": "40",
        "because": "dented",
        "key": "k",
    }
    client = client_of(pharmacy)
    without = client.post(f"/stock/lot/{lot.pk}/move", form | {"because": " "})
    assert (without.status_code, on_shelf(pharmacy, lot)) == (409, 100)
    assert "Say why it is carried." in without.content.decode()
    assert client.post(f"/stock/lot/{lot.pk}/move", form).status_code == 302
    assert on_shelf(pharmacy, lot) == 60
    more = form | {"quantity": "61", "key": "k2"}
    assert client.post(f"/stock/lot/{lot.pk}/move", more).status_code == 409
    assert on_shelf(pharmacy, lot) == 60


def test_a_lot_is_set_aside_by_a_technician_and_released_by_a_pharmacist(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    client, there = client_of(pharmacy), f"/stock/lot/{lot.pk}"
    assert client.post(f"{there}/quarantine", {"because": ""}).status_code == 409
    assert client.post(f"{there}/quarantine", {"because": "recall"}).status_code == 302
    assert "Set aside: recall" in client.get(f"{there}/").content.decode()
    assert client.post(f"{there}/release", {"because": "cleared"}).status_code == 403
    pharmacist = client_of(pharmacy, Role.PHARMACIST)
    assert pharmacist.post(f"{there}/release", {"because": "cleared"}).status_code == 302
    lot.refresh_from_db()
    assert lot.state == LotState.AVAILABLE


def test_the_shelf_says_what_is_there_promised_and_free(pharmacy, django_assert_num_queries):
    pharmacy.receive("lisinopril", "100")
    pharmacy.receive("lisinopril", "50", lot="L2")
    with django_assert_num_queries(1):
        lines = shelf_lines(pharmacy_id=pharmacy.pharmacy.pk)
    line = next(line for line in lines if line.ndc == "68180-0980-1")
    assert (line.on_hand, line.free, line.lots, line.bin) == (150, 150, 2, "A1")
    assert len(lines) == len(pharmacy.drugs)


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("lisin", 2),
        ("prinivil", 1),
        ("68180", 1),
        ("a1", 12),
        ("%", 12),
        ("zzz", 0),
        ("\\", 12),
    ],
)
def test_the_shelf_is_narrowed_by_name_ndc_and_bin(pharmacy, asked, count):
    assert len(shelf_lines(pharmacy_id=pharmacy.pharmacy.pk, asked=asked)) == count


def test_what_is_low_is_what_is_not_free_above_its_reorder_point(pharmacy):
    pharmacy.receive("lisinopril", "100")
    low = shelf_lines(pharmacy_id=pharmacy.pharmacy.pk, low=True)
    assert len(low) == len(pharmacy.drugs) - 1


def test_the_ledger_of_a_lot_names_places_quantity_reason_and_person(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    (line,) = ledger_of_lot(pharmacy_id=pharmacy.pharmacy.pk, lot_id=lot.pk)
    assert (line.from_place, line.to_place, line.quantity) == ("Supplier", "Shelf", 100)
    assert (line.because, line.by) == ("received", pharmacy.pharmacist.name)


@pytest.mark.parametrize(
    "page",
    [
        *("", "?low", "expiring", "receive", "lot/{lot}/", "product/{drug}/", "places"),
        *("places/{place}/", "levels", "levels?show=all", "levels/{item}/", "figures"),
        *("counts", "first-out", "left?place={place}&lot={lot}"),
    ],
)
def test_each_page_costs_at_most_eight_queries(pharmacy, page, django_assert_max_num_queries):
    lot = pharmacy.receive("lisinopril", "100")
    item = ShelfItem.objects.get(package=lot.package)
    parts = {"lot": lot.pk, "drug": lot.package.product_id, "place": place(pharmacy)}
    parts["item"] = item.pk
    client = client_of(pharmacy)
    with django_assert_max_num_queries(8):
        assert client.get(f"/stock/{page.format(**parts)}").status_code == 200


@pytest.mark.parametrize(
    ("least", "par", "shown"),
    [
        ("100", "300", {"reorder_at": "100", "order_up_to": "300"}),
        ("1000", "2000", {"reorder_at": "1000", "order_up_to": "2000"}),
        ("0", "0.5", {"reorder_at": "0", "order_up_to": "0.5"}),
        ("-1", "10", {"reorder_at": "-1", "order_up_to": "10"}),
    ],
)
def test_levels_are_shown_as_they_are_typed_and_can_be_kept_as_shown(
    pharmacy, least, par, shown
):
    item = ShelfItem.objects.get(package=pharmacy.drugs["lisinopril"])
    ShelfItem.objects.filter(pk=item.pk).update(reorder_at=least, order_up_to=par)
    client, there = client_of(pharmacy), f"/stock/levels/{item.pk}/"
    fields = dict(FIELD.findall(client.get(there).content.decode()))
    assert {name: fields[name] for name in shown} == shown
    kept = client.post(there, fields | {"ordering": "auto"})
    assert kept.status_code == 302, kept.content.decode()[:500]
    item.refresh_from_db()
    assert (item.reorder_at, item.order_up_to) == (Decimal(least), Decimal(par))


def test_the_map_says_why_it_is_empty_until_a_place_is_drawn(pharmacy):
    client = client_of(pharmacy)
    assert "No place is drawn yet" in client.get("/stock/places").content.decode()
    Place.objects.filter(pk=place(pharmacy)).update(width=10, height=4)
    assert "No place is drawn yet" not in client.get("/stock/places").content.decode()


def test_a_lot_that_is_not_here_is_no_page(pharmacy):
    assert client_of(pharmacy).get("/stock/lot/999999/").status_code == 404


@pytest.mark.parametrize("typed", ["", "x", "-1", "1.5", "²", "9" * 20])
def test_a_number_of_a_row_is_digits(typed):
    with pytest.raises(Refused):
        number(typed, field="place")


@pytest.mark.parametrize(("typed", "value"), [("1", 1), (" 2.5 ", Decimal("2.5")), ("0", 0)])
def test_a_quantity_is_read_exactly(typed, value):
    assert amount(typed, field="counted") == value


@pytest.mark.parametrize("typed", ["", "Infinity", "1e99", "1,5", "0.0005"])
def test_what_is_no_quantity_is_refused_by_field(typed):
    with pytest.raises(Refused) as refusal:
        amount(typed, field="counted")
    assert refusal.value.problems[0].field == "counted"


@pytest.mark.parametrize("key", ["", " ", "k" * 81])
def test_a_form_without_a_usable_key_is_refused(key):
    form = QueryDict(mutable=True)
    form["key"] = key
    with pytest.raises(Refused):
        once(form)


@pytest.mark.parametrize("typed", ["", "31/12/2028", "2028-13-01", "2028-02-30"])
def test_what_is_no_day_is_none(typed):
    assert parse_day(typed) is None
