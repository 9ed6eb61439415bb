"""DEA is told in writing, then on Form 106; what was filed stays, amendments stand beside."""

from datetime import date, timedelta

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.staff.duties import Role
from apothecary.vault.book.tests.hands import deeds, moves, not_allowed, refused
from apothecary.vault.losses.ending import close_loss
from apothecary.vault.losses.filing import Filed, file_form
from apothecary.vault.losses.models import Form106, LossNotice
from apothecary.vault.losses.noticing import give_notice, take_notice_back
from apothecary.vault.losses.reporting import save_draft
from apothecary.vault.losses.states import Kind
from apothecary.vault.losses.tests.hands import (
    CARRIER,
    DRAFT,
    OFFICE,
    broken,
    drafted,
    filed,
    judged,
    never_came,
    noticed,
    reported,
    said,
    sent,
    to_the_form,
)

NOBODYS = [Role.CLERK, Role.TRAINEE, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN]
HOUR = timedelta(hours=1)


@pytest.fixture
def loss(pharmacy):
    return judged(pharmacy, reported(pharmacy))


def test_the_house_writes_the_notice_and_keeps_what_went_out_when_and_how(pharmacy, loss):
    notice = noticed(pharmacy, loss)
    loss.refresh_from_db()
    assert (loss.state, loss.noticed_on) == ("notice given", TODAY)
    assert (notice.to, notice.way, notice.sent_at) == (OFFICE, "fax", NOON)
    for words in (
        "Sample Community Pharmacy",
        pharmacy.pharmacy.dea,
        "significant loss of controlled substances",
        "On 11/23/2026 at 12:00 we discovered",
        "short at the morning count",
        "12 tablets missing",
        "NDC",
        "Form 106 follows within 45 calendar days",
        pharmacy.pharmacist.name,
        "L0001",
    ):
        assert words in notice.text
    assert deeds("loss", loss.pk)[-1] == "gave DEA notice of a theft or loss"


@pytest.mark.parametrize(
    ("kind", "words"),
    [(Kind.THEFT, "theft of controlled"), (Kind.TRANSIT, "significant loss of controlled")],
)
def test_the_notice_says_what_it_is(pharmacy, kind, words):
    theft = judged(pharmacy, reported(pharmacy, kind), said(kind, in_custody=True))
    assert f"Notice of {words}" in noticed(pharmacy, theft).text


@pytest.mark.parametrize("role", NOBODYS)
def test_nobody_but_a_pharmacist_tells_dea(pharmacy, loss, role):
    by = pharmacy.workers[role]
    not_allowed(lambda: give_notice(by=by, loss_id=loss.pk, sent=sent()))
    not_allowed(lambda: take_notice_back(by=by, loss_id=loss.pk, because="found", sent=sent()))
    not_allowed(lambda: file_form(by=by, loss_id=loss.pk, filed=Filed(TODAY, "1")))
    assert not LossNotice.objects.exists()
    assert not Form106.objects.exists()


@pytest.mark.parametrize(
    ("how", "field"),
    [
        (sent(to=" "), "to"),
        (sent(to="x" * 501), "to"),
        (sent(at=NOON + HOUR), "sent_at"),
        (sent(at=NOON - HOUR), "sent_at"),
    ],
)
def test_a_notice_is_refused_by_its_field(pharmacy, loss, how, field):
    assert set(refused(lambda: noticed(pharmacy, loss, how)).values()) == {field}
    loss.refresh_from_db()
    assert (loss.state, loss.noticed_on) == ("discovered", None)


def test_nobody_is_told_of_a_loss_that_nobody_judged(pharmacy):
    loss = reported(pharmacy)
    assert refused(lambda: noticed(pharmacy, loss)) == {"loss-not-judged": "significant"}


