"""The invoices of a period as an inspector gets them."""

import pytest

from apothecary.law.problem import Refused
from apothecary.purchasing.matching.inspected import invoices_paper
from apothecary.purchasing.receiving.corrections import take_back
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.tests.test_matching import billed
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed
from apothecary.vault.inspection import printed

# The wholesaler of the tests dates its papers a day ahead.
PERIOD = {"first": "2026-11-24", "last": "2026-11-24"}


@pytest.fixture
def order(yard):
    """Three of a Schedule IV and two that are not controlled, billed on one invoice."""
    yard.lists("alprazolam", "5.00")
    order = yard.sent(alprazolam=3, lisinopril=2)
    billed(yard, order, ("alprazolam", 3, "5.00"), ("lisinopril", 2, "2.11"))
    return order


def rows(pharmacy, **said):
    made = invoices_paper(pharmacy.pharmacist, PERIOD | said)
    titles = [column.title for column in made.columns]
    return [dict(zip(titles, row, strict=True)) for row in made.rows]


def test_the_line_of_a_controlled_drug_says_who_supplied_it_and_that_nothing_came(
    pharmacy, yard, order
):
    (row,) = rows(pharmacy)
    assert (row["Invoice"], row["Dated"], row["C"]) == ("INV1", "11/24/2026", "C-IV")
    assert (row["Supplier"], row["DEA"]) == (yard.wholesaler.name, yard.wholesaler.dea)
    assert (row["PO"], row["NDC"]) == (order.po, pharmacy.drugs["alprazolam"].ndc)
    assert (row["Billed"], row["Received"], row["State"]) == ("3", "nothing yet", "new")
    assert "alprazolam" in row["Item"]


def test_what_came_stands_beside_what_was_billed_and_what_was_undone_does_not(
    pharmacy, yard, order
):
    receipt = yard.begun(order)
    yard.takes_in(receipt, yard.came("alprazolam", packages=2))
    yard.takes_in(receipt, yard.came("alprazolam", lot="L8"))
    assert rows(pharmacy)[0]["Received"] == "3 on 11/23/2026"
    last = ReceivedPackage.objects.get(lot__number="L8")
    take_back(by=yard.by, received_id=last.pk, because="another pharmacy's")
    assert rows(pharmacy)[0]["Received"] == "2 on 11/23/2026"


@pytest.mark.parametrize(
    ("schedule", "found"),
    [("", 1), ("4", 1), ("2", 0), ("3", 0), ("5", 0), ("all", 2), (" ALL ", 2)],
)
def test_one_schedule_all_controlled_or_everything(pharmacy, order, schedule, found):
    assert len(rows(pharmacy, schedule=schedule)) == found


@pytest.mark.parametrize("schedule", ["1", "6", "0", "IV", "-4", "4 OR 1=1"])
def test_what_is_no_schedule_is_refused_by_its_field(pharmacy, order, schedule):
    with pytest.raises(Refused) as refused:
        rows(pharmacy, schedule=schedule)
    assert [(one.code, one.field) for one in refused.value.problems] == [
        ("no-schedule", "schedule")
    ]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2026-11-23", "2026-11-23", 0),
        ("2026-11-24", "2026-11-24", 1),
        ("2026-11-25", "2026-11-30", 0),
    ],
)
def test_the_days_are_those_of_the_invoice(pharmacy, order, first, last, found):
    assert len(rows(pharmacy, first=first, last=last)) == found


def test_a_period_without_invoices_says_so(pharmacy, yard):
    made = invoices_paper(pharmacy.pharmacist, PERIOD)
    assert (made.title, made.below) == (
        "Invoices of controlled substances",
        ["No such invoice is of this period."],
    )


def test_the_paper_is_titled_by_what_was_asked(pharmacy, order):
    for which, titled in (("4", "Schedule C-IV"), ("all", "all goods")):
        made = invoices_paper(pharmacy.pharmacist, PERIOD | {"schedule": which})
        assert made.title == f"Invoices of {titled}"


def test_another_pharmacy_sees_none_of_it_and_a_clerk_prints_nothing(pharmacy, order):
    with pytest.raises(NotAllowed):
        printed(by=pharmacy.workers[Role.CLERK], key="invoices", kind="csv", said=PERIOD)
    stand_in(pharmacy.other.pk)
    assert invoices_paper(pharmacy.stranger, PERIOD).rows == []


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF"), ("csv", b"Invoice,Dated")])
def test_it_prints_as_pdf_and_as_csv(pharmacy, order, kind, begins):
    made = printed(by=pharmacy.pharmacist, key="invoices", kind=kind, said=PERIOD)
    assert made.startswith(begins)
