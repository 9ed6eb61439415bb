"""What is left of Schedule II and counted twice as the books do not say is a discrepancy."""

from decimal import Decimal

import pytest

from apothecary.filling.actions import count_back
from apothecary.filling.tests.bench import labelled
from apothecary.stock.models import Balance
from apothecary.vault.book.cases import close_case, find_unexplained
from apothecary.vault.book.models import DiscrepancyCase


@pytest.fixture
def fill(pharmacy):
    """Thirty of a thousand are in the vial: 970 are left by the books."""
    return labelled(pharmacy, "oxycodone")


def left(world, fill, counted, attempt):
    count_back(
        by=world.technician,
        fill_id=fill.pk,
        lot="L1",
        counted=Decimal(counted),
        try_number=attempt,
    )


def test_one_count_that_differs_is_no_discrepancy_yet(pharmacy, fill):
    left(pharmacy, fill, "968", 1)
    assert not DiscrepancyCase.objects.exists()


def test_a_second_count_that_agrees_leaves_nothing_to_look_into(pharmacy, fill):
    left(pharmacy, fill, "968", 1)
    left(pharmacy, fill, "970", 2)
    assert not DiscrepancyCase.objects.exists()


def test_a_second_count_that_differs_opens_a_case_that_names_the_fill(pharmacy, fill):
    left(pharmacy, fill, "969", 1)
    left(pharmacy, fill, "968", 2)
    case = DiscrepancyCase.objects.get()
    assert (case.fill_id, case.difference, case.book) == (fill.pk, -2, 970)
    assert case.source == "count of what is left at a fill"


def test_the_same_count_sent_again_opens_no_second_case(pharmacy, fill):
    for attempt in (1, 2, 2):
        left(pharmacy, fill, "968", attempt)
    case = DiscrepancyCase.objects.get()
    assert not case.notes.exists()


def test_the_correction_takes_what_is_missing_from_the_bottle_and_not_from_the_vial(
    pharmacy, fill
):
    left(pharmacy, fill, "968", 1)
    left(pharmacy, fill, "968", 2)
    case = DiscrepancyCase.objects.get()
    find_unexplained(by=pharmacy.technician, case_id=case.pk, explanation="all looked at")
    close_case(by=pharmacy.pharmacist, case_id=case.pk, because="unknown", correct=True)
    shelf = Balance.objects.get(lot=case.lot_id, place=case.place_id)
    assert (shelf.on_hand, shelf.reserved) == (998, 30)
