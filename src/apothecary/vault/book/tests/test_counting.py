"""The vault is counted by two, blind; what does not agree is counted again by another."""

from decimal import Decimal

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.journal.models import Entry
from apothecary.staff.duties import Role
from apothecary.stock.counting.models import Assertion
from apothecary.stock.kinds import PlaceKind
from apothecary.vault.book.counting import enter_vault_count, give_up_count, start_vault_count
from apothecary.vault.book.models import DiscrepancyCase, VaultCount
from apothecary.vault.book.rules import LineState, counted_problems, line_after
from apothecary.vault.book.tests.hands import (
    counted,
    counting,
    deeds,
    enter,
    moves,
    not_allowed,
    refused,
    sign_of,
    spot,
)


def test_a_count_lists_the_controlled_lots_of_the_place_and_no_other(pharmacy):
    pharmacy.receive("oxycodone", "100")
    pharmacy.receive("alprazolam", "60")
    pharmacy.receive("lisinopril", "500")
    count = counting(pharmacy)
    names = [line.lot.package.product.name for line in count.lines.order_by("id")]
    assert names == ["alprazolam", "oxycodone hydrochloride"]
    assert (count.counter_id, count.witness_id) == (
        pharmacy.technician.person_id,
        pharmacy.people[Role.CERTIFIED].pk,
    )
    assert deeds("vaultcount", count.pk) == ["began to count the vault with a witness"]


def test_a_count_that_agrees_is_an_assertion_and_moves_nothing(pharmacy):
    lot = pharmacy.receive("oxycodone", "100")
    before = moves()
    count = counted(pharmacy, "100")
    line = count.lines.get()
    said = Assertion.objects.get(lot=lot)
    assert (line.state, said.counted, said.book) == (LineState.AGREED, 100, 100)
    assert moves() == before
    assert not DiscrepancyCase.objects.exists()


def test_a_count_of_which_every_line_agrees_closes_by_itself(pharmacy):
    pharmacy.receive("oxycodone", "100")
    count = counted(pharmacy, "100")
    assert VaultCount.objects.get(pk=count.pk).closed_at == NOON


@pytest.mark.parametrize("units", ["99", "101", "0"])
def test_a_first_count_that_differs_is_told_to_nobody_and_asked_of_another(pharmacy, units):
    pharmacy.receive("oxycodone", "100")
    line = counted(pharmacy, units).lines.get()
    assert line.state == LineState.RECOUNT
    assert not DiscrepancyCase.objects.exists()
    said = Entry.objects.filter(deed="counted a lot of the vault").get()
    assert "difference" not in said.details
    assert "100" not in said.details.replace(units, "")


def test_a_second_count_that_agrees_ends_it(pharmacy):
    pharmacy.receive("oxycodone", "100")
    count = counted(pharmacy, "99")
    line = enter(pharmacy, count, "100", by=pharmacy.workers[Role.CERTIFIED])
    assert (line.state, line.counted, line.recounted) == (LineState.AGREED, 99, 100)
    assert not DiscrepancyCase.objects.exists()


def test_a_second_count_that_differs_opens_a_case_and_still_moves_nothing(pharmacy):
    pharmacy.receive("oxycodone", "100")
    before = moves()
    count = counted(pharmacy, "97")
    line = enter(pharmacy, count, "98", by=pharmacy.workers[Role.CERTIFIED])
    case = DiscrepancyCase.objects.get()
    assert (line.state, case.difference, case.line_id) == (LineState.DIFFERS, -2, line.pk)
    assert (case.book, case.counted, case.state) == (100, 98, "open")
    assert moves() == before
    assert VaultCount.objects.get(pk=count.pk).closed_at is not None


def test_nobody_counts_again_what_they_counted_first(pharmacy):
    pharmacy.receive("oxycodone", "100")
    count = counted(pharmacy, "97")
    assert "recount-by-another" in refused(lambda: enter(pharmacy, count, "98"))
    assert count.lines.get().state == LineState.RECOUNT


def test_a_first_count_is_of_the_two_who_began_it(pharmacy):
    pharmacy.receive("oxycodone", "100")
    count = counting(pharmacy)
    stranger = pharmacy.pharmacist
    assert refused(lambda: enter(pharmacy, count, "100", by=stranger)) == {"not-your-count": ""}
    enter(pharmacy, count, "100", by=pharmacy.workers[Role.CERTIFIED])
    assert count.lines.get().counted_by_id == pharmacy.people[Role.CERTIFIED].pk


def test_a_line_is_counted_once(pharmacy):
    pharmacy.receive("oxycodone", "100")
    pharmacy.receive("alprazolam", "60")
    count = counting(pharmacy)
    line = count.lines.order_by("id")[0]
    enter_vault_count(by=pharmacy.technician, line_id=line.pk, counted=Decimal(60))
    twice = refused(
        lambda: enter_vault_count(by=pharmacy.technician, line_id=line.pk, counted=Decimal(60))
    )
    assert twice == {"line-counted": ""}


