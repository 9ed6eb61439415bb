"""Every verb of tracing by every role, by a stranger, and of what is not there."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import transaction

from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tracing.answering import trace
from apothecary.purchasing.tracing.cases.deciding import (
    add_note,
    call_illegitimate,
    clear,
    verify_sample,
)
from apothecary.purchasing.tracing.cases.hands import suspect_received
from apothecary.purchasing.tracing.cases.models import SuspectCase
from apothecary.purchasing.tracing.cases.opening import Suspicion, suspect_lot, take_notice
from apothecary.purchasing.tracing.cases.standing import carry_in
from apothecary.purchasing.tracing.cases.telling import (
    Said,
    end_notification,
    note_disposed,
    note_incident,
    told_fda,
    told_partner,
    write_form,
)
from apothecary.purchasing.tracing.holding import waive
from apothecary.purchasing.tracing.size import say_size
from apothecary.purchasing.tracing.states import FormKind, Grounds, Source
from apothecary.purchasing.tracing.taking import take_document
from apothecary.purchasing.tracing.tests.cases import identifier, shelved, told
from apothecary.purchasing.tracing.tests.seller import Told
from apothecary.purchasing.tracing.verifying.asking import MOST_AT_ONCE, ask, verify_for_return
from apothecary.staff.duties import Duty, Role
from apothecary.staff.worker import NotAllowed, Worker

ROLES = [role for role in Role if role is not Role.SYSTEM]
SUSPICION = Suspicion(says="the seal is torn")
NOTICE = Suspicion(says="stolen in transit", source=Source.FDA, reference="FDA-1")
EVENT = Said(event="no such serial number")


@dataclass
class Table:
    """One thing of each kind, where the verb that needs it finds it."""

    lot: int
    received: int
    waiting: int
    held: int
    called: int
    form: int
    notice: int


@pytest.fixture
def table(yard) -> Table:
    rph = yard.world.pharmacist
    # Of a larger owner every package needs its information already.
    say_size(by=yard.world.workers[Role.IN_CHARGE], size="larger", evidence="payroll")
    told(yard, "S1", "S2")
    rows = shelved(yard, "S1")
    receipt = yard.begun(yard.sent(lisinopril=3))
    inside = yard.takes_in(receipt, yard.came(serial="S2"))
    waiting = yard.takes_in(
        receipt, yard.came(serial="S9", lot="L9"), condition=Condition.NO_INFORMATION
    )
    package = yard.world.drugs["metformin"]
    held = take_notice(by=yard.by, ndc=package.ndc, lots=["M1"], suspicion=NOTICE)
    add_note(by=yard.by, case_id=held.pk, says="The FDA: another firm's lot was meant.")
    case = take_notice(by=yard.by, ndc=package.ndc, lots=["M2"], suspicion=NOTICE)
    call_illegitimate(
        by=rph, case_id=case.pk, grounds=Grounds.STOLEN, because="the FDA says so"
    )
    form = write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=EVENT)
    partner = case.notices.first()
    return Table(
        lot=rows[0].lot_id,
        received=inside.pk,
        waiting=waiting.pk,
        held=held.pk,
        called=case.pk,
        form=form.pk,
        notice=partner.pk if partner else 0,
    )


Act = Callable[[Table, Worker], object]
DECIDE, STOCK = Duty.DECIDE_SUSPECT, Duty.MANAGE_STOCK
VERBS: dict[str, tuple[Duty, Act]] = {
    "suspect a lot": (
        STOCK, lambda t, by: suspect_lot(by=by, lot_id=t.lot, suspicion=SUSPICION)),
    "suspect a package": (
        STOCK,
        lambda t, by: suspect_received(by=by, received_id=t.received, suspicion=SUSPICION)),
    "note": (STOCK, lambda t, by: add_note(by=by, case_id=t.held, says="they were called")),
    "clear": (DECIDE, lambda t, by: clear(by=by, case_id=t.held, because="their mistake")),
    "call illegitimate": (
        DECIDE,
        lambda t, by: call_illegitimate(
            by=by, case_id=t.held, grounds=Grounds.STOLEN, because="stolen")),
    "write a form": (
        DECIDE,
        lambda t, by: write_form(by=by, case_id=t.called, kind=FormKind.INITIAL, said=EVENT)),
    "tell the FDA": (DECIDE, lambda t, by: told_fda(by=by, form_id=t.form, how="portal")),
    "note the incident": (
        DECIDE, lambda t, by: note_incident(by=by, case_id=t.called, incident="I-7")),
    "let in": (
        DECIDE,
        lambda t, by: waive(
            by=by, received_id=t.waiting, exemption=EXEMPTION, because="bought before")),
}  # fmt: skip
# These name nothing that could be another pharmacy's.
OWN: dict[str, tuple[Duty, Act]] = {
    "ask": (STOCK, lambda t, by: ask(by=by, asked=identifier())),
    "act on a notice": (
        STOCK,
        lambda t, by: take_notice(by=by, ndc="68180-0980-1", lots=["X"], suspicion=NOTICE)),
    "take a document in": (
        Duty.ORDER_STOCK,
        lambda t, by: take_document(
            by=by, partner="plains", raw=Told(serials=("T1",), instance="D7").xml())),
    "say the size": (
        Duty.SET_POLICY, lambda t, by: say_size(by=by, size="small", evidence="payroll")),
}  # fmt: skip
EXEMPTION = "emergency"


def written() -> tuple[int, list[tuple[int, str, str]]]:
    """What any verb leaves behind: the journal, and how each case stands."""
    cases = SuspectCase.objects.order_by("pk").values_list("pk", "state", "incident")
    return Entry.objects.count(), list(cases)


@pytest.mark.parametrize("name", [*VERBS, *OWN])
def test_a_verb_is_done_by_whose_duty_it_is_and_by_nobody_else(table, yard, name):
    """All roles in turn: each is undone again, so that the next one finds the same table."""
    duty, act = (VERBS | OWN)[name]
    done = {}
    for role in ROLES:
        by, before = yard.world.workers[role], written()
        point = transaction.savepoint()
        try:
            act(table, by)
            done[role] = True
            assert written() != before
        except NotAllowed:
            done[role] = False
            assert written() == before
        transaction.savepoint_rollback(point)
    assert done == {role: yard.world.workers[role].may(duty) for role in ROLES}
    assert set(done.values()) == {True, False}


@pytest.mark.parametrize("name", VERBS)
def test_what_is_another_pharmacys_is_not_there_for_a_stranger(table, yard, name):
    duty, act = VERBS[name]
    stranger, before = yard.world.stranger, written()
    if not stranger.may(duty):
        with pytest.raises(NotAllowed):
            act(table, stranger)
    else:
        with pytest.raises(Refused) as refusal, transaction.atomic():
            act(table, stranger)
        (one,) = refusal.value.problems
        assert one.code.startswith("no-") or one.code == "not-waiting"
        assert one.field
    assert written() == before


GONE: dict[str, Callable[[Worker], object]] = {
    "no-case": lambda by: add_note(by=by, case_id=987_654, says="x"),
    "no-lot": lambda by: suspect_lot(by=by, lot_id=987_654, suspicion=SUSPICION),
    "no-package": lambda by: suspect_received(by=by, received_id=987_654, suspicion=SUSPICION),
    "no-form": lambda by: told_fda(by=by, form_id=987_654, how="portal"),
    "no-notice": lambda by: told_partner(by=by, notice_id=987_654, how="phone"),
}


@pytest.mark.parametrize("code", GONE)
def test_what_is_not_there_is_refused_by_its_name(table, yard, code):
    before = written()
    with pytest.raises(Refused) as refusal, transaction.atomic():
        GONE[code](yard.world.pharmacist)
    assert [one.code for one in refusal.value.problems] == [code]
    assert written() == before


WRONG_STATE: dict[str, Callable[[Table, Worker], object]] = {
    "cleared after it was called illegitimate": lambda t, by: clear(
        by=by, case_id=t.called, because="a mistake"
    ),
    "called illegitimate twice": lambda t, by: call_illegitimate(
        by=by, case_id=t.called, grounds=Grounds.STOLEN, because="stolen"
    ),
    "a form of what is only held": lambda t, by: write_form(
        by=by, case_id=t.held, kind=FormKind.INITIAL, said=EVENT
    ),
    "an incident of what is only held": lambda t, by: note_incident(
        by=by, case_id=t.held, incident="I-7"
    ),
    "disposed of before anybody was told": lambda t, by: note_disposed(
        by=by, case_id=t.called, sample="one bottle kept"
    ),
    "ended before it was disposed of": lambda t, by: end_notification(
        by=by, case_id=t.called, because="the FDA agrees"
    ),
}


@pytest.mark.parametrize("name", WRONG_STATE)
def test_out_of_its_turn_a_verb_is_refused_and_changes_nothing(table, yard, name):
    before = written()
    with pytest.raises(Refused), transaction.atomic():
        WRONG_STATE[name](table, yard.world.pharmacist)
    assert written() == before


def test_nothing_is_carried_in_and_no_sample_asked_of_a_case_that_is_not_here(table, yard):
    for act in (
        lambda: carry_in(by=yard.by, case_id=987_654, key="k"),
        lambda: verify_sample(by=yard.by, case_id=987_654),
    ):
        with pytest.raises(Refused) as refusal, transaction.atomic():
            act()
        assert [one.code for one in refusal.value.problems] == ["no-case"]


@pytest.mark.parametrize("many", [0, MOST_AT_ONCE + 1])
def test_packages_for_a_return_are_asked_about_in_a_number_that_a_person_means(yard, many):
    with pytest.raises(Refused) as refusal:
        verify_for_return(by=yard.by, packages=[identifier()] * many)
    assert [one.field for one in refusal.value.problems] == ["packages"]


def test_an_inspectors_request_is_answered_by_whoever_reads_records(table, yard):
    answered = set()
    for role in ROLES:
        try:
            assert len(trace(by=yard.world.workers[role], said="L7").packages) == 2
            answered.add(role)
        except NotAllowed:
            continue
    assert answered == {
        role for role in ROLES if yard.world.workers[role].may(Duty.READ_RECORDS)
    }
    assert Decimal(len(answered)) < len(ROLES)