@pytest.mark.parametrize("days", [0, 1, 2])
def test_a_late_notice_says_why_it_is_late(pharmacy, days):
    # Discovered on Friday and told on Monday is in time; from Thursday or before it is late.
    found = NOON - timedelta(days=3 + days)
    lot = pharmacy.receive("oxycodone", "100")
    loss = judged(pharmacy, reported(pharmacy, lot=lot, at=found))
    if days:
        assert refused(lambda: noticed(pharmacy, loss)) == {"late-because": "because"}
    notice = noticed(pharmacy, loss, sent(because="the fax was down" if days else ""))
    assert notice.late_because == ("the fax was down" if days else "")


def test_a_notice_is_given_once(pharmacy, loss):
    noticed(pharmacy, loss)
    assert refused(lambda: noticed(pharmacy, loss)) == {"loss-state": ""}
    assert LossNotice.objects.count() == 1


def test_a_breakage_is_told_to_nobody(pharmacy):
    loss = reported(pharmacy, Kind.BREAKAGE)
    assert "not-ours" in refused(lambda: noticed(pharmacy, loss))
    done = broken(pharmacy, loss, recoverable=True)
    assert refused(lambda: filed(pharmacy, done)) == {"loss-state": ""}


def test_a_notice_is_taken_back_in_writing_and_no_form_follows(pharmacy, loss):
    def take_back(because="all twelve were in the returns tote"):
        return take_notice_back(
            by=pharmacy.pharmacist, loss_id=loss.pk, because=because, sent=sent()
        )

    assert refused(take_back) == {"loss-state": ""}
    noticed(pharmacy, loss)
    assert refused(lambda: take_back(" ")) == {"no-reason": "because"}
    notice = take_back()
    loss.refresh_from_db()
    assert (loss.state, loss.outcome) == ("closed", "notice taken back")
    assert "Our notice of 11/23/2026" in notice.text
    assert "in the returns tote" in notice.text
    assert "no DEA Form 106 is filed" in notice.text
    assert refused(lambda: filed(pharmacy, loss)) == {"loss-state": ""}
    assert refused(take_back) == {"loss-state": ""}


def test_the_report_is_kept_as_data_with_every_field(pharmacy, loss):
    noticed(pharmacy, loss)
    drafted(pharmacy, loss)
    form = filed(pharmacy, loss)
    loss.refresh_from_db()
    assert (loss.state, loss.reported_on, form.version) == ("reported on Form 106", TODAY, 1)
    assert form.body["registrant"]["dea"] == pharmacy.pharmacy.dea
    assert form.body["typed"]["police_notified"] == "yes"
    assert "carrier" not in form.body["typed"]
    (substance,) = form.body["substances"]
    package = pharmacy.drugs["oxycodone"]
    assert (substance["ndc"], substance["quantity"]) == (package.ndc, "12 tablets")
    assert substance["package_size"] == "100 tablets"
    assert (form.reference, form.signed_by_name) == (
        "TL-2026-000118",
        pharmacy.pharmacist.name,
    )


@pytest.mark.parametrize("field", ["lost_on", "kind", "business_kind", "police_notified",
                                   "thefts_in_24_months", "purchase_value_usd"])  # fmt: skip
def test_a_report_that_lacks_a_field_of_the_form_is_not_signed(pharmacy, loss, field):
    noticed(pharmacy, loss)
    drafted(pharmacy, loss, **{field: ""})
    assert set(refused(lambda: filed(pharmacy, loss)).values()) == {field}
    loss.refresh_from_db()
    assert (loss.state, Form106.objects.count()) == ("notice given", 0)


@pytest.mark.parametrize("field", list(CARRIER))
def test_of_a_loss_in_transit_the_form_asks_the_carrier_too(pharmacy, field):
    loss = judged(pharmacy, never_came(pharmacy), said(Kind.TRANSIT, in_custody=True))
    noticed(pharmacy, loss)
    drafted(pharmacy, loss, **(CARRIER | {field: ""}))
    assert set(refused(lambda: filed(pharmacy, loss)).values()) == {field}
    drafted(pharmacy, loss, **CARRIER)
    assert filed(pharmacy, loss).body["typed"]["carrier"] == "Acme Freight"