@pytest.mark.parametrize(
    ("counted_", "unit", "field"),
    [
        ("-1", "EA", "counted"),
        ("1000001", "ML", "counted"),
        ("2.5", "EA", "counted"),
        ("2.5", "ML", None),
        ("0", "EA", None),
        ("1000000", "EA", None),
    ],
)
def test_a_number_nobody_can_have_counted_is_refused_by_its_field(counted_, unit, field):
    found = [problem.field for problem in counted_problems(Decimal(counted_), unit=unit)]
    assert found == ([field] if field else [])


def test_a_refused_number_leaves_the_line_as_it_was(pharmacy):
    pharmacy.receive("oxycodone", "100")
    count = counting(pharmacy)
    assert refused(lambda: enter(pharmacy, count, "99.5")) == {"count-parts": "counted"}
    assert count.lines.get().counted is None
    assert not Assertion.objects.exists()


@pytest.mark.parametrize(
    ("book", "number", "again", "state"),
    [
        ("10", "10", False, LineState.AGREED),
        ("10", "10", True, LineState.AGREED),
        ("10", "9.999", False, LineState.RECOUNT),
        ("10", "10.001", True, LineState.DIFFERS),
    ],
)
def test_a_controlled_drug_agrees_to_the_unit_or_not_at_all(book, number, again, state):
    assert line_after(book=Decimal(book), counted=Decimal(number), again=again) is state


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE])
def test_who_may_not_count_the_vault_is_told_so_with_the_law(pharmacy, role):
    pharmacy.receive("oxycodone", "100")
    said = not_allowed(lambda: counting(pharmacy, by=pharmacy.workers[role]))
    assert "may not count the controlled-substance vault" in said
    assert "[MN board table]" in said
    assert not VaultCount.objects.exists()


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE])
def test_who_may_not_count_the_vault_may_not_witness_it(pharmacy, role):
    pharmacy.receive("oxycodone", "100")
    assert "vault" in not_allowed(lambda: counting(pharmacy, witness=role))
    assert not VaultCount.objects.exists()


def test_the_second_person_is_somebody_else_and_gives_the_right_pin(pharmacy):
    pharmacy.receive("oxycodone", "100")
    alone = refused(lambda: counting(pharmacy, witness=Role.TECHNICIAN))
    assert alone == {"same-person": "initials"}

    def begin(signature):
        return start_vault_count(
            by=pharmacy.technician, place_id=spot(pharmacy), signature=signature
        )

    assert refused(lambda: begin(sign_of(pharmacy, Role.CERTIFIED, "0000")))
    assert refused(lambda: begin(sign_of(pharmacy, Role.CERTIFIED).__class__("", ""))) == {
        "": "initials"
    }
    assert not VaultCount.objects.exists()


def test_a_place_is_counted_once_at_a_time(pharmacy):
    pharmacy.receive("oxycodone", "100")
    counting(pharmacy)
    assert refused(lambda: counting(pharmacy)) == {"count-open": "place"}
    assert VaultCount.objects.count() == 1


def test_a_place_without_controlled_drugs_is_not_counted(pharmacy):
    pharmacy.receive("lisinopril", "100")
    assert refused(lambda: counting(pharmacy)) == {"nothing-to-count": "place"}


@pytest.mark.parametrize("kind", [PlaceKind.PATIENT, PlaceKind.SUPPLIER, PlaceKind.WILL_CALL])
def test_what_is_no_stock_is_not_counted_as_stock(pharmacy, kind):
    def begin():
        return start_vault_count(
            by=pharmacy.technician,
            place_id=spot(pharmacy, kind),
            signature=sign_of(pharmacy, Role.CERTIFIED),
        )

    assert refused(begin) == {"no-place": "place"}


def test_another_pharmacys_count_is_not_here(pharmacy):
    pharmacy.receive("oxycodone", "100")
    count = counting(pharmacy)
    line = count.lines.get()
    theirs = pharmacy.stranger
    assert refused(
        lambda: enter_vault_count(by=theirs, line_id=line.pk, counted=Decimal(100))
    ) == {"no-line": ""}
    assert refused(lambda: give_up_count(by=theirs, count_id=count.pk, because="because")) == {
        "no-count": ""
    }
    line.refresh_from_db()
    assert line.counted is None


def test_a_count_is_given_up_only_with_a_reason_and_then_takes_no_more(pharmacy):
    pharmacy.receive("oxycodone", "100")
    count = counting(pharmacy)
    by = pharmacy.technician

    def give_up(because):
        return give_up_count(by=by, count_id=count.pk, because=because)

    assert refused(lambda: give_up(" ")) == {"no-reason": "because"}
    assert give_up("fire drill").closed_because == "fire drill"
    assert refused(lambda: give_up("again")) == {"count-closed": ""}
    assert refused(lambda: enter(pharmacy, count, "100")) == {"count-closed": ""}


def test_what_moved_while_the_vault_was_counted_is_in_the_books_it_is_compared_with(pharmacy):
    pharmacy.receive("oxycodone", "100")
    count = counting(pharmacy)
    lot = count.lines.get().lot
    pharmacy.receive("oxycodone", "20", lot=lot.number)
    later = pharmacy.technician.at_time(NOON, TODAY)
    assert enter(pharmacy, count, "120", by=later).state == LineState.AGREED
