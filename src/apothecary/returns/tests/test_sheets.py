"""The papers of returns: what stands on them, and equal facts are equal bytes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest

from apothecary.law.form41 import Destroyed, Form41, Witness
from apothecary.returns.disposal.paper import form41_pdf
from apothecary.returns.sheets import grid, sheet, text, units
from apothecary.returns.shipments.drawing import ages_drawn, course_drawn
from apothecary.returns.shipments.held import lines_of
from apothecary.returns.shipments.models import Shipment
from apothecary.returns.shipments.paper import manifest_pdf
from apothecary.returns.shipments.queries import owed
from apothecary.returns.shipments.states import Group
from apothecary.staff.models import Pharmacy

FORM = Form41(
    registrant="Sample & Sons <Pharmacy>",
    dea="FP9000011",
    address="100 Pecan Ledger Lane",
    destroyed_on=date(2026, 11, 23),
    place="pharmacy",
    method="burnt",
    witnesses=(
        Witness(id=1, name="Ann", title="pharmacist"),
        Witness(id=2, name="Ben", title="technician"),
    ),
    lines=(
        Destroyed(
            ndc="0406-0512-01", drug="oxycodone 5 mg", form="tablet", schedule=2, lot="L1",
            expires_on=date(2026, 10, 31), quantity=Decimal("130.500"), unit="tablet",
            package=Decimal(100),
        ),
    ),
)  # fmt: skip


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
        return " ".join(" ".join(pages).split())
    finally:
        document.close()


def manifest(row: Shipment) -> str:
    pharmacy = Pharmacy.objects.get(pk=row.pharmacy_id)
    return words(manifest_pdf(row, lines_of(row), pharmacy))


def test_the_record_of_a_destruction_says_who_what_where_how_and_until_when():
    found = words(form41_pdf(FORM, number="D0001", kept_until=date(2028, 11, 23)))
    for part in (
        "Sample & Sons <Pharmacy>",
        "FP9000011",
        "2026-11-23",
        "burnt",
        "oxycodone 5 mg",
        "130.5 tablet",
        "Ann, pharmacist",
        "Ben, technician",
        "2028-11-23",
        "D0001",
    ):
        assert part in found, part


def test_schedule_whole_packages_and_loose_units_stand_in_their_columns():
    found = words(form41_pdf(FORM, number="D0001", kept_until=date(2028, 11, 23)))
    assert "II L1 2026-10-31 1 30.5 130.5 tablet" in found


def test_a_long_record_goes_over_pages_and_repeats_its_head():
    long = replace(FORM, lines=[*FORM.lines] * 60)
    found = words(form41_pdf(long, number="D0002", kept_until=date(2028, 11, 23)))
    assert found.count("oxycodone 5 mg") == 60
    assert found.count("Packages Loose Quantity") > 1
    assert "page 2" in found


def test_a_manifest_says_where_from_where_to_what_and_what_it_should_bring(room):
    room.costs("warfarin", "10.00")
    row = room.begun()
    room.picked(row, room.pulled("warfarin"))
    found = manifest(Shipment.objects.get(pk=row.pk))
    for part in (
        "Return manifest R00001",
        "Sample Community Pharmacy",
        "Mesquite Returns",
        "RM9001049",
        "P001",
        "expired",
        "expected credit $9.00",
        "not authorized yet",
    ):
        assert part in found, part


@pytest.mark.parametrize(
    ("group", "title"),
    [
        (Group.INVOICE, "Return manifest and invoice, Schedule III to V"),
        (Group.FORM_222, "Return manifest, Schedule II"),
    ],
)
def test_controlled_drugs_travel_on_a_paper_of_their_own_name(room, group, title):
    row = room.begun(group, form_222="230000001")
    found = manifest(Shipment.objects.get(pk=row.pk))
    assert title in found
    assert "230000001" in found


def test_what_they_refused_is_on_no_manifest(room):
    row = room.answered(room.asked("lisinopril", "metformin"), refused=(2,))
    found = manifest(row)
    assert "1 lines, expected credit $9.00" in found
    assert "RA000001" in found


@pytest.mark.parametrize(
    ("value", "said"),
    [("30.000", "30"), ("30.500", "30.5"), ("0.001", "0.001"), ("100", "100"), ("0", "0")],
)
def test_a_quantity_has_no_trailing_noughts(value, said):
    assert units(Decimal(value)) == said


def test_words_that_look_like_markup_are_printed_as_they_are():
    table = grid(["A & B"], [["<b>x</b>"]], [100])
    found = words(sheet("T & <i>", [text("1 < 2 & 3"), table], foot="f"))
    for part in ("T & <i>", "1 < 2 & 3", "A & B", "<b>x</b>"):
        assert part in found


def test_how_far_a_return_is_is_drawn_step_by_step(room):
    row = room.begun()
    assert [state for _, state, _ in course_drawn(row)] == ["done", "now", *["later"] * 3]
    room.picked(row, room.pulled())
    shipped = room.shipped("metformin")
    assert [state for _, state, _ in course_drawn(shipped)] == [*["done"] * 4, "now"]
    row.state = "cancelled"
    assert "now" not in [state for _, state, _ in course_drawn(row)][1:]


def test_open_credits_are_drawn_with_their_sums_said_aloud(room):
    room.shipped()
    drawn = ages_drawn(owed(pharmacy_id=room.by.pharmacy_id, today=room.by.today))
    assert "to 30 days: $9.00; 31 to 60: $0.00" in drawn