@pytest.mark.parametrize(
    ("report", "field"),
    [
        (Filed(TODAY, " "), "reference"),
        (Filed(TODAY, "x" * 81), "reference"),
        (Filed(TODAY + timedelta(days=1), "1"), "filed_on"),
        (Filed(TODAY - timedelta(days=1), "1"), "filed_on"),
    ],
)
def test_a_report_is_filed_after_the_notice_and_not_in_time_to_come(
    pharmacy, loss, report, field
):
    noticed(pharmacy, loss)
    drafted(pharmacy, loss)
    act = refused(lambda: file_form(by=pharmacy.pharmacist, loss_id=loss.pk, filed=report))
    assert set(act.values()) == {field}


@pytest.mark.parametrize(
    ("day", "late"), [(date(2027, 1, 6), False), (date(2027, 1, 7), False),
                      (date(2027, 1, 8), True)],
)  # fmt: skip
def test_a_report_after_day_45_says_why_it_is_late(pharmacy, loss, day, late):
    noticed(pharmacy, loss)
    drafted(pharmacy, loss)
    by = pharmacy.pharmacist.at_time(NOON + (day - TODAY), day)

    def act(because):
        report = Filed(day, "TL-1", because)
        return file_form(by=by, loss_id=loss.pk, filed=report)

    if late:
        assert refused(lambda: act("")) == {"late-because": "because"}
    assert act("waited for the police" if late else "").version == 1


def test_a_report_follows_the_notice(pharmacy, loss):
    drafted(pharmacy, loss)
    assert refused(lambda: filed(pharmacy, loss)) == {"loss-state": ""}


def test_an_amendment_stands_beside_the_first_and_says_what_it_changes(pharmacy):
    loss = to_the_form(pharmacy)
    first = loss.forms.get()
    drafted(pharmacy, loss, thefts_in_24_months="1")
    assert refused(lambda: filed(pharmacy, loss)) == {"no-reason": "because"}
    second = filed(pharmacy, loss, "a theft of May was left out")
    first.refresh_from_db()
    assert (second.version, first.body["typed"]["thefts_in_24_months"]) == (2, "0")
    assert second.body["typed"]["thefts_in_24_months"] == "1"
    assert deeds("loss", loss.pk)[-1] == "amended a Form 106"


def test_what_was_reported_is_closed_and_an_amendment_opens_it_again(pharmacy):
    loss, before = to_the_form(pharmacy), moves()
    done = close_loss(by=pharmacy.pharmacist, loss_id=loss.pk, because="the police have it")
    assert (done.state, done.outcome) == ("closed", "reported")
    drafted(pharmacy, loss, measures="a camera over the counter")
    filed(pharmacy, loss, "measures were added")
    loss.refresh_from_db()
    assert (loss.state, loss.outcome, loss.closed_at) == ("reported on Form 106", "", None)
    assert (loss.reported_on, moves()) == (TODAY, before)


def test_of_what_ended_without_a_report_nothing_is_drafted_or_filed(pharmacy):
    loss = judged(pharmacy, reported(pharmacy), said(significant=False))
    close_loss(by=pharmacy.pharmacist, loss_id=loss.pk, because="one in a year")
    assert refused(
        lambda: save_draft(by=pharmacy.technician, loss_id=loss.pk, typed=DRAFT)
    ) == {"loss-state": ""}
    assert refused(lambda: filed(pharmacy, loss)) == {"loss-state": ""}


def test_another_pharmacys_loss_is_not_told_from_here(pharmacy, loss):
    theirs = pharmacy.stranger
    for act in (
        lambda: give_notice(by=theirs, loss_id=loss.pk, sent=sent()),
        lambda: take_notice_back(by=theirs, loss_id=loss.pk, because="b", sent=sent()),
        lambda: file_form(by=theirs, loss_id=loss.pk, filed=Filed(TODAY, "1")),
    ):
        assert refused(act) == {"no-loss": ""}
