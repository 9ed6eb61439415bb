"""Tracing documents: taken over whole, or set aside by name with their bytes."""

from dataclasses import replace

import pytest
from django.db import Error, transaction

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.purchasing.tracing.models import TracedItem, TracedPackage, TracingDocument
from apothecary.purchasing.tracing.taking import BATCH, take_document
from apothecary.purchasing.tracing.tests.seller import BUYER, GTIN, Told
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.wires.epcis import Statement
from apothecary.wires.models import Incoming

ELSEWHERE = replace(BUYER, name="Other Store", state="MN", postal_code="55401")


def takes(yard, raw, by=None):
    return take_document(by=by or yard.by, partner="plains", raw=raw, name="d.xml")


def serials():
    return set(TracedPackage.objects.values_list("serial", flat=True))


@pytest.mark.parametrize("syntax", ["xml", "json"])
def test_a_document_in_either_syntax_tells_of_each_package(yard, syntax):
    row = takes(yard, getattr(Told(), syntax)())
    assert (row.problem, row.packages) == ("", 2)
    assert serials() == {"S1", "S2"}
    package = TracedPackage.objects.select_related("item__shipment").get(serial="S1")
    assert (package.gtin, package.lot, package.of_lot) == (GTIN, "L7", 2)
    item, shipment = package.item, package.item.shipment
    assert item.package == yard.world.drugs["lisinopril"]
    assert (item.name, item.strength, item.form) == ("lisinopril", "10 mg", "tablet")
    assert (shipment.seller, shipment.buyer) == ("Plains Drug", "A Pharmacy")
    assert shipment.seller_address == "1 Dock St, Anytown, TX 75001, US"
    assert "581(27)" in shipment.statement


def test_it_is_written_down_and_its_bytes_are_kept(yard):
    raw = Told().xml()
    row = takes(yard, raw)
    assert bytes(row.incoming.raw) == raw
    of = yard.world.pharmacy.pk
    lines = history(pharmacy_id=of, about=[("tracingdocument", row.pk)])
    assert [line.deed for line in lines] == [Deed.TRACING_TAKEN]


def test_the_same_document_twice_is_one(yard):
    first, second = takes(yard, Told().xml()), takes(yard, Told().xml())
    assert first == second
    assert Incoming.objects.filter(format="epcis").count() == 1
    assert TracedPackage.objects.count() == 2


ASIDE = [
    (Told(statement=None), "no transaction statement was sent"),
    (Told(statement=Statement(affirmed=False)), "is not affirmed"),
    (Told(lot=""), "lot"),
    (Told(expires_on=None), "expiry"),
    (Told(buyer=ELSEWHERE), "is Other Store, not us"),
    (Told(ndc="0093-1713-01"), "is stated, but GTIN"),
    (Told(serials=("S1", "S1")), "is shipped twice"),
]


@pytest.mark.parametrize(("told", "why"), ASIDE)
def test_what_is_not_whole_or_not_for_us_is_set_aside_by_name(yard, told, why):
    row = takes(yard, told.xml())
    assert why in row.problem
    assert row.packages == 0
    assert not TracedItem.objects.exists()
    lines = history(pharmacy_id=yard.world.pharmacy.pk, about=[("tracingdocument", row.pk)])
    assert [line.deed for line in lines] == [Deed.TRACING_SET_ASIDE]


@pytest.mark.parametrize("raw", [Told().xml()[:900], b"no document", b'{"type":'])
def test_what_cannot_be_read_or_is_cut_off_is_set_aside_with_its_bytes(yard, raw):
    row = takes(yard, raw)
    assert row.problem
    assert bytes(row.incoming.raw) == raw
    assert not TracedPackage.objects.exists()


def test_an_order_of_ours_makes_a_document_ours_whatever_address_it_names(yard):
    order = yard.sent(lisinopril=2)
    row = takes(yard, Told(buyer=ELSEWHERE, po=order.po).xml())
    assert (row.problem, row.packages) == ("", 2)


@pytest.mark.parametrize("po", ["PO999999", "12", "PO١", "X"])
def test_an_order_that_is_not_ours_makes_it_nobody_s(yard, po):
    assert "not us" in takes(yard, Told(buyer=ELSEWHERE, po=po).xml()).problem


def test_a_seller_other_than_the_partner_it_came_from_is_named(yard):
    yard.wholesaler.gln = "0614141001019"
    yard.wholesaler.save()
    assert "Plains Drug, not the partner" in takes(yard, Told().xml()).problem


def test_a_serial_known_from_another_document_sets_the_new_one_aside(yard):
    takes(yard, Told().xml())
    row = takes(yard, Told(serials=("S2", "S3"), instance="D2", lot="L8").xml())
    assert f"S2 of GTIN {GTIN} is known from D1" in row.problem
    assert serials() == {"S1", "S2"}


def test_other_content_under_a_known_instance_is_kept_beside_the_first(yard):
    takes(yard, Told().xml())
    again = Told(serials=("S8",)).xml()
    row = takes(yard, again)
    assert "was used before" in row.problem
    assert bytes(row.incoming.raw) == again
    assert serials() == {"S1", "S2"}
    assert takes(yard, again) == row


def test_more_packages_than_one_statement_takes_are_all_there(yard):
    many = tuple(f"N{n}" for n in range(BATCH + 5))
    assert takes(yard, Told(serials=many).xml()).packages == BATCH + 5
    assert serials() == set(many)


@pytest.mark.parametrize(("partner", "raw"), [("nobody", b"<x/>"), ("plains", b"  ")])
def test_an_unknown_partner_or_an_empty_file_is_refused(yard, partner, raw):
    with pytest.raises(Refused):
        take_document(by=yard.by, partner=partner, raw=raw)
    assert not TracingDocument.objects.exists()


def test_another_pharmacy_s_partner_is_unknown(yard, pharmacy):
    with pytest.raises(Refused):
        takes(yard, Told().xml(), by=pharmacy.stranger)


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_or_administrator_takes_no_document_in(yard, role):
    with pytest.raises(NotAllowed):
        takes(yard, Told().xml(), by=yard.world.workers[role])
    assert not Incoming.objects.filter(format="epcis").exists()


def test_what_was_told_is_neither_deleted_nor_changed(yard):
    takes(yard, Told().xml())
    acts = [
        lambda: TracedPackage.objects.all()._raw_delete("default"),
        lambda: TracedPackage.objects.update(lot="other"),
        lambda: TracedItem.objects.update(ndc=""),
        lambda: TracingDocument.objects.all()._raw_delete("default"),
    ]
    for act in acts:
        with pytest.raises(Error, match="kept for six years"), transaction.atomic():
            act()
    assert serials() == {"S1", "S2"}
