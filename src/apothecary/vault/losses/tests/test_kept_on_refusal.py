"""A form about a loss that is refused keeps what was typed, and says beside which field why."""

import re

import pytest

from apothecary.staff.duties import Role
from apothecary.vault.book.tests.hands import on_hand, sign_of, spot
from apothecary.vault.book.tests.test_pages import page_of, text
from apothecary.vault.losses.models import Loss
from apothecary.vault.losses.states import Kind, State
from apothecary.vault.losses.tests.hands import DRAFT, FACTORS, judged, noticed, reported

WORDS = "the bottle was not where the book has it"
LATE = {"to": "DEA Dallas", "way": "mail", "reference": "RR 118"}


def of_loss(loss, verb=""):
    return f"/vault/losses/{loss.pk}/{verb}"


def wrong(answer):
    """The fields that the page marks as refused, with what it says of each."""
    page = answer.content.decode()
    fields = re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', page)
    return sorted(fields)


@pytest.fixture
def rita(pharmacy):
    return page_of(pharmacy, Role.PHARMACIST)


@pytest.fixture
def tess(pharmacy):
    return page_of(pharmacy)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"quantity": "few"}, "quantity"),
        ({"quantity": "101"}, "quantity"),
        ({"lot": ""}, "lot"),
        ({"discovered_at": "2027-01-01T08:00"}, "discovered_at"),
        ({"discovered_at": "yesterday"}, "discovered_at"),
        ({"kind": "gone"}, "kind"),
    ],
)
def test_a_discovery_that_is_refused_loses_no_word(pharmacy, tess, typed, field):
    lot = pharmacy.receive("oxycodone", "100")
    body = {"kind": "theft", "lot": f"{lot.pk}-{spot(pharmacy)}", "quantity": "12",
            "what": WORDS}  # fmt: skip
    answer = tess.post("/vault/losses/report", body | typed)
    assert (answer.status_code, wrong(answer)) == (409, [field])
    assert f'value="{WORDS}"' in answer.content.decode()
    assert not Loss.objects.exists()


def test_a_judgement_with_one_factor_open_keeps_the_other_five(pharmacy, rita):
    lot = pharmacy.receive("oxycodone", "100")
    loss = reported(pharmacy, lot=lot)
    said = FACTORS | {"access": "", "kind": "loss", "significant": "yes", "because": WORDS}
    answer = rita.post(of_loss(loss, "judge"), said)
    assert (answer.status_code, wrong(answer)) == (409, ["access"])
    page = answer.content.decode()
    assert all(
        f'value="{words}"' in page for words in FACTORS.values() if words != FACTORS["access"]
    )
    assert f'value="{WORDS}"' in page
    assert on_hand(pharmacy, lot) == 100


def test_the_reason_of_one_form_does_not_stand_in_another(pharmacy, rita):
    loss = reported(pharmacy)
    answer = rita.post(of_loss(loss, "close"), {"because": WORDS})
    assert answer.status_code == 409
    assert answer.content.decode().count(f'value="{WORDS}"') == 1


def test_to_call_off_without_a_word_is_said_beside_the_word_that_is_missing(pharmacy, rita):
    loss = reported(pharmacy)
    answer = rita.post(of_loss(loss, "call-off"), {"because": " "})
    assert (answer.status_code, wrong(answer)) == (409, ["because"])
    loss.refresh_from_db()
    assert loss.state == State.DISCOVERED


def test_a_notice_that_is_refused_keeps_office_way_and_number(pharmacy, rita):
    loss = reported(pharmacy)
    judged(pharmacy, loss)
    answer = rita.post(of_loss(loss, "notice"), LATE | {"sent_at": "2027-01-01T08:00"})
    assert (answer.status_code, wrong(answer)) == (409, ["sent_at"])
    page = answer.content.decode()
    assert 'value="DEA Dallas"' in page
    assert 'value="RR 118"' in page
    assert '<option value="mail" selected>' in page
    assert not loss.notices.exists()


def test_a_report_without_the_agencys_number_is_not_filed(pharmacy, rita):
    loss = reported(pharmacy)
    judged(pharmacy, loss)
    noticed(pharmacy, loss)
    answer = rita.post(of_loss(loss, "file"), {"filed_on": "2026-11-23", "reference": ""})
    assert answer.status_code == 409
    assert "reference" in wrong(answer)
    assert not loss.forms.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("purchase_value_usd", "a lot"),
        ("thefts_in_24_months", "-1"),
        ("lost_on", "2026-11-24"),
        ("kind", "magic"),
        ("police_notified", "perhaps"),
    ],
)
def test_a_draft_with_one_field_wrong_keeps_the_others_on_the_page(
    pharmacy, tess, field, value
):
    loss = reported(pharmacy)
    answer = tess.post(of_loss(loss, "draft"), DRAFT | {field: value})
    assert (answer.status_code, wrong(answer)) == (409, [field])
    assert "Anytown Police" in answer.content.decode()
    loss.refresh_from_db()
    assert loss.draft == {}


def test_a_wrong_pin_keeps_the_reason_and_never_the_pin(pharmacy, rita):
    loss = reported(pharmacy, Kind.BREAKAGE)
    second = sign_of(pharmacy, Role.TECHNICIAN)
    body = {"recoverable": "no", "because": WORDS, "initials": second.initials, "pin": "9876"}
    answer = rita.post(of_loss(loss, "breakage"), body)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert f'value="{WORDS}"' in page
    assert "9876" not in page
    loss.refresh_from_db()
    assert loss.state == State.DISCOVERED


@pytest.mark.parametrize("verb", ["judge", "notice", "take-back", "file", "close", "call-off"])
def test_a_technician_is_turned_away_from_every_act_of_a_pharmacist(pharmacy, tess, verb):
    loss = reported(pharmacy)
    assert tess.post(of_loss(loss, verb), {"because": "x"}).status_code == 403
    loss.refresh_from_db()
    assert (loss.state, loss.judged_at) == (State.DISCOVERED, None)


@pytest.mark.parametrize("verb", ["line", "draft", "judge", "notice", "file", "close"])
def test_of_a_loss_that_is_not_here_nothing_is_done(pharmacy, rita, verb):
    body = {"because": "x", "quantity": "1", "lot": "1-1", "kind": "loss", "way": "fax",
            "filed_on": "2026-11-23"}  # fmt: skip
    assert rita.post(f"/vault/losses/999999/{verb}", body).status_code == 404


def test_another_lot_that_is_refused_keeps_how_much(pharmacy, tess):
    loss = reported(pharmacy)
    answer = tess.post(of_loss(loss, "line"), {"lot": "", "quantity": "7.5"})
    assert answer.status_code == 409
    assert 'value="7.5"' in answer.content.decode()
    assert "Say of which lot" in text(answer)
    assert loss.lines.count() == 1
