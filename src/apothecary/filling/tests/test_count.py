"""A count agrees with the fill or it is none; Schedule II is counted twice."""

from decimal import Decimal

import pytest

from apothecary.filling.actions import count_and_label, print_label, record_count, scan_bottle
from apothecary.filling.models import Count, LabelPrint
from apothecary.filling.tests.bench import (
    deeds,
    filling,
    labelled,
    lines,
    scanned,
    symbol,
    upc,
    waiting,
)
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.staff.worker import NotAllowed


def count(world, fill, quantity="30", **more):
    return record_count(
        by=world.technician, fill_id=fill.pk, quantity=Decimal(quantity), **more
    )


def test_a_count_is_kept_with_who_how_and_how_many(pharmacy):
    fill = scanned(pharmacy)
    made = count(pharmacy, fill, method="scale")
    assert (made.quantity, made.method, made.pass_number) == (30, "scale", 1)
    assert made.by_id == pharmacy.technician.person_id
    said = lines(pharmacy, fill)[-1]
    assert (said.deed, said.details["quantity"]) == (Deed.COUNTED, "30")


def test_the_same_count_twice_is_one(pharmacy):
    fill = scanned(pharmacy)
    assert count(pharmacy, fill).pk == count(pharmacy, fill).pk
    assert deeds(pharmacy, fill).count(Deed.COUNTED) == 1


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        ("29", "count-differs"),
        ("31", "count-differs"),
        ("0", "count-zero"),
        ("-30", "count-zero"),
        ("29.5", "count-parts"),
    ],
)
def test_a_count_that_differs_is_refused_and_not_kept(pharmacy, quantity, code):
    fill = scanned(pharmacy)
    with pytest.raises(Refused) as refusal:
        count(pharmacy, fill, quantity)
    assert [problem.code for problem in refusal.value.problems] == [code]
    assert not Count.objects.exists()


def test_what_is_measured_may_have_parts_of_a_unit(pharmacy):
    fill = scanned(pharmacy, "hydrocortisone", quantity="28.4")
    assert count(pharmacy, fill, "28.4").quantity == Decimal("28.4")


def test_nothing_is_counted_before_the_bottle_was_scanned(pharmacy):
    fill = filling(pharmacy)
    with pytest.raises(Refused, match="Scan the stock bottle first"):
        count(pharmacy, fill)


def test_nothing_is_counted_while_a_wrong_bottle_is_in_hand(pharmacy):
    fill = scanned(pharmacy)
    scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=upc(pharmacy, "warfarin"))
    with pytest.raises(Refused, match="Set that bottle aside first"):
        count(pharmacy, fill)


def test_nothing_is_counted_while_a_bottle_is_missing(pharmacy):
    fill = scanned(pharmacy, quantity="150")
    with pytest.raises(Refused, match="2 bottles are needed and 1 scanned"):
        count(pharmacy, fill, "150")


def test_a_clerk_may_not_count_nor_a_fill_that_waits_be_counted(pharmacy):
    fill = scanned(pharmacy)
    with pytest.raises(NotAllowed):
        record_count(by=pharmacy.clerk, fill_id=fill.pk, quantity=Decimal(30))
    with pytest.raises(Refused, match="not in filling"):
        count(pharmacy, waiting(pharmacy, "metformin"))


def test_an_unknown_way_of_counting_is_refused(pharmacy):
    fill = scanned(pharmacy)
    with pytest.raises(Refused, match="'guess' is no way of counting"):
        count(pharmacy, fill, method="guess")


def test_schedule_ii_is_counted_twice_the_second_time_by_anybody_who_may(pharmacy):
    fill = scanned(pharmacy, "oxycodone")
    count(pharmacy, fill)
    with pytest.raises(Refused, match="Schedule II is counted twice"):
        print_label(by=pharmacy.technician, fill_id=fill.pk)
    with pytest.raises(Refused, match="Technician S is filling"):
        record_count(by=pharmacy.pharmacist, fill_id=fill.pk, quantity=Decimal(30))
    second = record_count(
        by=pharmacy.pharmacist, fill_id=fill.pk, quantity=Decimal(30), pass_number=2
    )
    assert second.by_id == pharmacy.pharmacist.person_id
    assert print_label(by=pharmacy.technician, fill_id=fill.pk).pk


def test_a_click_twice_on_the_first_count_is_no_second_count(pharmacy):
    fill = scanned(pharmacy, "oxycodone")
    for _ in range(2):
        count(pharmacy, fill)
    assert Count.objects.count() == 1


@pytest.mark.parametrize(("drug", "number"), [("lisinopril", 2), ("oxycodone", 3)])
def test_a_count_that_nobody_asked_for_is_refused(pharmacy, drug, number):
    fill = scanned(pharmacy, drug)
    for made in range(1, number):
        count(pharmacy, fill, pass_number=made)
    with pytest.raises(Refused, match=f"Count {number} is not asked for"):
        count(pharmacy, fill, pass_number=number)


def test_the_second_count_does_not_come_before_the_first(pharmacy):
    fill = scanned(pharmacy, "oxycodone")
    with pytest.raises(Refused, match="Count 2 is not asked for: 0 of 2 made"):
        count(pharmacy, fill, pass_number=2)


def test_one_key_counts_and_prints(pharmacy):
    fill = scanned(pharmacy)
    printed = count_and_label(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30))
    assert printed is not None
    again = count_and_label(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30))
    assert again == printed
    assert deeds(pharmacy, fill)[-2:] == [Deed.COUNTED, Deed.LABEL_PRINTED]


def test_one_key_prints_nothing_before_the_second_count_of_schedule_ii(pharmacy):
    fill = scanned(pharmacy, "oxycodone")
    one = count_and_label(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(30))
    assert (one, LabelPrint.objects.count()) == (None, 0)
    fill = labelled(pharmacy, "alprazolam")
    assert LabelPrint.objects.filter(fill=fill).count() == 1


def test_a_count_that_differs_prints_nothing(pharmacy):
    fill = scanned(pharmacy)
    with pytest.raises(Refused, match="Counted 28, the prescription says 30"):
        count_and_label(by=pharmacy.technician, fill_id=fill.pk, quantity=Decimal(28))
    assert not LabelPrint.objects.exists()
    assert scan_bottle(
        by=pharmacy.technician, fill_id=fill.pk, raw=symbol(pharmacy, "lisinopril")
    ).outcome == "right"  # fmt: skip
