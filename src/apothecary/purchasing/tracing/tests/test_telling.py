"""Telling the FDA and the partners within 24 hours, disposal with a sample, and the end."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import Error, transaction

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.purchasing.tracing.cases.deciding import call_illegitimate
from apothecary.purchasing.tracing.cases.models import DrugNotification, SuspectCase
from apothecary.purchasing.tracing.cases.opening import Suspicion, suspect_lot
from apothecary.purchasing.tracing.cases.standing import carry_in, on_hand, standing_words
from apothecary.purchasing.tracing.cases.telling import (
    Said,
    end_notification,
    kept_form,
    note_disposed,
    note_incident,
    told_fda,
    told_partner,
    write_form,
)
from apothecary.purchasing.tracing.states import FormKind, Grounds, NoticeKind
from apothecary.purchasing.tracing.tests.cases import at_the_door, shelved, told, units
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import move_stock, the_place
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Lot

EVENT = Said(event="The responder knows no such serial number.")


@pytest.fixture
def rph(yard):
    return yard.world.pharmacist


@pytest.fixture
def case(yard, rph) -> SuspectCase:
    """A lot of two bottles that was determined to be illegitimate."""
    told(yard, "S1", "S2")
    rows = shelved(yard, "S1", "S2")
    held = suspect_lot(by=yard.by, lot_id=rows[0].lot_id, suspicion=Suspicion(says="seal"))
    return call_illegitimate(
        by=rph, case_id=held.pk, grounds=Grounds.COUNTERFEIT, because="no such serial"
    )


def codes(refusal) -> list[str]:
    return [one.code for one in refusal.value.problems]


def all_told(yard, rph, case, *, incident: str = "I-7") -> SuspectCase:
    """The FDA and the one partner are told."""
    row = write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=EVENT)
    told_fda(by=rph, form_id=row.pk, how="portal", incident=incident)
    return told_partner(by=yard.by, notice_id=case.notices.get().pk, how="Kim, by phone")


def destroyed(yard, case, *, sample: int = 0) -> None:
    """All of it but a sample leaves by the books, as waste does."""
    carry_in(by=yard.by, case_id=case.pk, key="in")
    of = yard.world.pharmacy.pk
    move_stock(
        by=yard.by,
        lot_id=Lot.objects.get(number="L7").pk,
        from_place=the_place(of, PlaceKind.QUARANTINE).pk,
        to_place=the_place(of, PlaceKind.WASTE).pk,
        quantity=Decimal(200 - sample),
        because="illegitimate",
        key="out",
    )


def test_the_notification_holds_what_is_known_and_what_was_said(yard, rph, case):
    row = write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=EVENT)
    form = kept_form(row)
    assert (form.kind, form.grounds) == ("initial notification", "counterfeit")
    assert (form.name, form.strength, form.lots) == ("lisinopril", "10 mg", "L7")
    assert form.determined_on == "2026-11-23"
    assert form.expiries == "2028-06-30"
    assert "200" in form.quantity
    assert form.event == EVENT.event
    assert (form.incident, form.first_told_on) == ("", "")
    assert form.company == yard.world.pharmacy.name
    assert form.contact == rph.name


def test_what_was_written_stays_although_it_is_written_anew(yard, rph, case):
    first = write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=EVENT)
    write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=Said(event="other words"))
    first.refresh_from_db()
    assert kept_form(first).event == EVENT.event
    assert case.forms.count() == 2
    with pytest.raises(Error, match="six years"), transaction.atomic():
        DrugNotification.objects.all().delete()


@pytest.mark.parametrize("event", ["", " ", "x" * 8_001])
def test_a_notification_without_its_event_or_with_an_endless_one_is_refused(rph, case, event):
    with pytest.raises(Refused) as refusal:
        write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=Said(event=event))
    assert [one.field for one in refusal.value.problems] == ["event"]
    assert not DrugNotification.objects.exists()


def test_the_case_is_notified_when_the_fda_and_every_partner_were_told(yard, rph, case):
    row = write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=EVENT)
    assert told_fda(by=rph, form_id=row.pk, how="portal").state == "illegitimate"
    letter = case.notices.get()
    done = told_partner(by=yard.by, notice_id=letter.pk, how="Kim, by phone")
    assert (done.state, done.notified_at) == ("notified", yard.by.at)
    letter.refresh_from_db()
    assert (letter.how, letter.told_by) == ("Kim, by phone", yard.by.person_id)
    deeds = [one.deed for one in history(pharmacy_id=rph.pharmacy_id,
                                         about=[("suspectcase", case.pk)])]  # fmt: skip
    assert deeds[-2:] == [Deed.FDA_TOLD, Deed.PARTNER_TOLD]


def test_in_the_other_order_it_is_the_same(yard, rph, case):
    letter = case.notices.get()
    assert told_partner(by=yard.by, notice_id=letter.pk, how="Kim").state == "illegitimate"
    row = write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=EVENT)
    assert told_fda(by=rph, form_id=row.pk, how="portal").state == "notified"


def test_nobody_is_told_twice(yard, rph, case):
    all_told(yard, rph, case)
    for act in (
        lambda: told_fda(by=rph, form_id=case.forms.get().pk, how="portal"),
        lambda: told_partner(by=yard.by, notice_id=case.notices.get().pk, how="Kim"),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert codes(refusal) == ["told-already"]


@pytest.mark.parametrize(
    ("how", "incident", "fields"),
    [
        ("", "", ["how"]),
        ("x" * 201, "", ["how"]),
        ("portal", "x" * 201, ["incident"]),
        (" ", "x" * 201, ["how", "incident"]),
    ],
)
def test_telling_says_how_and_a_number_is_short(yard, rph, case, how, incident, fields):
    row = write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=EVENT)
    with pytest.raises(Refused) as refusal:
        told_fda(by=rph, form_id=row.pk, how=how, incident=incident)
    assert [one.field for one in refusal.value.problems] == fields
    row.refresh_from_db()
    assert row.told_at is None


def test_what_was_never_written_cannot_be_told(yard, rph):
    for act, code in (
        (lambda: told_fda(by=rph, form_id=999, how="portal"), "no-form"),
        (lambda: told_partner(by=yard.by, notice_id=999, how="Kim"), "no-notice"),
        (
            lambda: write_form(by=rph, case_id=999, kind=FormKind.INITIAL, said=EVENT),
            "no-case",
        ),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert codes(refusal) == [code]


def test_suspect_product_is_no_matter_for_the_fda_before_it_is_determined(yard, rph):
    held = at_the_door(yard)
    with pytest.raises(Refused) as refusal:
        write_form(by=rph, case_id=held.pk, kind=FormKind.INITIAL, said=EVENT)
    assert codes(refusal) == ["wrong-state"]


@pytest.mark.parametrize("role", [Role.CLERK, Role.TECHNICIAN, Role.ADMINISTRATOR])
def test_nobody_but_a_pharmacist_tells_the_fda(yard, rph, case, role):
    by = yard.world.workers[role]
    row = write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=EVENT)
    for act in (
        lambda: write_form(by=by, case_id=case.pk, kind=FormKind.INITIAL, said=EVENT),
        lambda: told_fda(by=by, form_id=row.pk, how="portal"),
        lambda: note_incident(by=by, case_id=case.pk, incident="I-7"),
        lambda: note_disposed(by=by, case_id=case.pk, sample="1"),
        lambda: end_notification(by=by, case_id=case.pk, because="x"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_other_pharmacy_tells_nothing_of_ours(yard, case):
    stranger = yard.world.stranger
    for act in (
        lambda: told_partner(by=stranger, notice_id=case.notices.get().pk, how="Kim"),
        lambda: told_fda(by=stranger, form_id=1, how="portal"),
    ):
        with pytest.raises((Refused, NotAllowed)):
            act()
    assert case.notices.get().told_at is None


# What comes after


def test_a_later_notification_needs_the_number_that_the_fda_gave(yard, rph, case):
    all_told(yard, rph, case, incident="")
    with pytest.raises(Refused) as refusal:
        write_form(by=rph, case_id=case.pk, kind=FormKind.FOLLOW_UP, said=EVENT)
    assert codes(refusal) == ["no-incident"]
    note_incident(by=rph, case_id=case.pk, incident=" I-7 ")
    row = write_form(by=rph, case_id=case.pk, kind=FormKind.FOLLOW_UP, said=EVENT)
    form = kept_form(row)
    assert (form.incident, form.first_told_on) == ("I-7", "2026-11-23")


@pytest.mark.parametrize("incident", ["", " ", "x" * 201])
def test_a_number_of_the_fda_is_short_and_there(rph, case, incident):
    with pytest.raises(Refused) as refusal:
        note_incident(by=rph, case_id=case.pk, incident=incident)
    assert [one.field for one in refusal.value.problems] == ["incident"]


def test_it_is_disposed_of_only_when_the_books_say_so(yard, rph, case):
    all_told(yard, rph, case)
    with pytest.raises(Refused) as refusal:
        note_disposed(by=rph, case_id=case.pk, sample="1 bottle")
    assert codes(refusal) == ["still-here"]
    assert "Shelf 200" in str(refusal.value)
    destroyed(yard, case)
    done = note_disposed(by=rph, case_id=case.pk, sample="5 tablets with the FDA")
    assert (done.state, done.sample) == ("disposed", "5 tablets with the FDA")


@pytest.mark.parametrize(("kept", "said", "goes"), [(5, 5, True), (5, 4, False), (0, 0, True)])
def test_the_sample_may_stay_in_quarantine_and_no_more_than_it(
    yard, rph, case, kept, said, goes
):
    all_told(yard, rph, case)
    destroyed(yard, case, sample=kept)
    if goes:
        done = note_disposed(
            by=rph, case_id=case.pk, sample="in quarantine", sample_units=Decimal(said)
        )
        assert done.state == "disposed"
        assert units(yard, PlaceKind.QUARANTINE) == kept
        return
    with pytest.raises(Refused) as refusal:
        note_disposed(
            by=rph, case_id=case.pk, sample="in quarantine", sample_units=Decimal(said)
        )
    assert codes(refusal) == ["still-here"]


def test_nothing_is_disposed_of_before_everybody_knows(yard, rph, case):
    destroyed(yard, case)
    with pytest.raises(Refused) as refusal:
        note_disposed(by=rph, case_id=case.pk, sample="1 bottle")
    assert codes(refusal) == ["wrong-state"]


def test_a_notification_ends_only_after_the_fda_was_consulted(yard, rph, case):
    all_told(yard, rph, case)
    destroyed(yard, case)
    note_disposed(by=rph, case_id=case.pk, sample="1 bottle with the FDA")
    with pytest.raises(Refused) as refusal:
        end_notification(by=rph, case_id=case.pk, because="destroyed")
    assert codes(refusal) == ["not-consulted"]
    said = Said(event=EVENT.event, why_over="All of it is destroyed.")
    row = write_form(by=rph, case_id=case.pk, kind=FormKind.TERMINATION, said=said)
    with pytest.raises(Refused):
        end_notification(by=rph, case_id=case.pk, because="destroyed")
    told_fda(by=rph, form_id=row.pk, how="portal")
    done = end_notification(by=rph, case_id=case.pk, because="the FDA agreed")
    assert (done.state, done.ended_at) == ("terminated", rph.at)
    over = done.notices.get(kind=NoticeKind.TERMINATED.value)
    assert "I-7" in over.text
    assert told_partner(by=yard.by, notice_id=over.pk, how="Kim").state == "terminated"


def test_a_request_for_termination_says_why(yard, rph, case):
    all_told(yard, rph, case)
    destroyed(yard, case)
    note_disposed(by=rph, case_id=case.pk, sample="1 bottle with the FDA")
    with pytest.raises(Refused) as refusal:
        write_form(by=rph, case_id=case.pk, kind=FormKind.TERMINATION, said=EVENT)
    assert [one.field for one in refusal.value.problems] == ["why_over"]


def test_told_too_late_is_told_and_the_clock_shows_it(yard, rph, case):
    late = rph.at_time(rph.at + timedelta(hours=25), rph.today)
    row = write_form(by=late, case_id=case.pk, kind=FormKind.INITIAL, said=EVENT)
    told_fda(by=late, form_id=row.pk, how="portal")
    done = told_partner(by=late, notice_id=case.notices.get().pk, how="Kim")
    assert done.notified_at is not None
    assert done.tell_by is not None
    assert done.notified_at > done.tell_by


def test_of_a_bottle_only_what_lies_in_quarantine_is_the_cases(yard):
    held = at_the_door(yard, lot="X9")
    yard.world.receive("lisinopril", "50", lot="X9", expires_on=held.packages.get().expires_on)
    (stands,) = on_hand(held)
    assert (stands.kind, int(stands.units)) == ("quarantine", 100)
    assert standing_words([stands], beside=Decimal(100)) == ""
    assert "100 tablets of lot X9" in standing_words([stands], beside=Decimal(99))
