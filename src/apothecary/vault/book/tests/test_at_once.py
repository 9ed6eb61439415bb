"""Two people at once: one count, one case, one correcting move; a kill leaves nothing half."""

import threading
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from django.db import InterfaceError, OperationalError, connection, connections, transaction

from apothecary.config.tests.world_days import TODAY
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, post
from apothecary.stock.models import Move
from apothecary.stock.queries import book_faults
from apothecary.vault.book.access import log_access
from apothecary.vault.book.cases import close_case, explain_case
from apothecary.vault.book.counting import enter_vault_count, start_vault_count
from apothecary.vault.book.models import AccessRecord, DiscrepancyCase, VaultCount
from apothecary.vault.book.perpetual import book_differences
from apothecary.vault.book.rules import Access
from apothecary.vault.book.tests.hands import counting, on_hand, short_case, sign_of, spot

pytestmark = pytest.mark.django_db(transaction=True)
ZONE = "America/Chicago"


def at_once(world, acts: Sequence[Callable[[], object]]) -> list[str]:
    """Do them all in threads of their own; what each came to: "done" or the codes."""
    gate, said = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int) -> None:
        stand_in(world.pharmacy.pk)
        gate.wait()
        try:
            acts[place]()
            said[place] = "done"
        except Refused as refusal:
            said[place] = " ".join(problem.code for problem in refusal.problems)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stand_in(world.pharmacy.pk)
    return sorted(said)


def proved(world) -> list[str]:
    """What is wrong with the ledger or with the book that is a view of it."""
    house = world.pharmacy.pk
    return book_faults(pharmacy_id=house) + book_differences(
        pharmacy_id=house, zone=ZONE, today=TODAY
    )


def test_two_who_begin_to_count_one_place_begin_one_count(town):
    town.receive("oxycodone", "100")

    def begin(by, witness):
        return lambda: start_vault_count(
            by=by, place_id=spot(town), signature=sign_of(town, witness)
        )

    acts = [
        begin(town.technician, Role.CERTIFIED),
        begin(town.pharmacist, Role.INTERN),
    ]
    assert at_once(town, acts) == ["count-open", "done"]
    assert VaultCount.objects.count() == 1


def test_two_who_count_one_line_count_it_once(town):
    town.receive("oxycodone", "100")
    line = counting(town).lines.get()

    def enter(by):
        return lambda: enter_vault_count(by=by, line_id=line.pk, counted=Decimal(100))

    said = at_once(town, [enter(town.technician), enter(town.workers[Role.CERTIFIED])])
    assert said in (["count-closed", "done"], ["done", "line-counted"])


def test_two_pharmacists_who_close_one_case_correct_the_books_once(town):
    case = short_case(town)
    explain_case(by=town.technician, case_id=case.pk, explanation="e")

    def close(by):
        return lambda: close_case(by=by, case_id=case.pk, because="b", correct=True)

    said = at_once(town, [close(town.pharmacist), close(town.workers[Role.IN_CHARGE])])
    assert said == ["case-state", "done"]
    assert on_hand(town, case.lot) == 98
    assert Move.objects.filter(posting__key=f"vault case {case.pk}").count() == 1
    assert proved(town) == []


def test_what_two_find_at_once_is_one_case(town):
    lot = town.receive("oxycodone", "100")

    def find():
        with transaction.atomic():
            short_case(town, lot=lot)

    assert at_once(town, [find, find, find]) == ["done", "done", "done"]
    assert DiscrepancyCase.objects.count() == 1
    assert DiscrepancyCase.objects.get().notes.count() == 2


def test_two_who_open_the_vault_at_once_leave_one_record(town):
    vault = spot(town, PlaceKind.VAULT)

    def opened(by):
        return lambda: log_access(by=by, place_id=vault, kind=Access.OPENED)

    said = at_once(town, [opened(town.technician), opened(town.pharmacist)])
    assert said == ["access-door", "done"]
    assert AccessRecord.objects.count() == 1


def test_the_book_is_the_ledger_while_many_take_and_give_and_some_are_killed(town):
    lots = [town.receive("oxycodone", "500", lot=f"L{number}") for number in range(3)]
    shelf, waste = spot(town), spot(town, PlaceKind.WASTE)

    def busy(place):
        def act():
            for turn in range(8):
                lot = lots[(place + turn) % 3]
                sides = (shelf, waste) if (place + turn) % 3 else (waste, shelf)
                line = Line(*sides, lot.pk, Decimal(turn + 1), "walk")
                try:
                    with transaction.atomic():
                        post(by=town.pharmacist, key=f"{place} {turn}", lines=[line])
                        if turn == 5:
                            # The server ends this connection, as a power cut would.
                            kill_me()
                except Refused:
                    continue
                except (OperationalError, InterfaceError):
                    connection.close()
                    stand_in(town.pharmacy.pk)

        return act

    said = at_once(town, [busy(place) for place in range(4)])
    assert said == ["done"] * 4
    assert not Move.objects.filter(posting__key__endswith=" 5").exists()
    assert Move.objects.filter(reason="walk").exists()
    assert proved(town) == []


def kill_me() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_case_whose_closing_was_cut_off_is_as_it_was(town):
    case = short_case(town)
    explain_case(by=town.technician, case_id=case.pk, explanation="e")

    def cut_off():
        with transaction.atomic():
            close_case(by=town.pharmacist, case_id=case.pk, because="b", correct=True)
            kill_me()

    with pytest.raises(OperationalError):
        cut_off()
    connection.close()
    stand_in(town.pharmacy.pk)
    case.refresh_from_db()
    assert (case.state, on_hand(town, case.lot)) == ("explained", 100)
    assert proved(town) == []
