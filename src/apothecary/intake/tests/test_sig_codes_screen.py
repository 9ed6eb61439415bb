"""The screen of the pharmacy's own sig codes, over HTTP."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.intake.actions.sig_codes import add_sig_code, retire_sig_code
from apothecary.intake.models import SigCode
from apothecary.intake.tests.messages import Rx
from apothecary.intake.tests.test_views import FRESH, Desk
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.staff.duties import Role

LIST, ADD = "/intake/sig-codes/", "/intake/sig-codes/add"
WORDS = "take 1 tablet by mouth once daily with food"
ENGLISH = "Take 1 tablet by mouth once daily with food."


@pytest.fixture
def desk(pharmacy) -> Desk:
    return Desk(pharmacy, Role.IN_CHARGE)


def html(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_code_is_kept_and_stands_in_the_list_with_what_it_makes(desk):
    assert "No codes of our own yet" in html(desk.get(LIST))
    answer = desk.post(ADD, {"code": "T1WFD", "means": WORDS})
    assert answer["Location"] == LIST
    page = html(desk.get(LIST))
    assert "<b>T1WFD</b>" in page
    assert ENGLISH in page


def test_a_code_that_is_read_already_is_kept_when_the_tick_is_set(desk):
    answer = desk.post(ADD, {"code": "qd", "means": WORDS})
    assert answer.status_code == 409
    page = html(answer)
    assert "QD is on the list of error-prone abbreviations." in page
    assert "ISMP" in page
    assert 'name="confirmed"' in page
    assert f'value="{WORDS}"' in page
    desk.back()
    assert not SigCode.objects.exists()
    assert Entry.objects.filter(deed=Deed.REFUSED_BY_RULE).exists()
    answer = desk.post(ADD, {"code": "qd", "means": WORDS, "confirmed": "yes"})
    assert answer.status_code == 302


def test_what_nobody_may_confirm_offers_no_tick(desk):
    answer = desk.post(ADD, {"code": "t1wfd", "means": "take 1 zzyzx"})
    assert answer.status_code == 409
    assert "&#39;zzyzx&#39; is not understood." in html(answer)
    assert 'name="confirmed"' not in html(answer)


def test_the_preview_shows_the_label_while_it_is_typed(desk):
    asked = {"code": "t1wfd", "means": WORDS}
    page = html(desk.client.get("/intake/sig-codes/preview", asked))
    assert ENGLISH in page
    assert "Tome 1 tableta" in page
    assert "<html" not in page
    part = html(
        desk.client.get("/intake/sig-codes/preview", {"code": "", "means": "with food"})
    )
    assert "By itself it leaves open" in part
    assert 'id="makes"' in html(desk.client.get("/intake/sig-codes/preview"))


def test_a_code_is_changed_and_retired_on_its_line(desk, pharmacy):
    row = add_sig_code(by=pharmacy.workers[Role.IN_CHARGE], code="t1wfd", means=WORDS)
    page = html(desk.get(f"{LIST}?change={row.pk}"))
    assert "Change T1WFD" in page
    assert f'value="{WORDS}"' in page
    base = f"/intake/sig-codes/{row.pk}"
    assert desk.post(f"{base}/change", {"means": "zzyzx"}).status_code == 409
    assert desk.post(f"{base}/change", {"means": "with food"}).status_code == 302
    desk.back()
    assert SigCode.objects.get().means == "with food"
    assert desk.post(f"{base}/retire").status_code == 302
    assert "retired" in html(desk.get(LIST))
    again = desk.post(f"{base}/retire")
    assert again.status_code == 409
    assert "T1WFD was retired already." in html(again)
    assert "Change T1WFD" not in html(desk.get(f"{LIST}?change={row.pk}"))


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.PHARMACIST, Role.CLERK])
def test_everybody_reads_the_list_and_only_who_runs_the_place_changes_it(pharmacy, role):
    row = add_sig_code(by=pharmacy.workers[Role.IN_CHARGE], code="t1wfd", means=WORDS)
    desk = Desk(pharmacy, role)
    page = html(desk.get(LIST))
    assert "T1WFD" in page
    assert ADD not in page
    assert f"{row.pk}/retire" not in page
    assert desk.get("/intake/sig-codes/preview").status_code == 403
    assert desk.post(ADD, {"code": "zzq", "means": WORDS}).status_code == 403
    assert desk.post(f"/intake/sig-codes/{row.pk}/retire").status_code == 403


def test_the_administrator_finds_the_screen_beside_the_stages(pharmacy):
    assert LIST in html(Desk(pharmacy, Role.ADMINISTRATOR).get(LIST))
    assert f'href="{LIST}"' not in html(Desk(pharmacy, Role.TECHNICIAN).get("/"))


def test_the_screen_costs_few_statements(desk, pharmacy):
    by = pharmacy.workers[Role.IN_CHARGE]
    for n in range(9):
        add_sig_code(by=by, code=f"zz{n}q", means=WORDS)
    desk.get(LIST)
    with CaptureQueriesContext(connection) as seen:
        assert desk.get(LIST).status_code == 200
    assert len(seen) <= 8


def test_the_readout_of_entry_reads_a_code_of_the_house(pharmacy):
    by = pharmacy.workers[Role.IN_CHARGE]
    row = add_sig_code(by=by, code="t1wfd", means=WORDS)
    desk = Desk(pharmacy)
    asked = {"directions": "T1WFD x 10 days", "quantity": "10"}
    answer = desk.client.get("/intake/1/readout", asked)
    assert "with food for 10 days." in html(answer)
    desk.back()
    retire_sig_code(by=by, sig_code_id=row.pk)
    answer = desk.client.get("/intake/1/readout", asked)
    assert "Label, as typed" in html(answer)
    assert "with food" not in html(answer)


def test_the_entry_form_reads_a_code_of_the_house_that_was_sent(pharmacy, arrive):
    add_sig_code(by=pharmacy.workers[Role.IN_CHARGE], code="t1wfd", means=WORDS)
    pharmacy.receive("lisinopril", "100")
    arrival = arrive(Rx(**FRESH, directions="T1WFD"))
    page = html(Desk(pharmacy).get(f"/intake/{arrival.pk}/"))
    assert ENGLISH in page
