"""Tracing as a program asks for it: documents, an answer, suspect product to its end."""

from base64 import b64encode
from typing import Any

import pytest

from apothecary.doors.tests.program import Program, bodies, codes, fields
from apothecary.doors.tests.program_world import asks_as, ready_for
from apothecary.doors.tests.tracing_world import destroyed
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tests.yard import Yard, yard_of
from apothecary.purchasing.tracing.cases.models import SuspectCase
from apothecary.purchasing.tracing.tests.cases import NO, Talking, asks, shelved, told
from apothecary.purchasing.tracing.tests.seller import GTIN, Told
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.stock.models import Lot

TAKING = sorted(path for path in bodies() if path.startswith("/tracing/"))
# Anybody who keeps the stock may; a pharmacist alone may decide.
DECIDED = ("clear", "illegitimate", "forms", "incident", "disposed", "end", "waive")


@pytest.fixture
def yard(pharmacy) -> Yard:
    return yard_of(pharmacy)


@pytest.fixture
def tess(pharmacy) -> Program:
    return Program(pharmacy, Role.TECHNICIAN)


@pytest.fixture
def rita(pharmacy) -> Program:
    return Program(pharmacy, Role.PHARMACIST)


def done(answer: Any) -> Any:
    """What was answered; a refusal fails the test."""
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize("path", TAKING)
def test_every_endpoint_takes_its_right_body_and_writes_it_down(pharmacy, path):
    parts = ready_for(pharmacy, path)
    body = bodies(pharmacy, fill_id=1)[path]
    before = Entry.objects.count()
    done(Program(pharmacy, asks_as(path)).post(path.format_map(parts), body))
    assert Entry.objects.count() > before


@pytest.mark.parametrize("path", [one for one in TAKING if one.endswith(DECIDED)])
def test_a_technician_decides_nothing(pharmacy, path):
    parts = ready_for(pharmacy, path)
    body = bodies(pharmacy, fill_id=1)[path]
    answer = Program(pharmacy, Role.TECHNICIAN).post(path.format_map(parts), body)
    assert answer.status_code == 403, answer.content


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/tracing/cases/7/notes", {"says": "x"}, "no-case"),
        ("/tracing/cases/7/sample", {}, "no-case"),
        ("/tracing/cases/7/carry", {"key": "k"}, "no-case"),
        ("/tracing/cases/7/clear", {"because": "x"}, "no-case"),
        ("/tracing/forms/7/told", {"how": "portal"}, "no-form"),
        ("/tracing/partners/7/told", {"how": "Kim"}, "no-notice"),
        ("/tracing/received/7/waive", {"exemption": "fluid", "because": "x"}, "not-waiting"),
        ("/tracing/hold", {"says": "seal", "lot_id": 7}, "no-lot"),
        ("/tracing/hold", {"says": "seal", "received_id": 7}, "no-package"),
        ("/tracing/hold", {"says": "seal"}, "nothing-named"),
        ("/tracing/hold", {"says": "seal", "lot_id": 7, "received_id": 7}, "nothing-named"),
        ("/tracing/verifications", {"gtin": GTIN, "serial": "S", "lot": "L"}, "no-expiry"),
        ("/tracing/documents", {"partner": "moon", "base64": "QQ=="}, "unknown-partner"),
        ("/tracing/documents", {"partner": "plains", "base64": "?"}, "remittance-base64"),
    ],
)
def test_what_is_not_here_or_not_whole_is_refused_by_its_name(yard, rita, path, body, code):
    answer = rita.post(path, body)
    assert (answer.status_code, codes(answer)) == (409, {code})
    assert not SuspectCase.objects.exists()


def test_a_document_comes_in_and_an_inspector_is_answered(yard, tess):
    raw = b64encode(Told().xml()).decode()
    row = done(tess.post("/tracing/documents", {"partner": "plains", "base64": raw}))
    assert (row["packages"], row["problem"]) == (2, "")
    found = done(tess.get("/tracing/answer?said=L7"))
    assert [one["serial"] for one in found["packages"]] == ["S1", "S2"]
    assert "traced_id" not in found["packages"][0]
    assert done(tess.get("/tracing/answer?said=nothing"))["packages"] == []
    assert tess.get("/tracing/answer").status_code == 409


def test_one_that_is_cut_off_is_kept_with_its_reason(yard, tess):
    raw = b64encode(Told().xml()[:900]).decode()
    row = done(tess.post("/tracing/documents", {"partner": "plains", "base64": raw}))
    assert row["problem"]
    assert done(tess.get("/tracing/documents")) == []
    (aside,) = done(tess.get("/tracing/documents?aside=true"))
    assert aside["id"] == row["id"]


def test_a_question_its_answer_and_the_case_that_follows(yard, tess):
    told(yard, "S1")
    shelved(yard, "S1")
    asked = {"gtin": GTIN, "serial": "S1", "lot": "L7", "expires_on": "2028-06-30"}
    row = done(tess.post("/tracing/verifications", asked))
    assert (row["verdict"], row["raw"], row["case_id"]) == ("asked", "", None)
    asks(yard, Talking(body=NO))
    row = done(tess.get(f"/tracing/verifications/{row['id']}"))
    assert (row["verdict"], row["raw"]) == ("not verified", NO.decode())
    (case,) = done(tess.get("/tracing/cases"))
    assert (case["id"], case["source"]) == (row["case_id"], "not verified")


def test_suspect_product_from_the_shelf_to_the_end_of_its_notification(
    yard, tess, rita, pharmacy
):
    told(yard, "S1", "S2")
    lot_id = shelved(yard, "S1", "S2")[0].lot_id
    held = done(tess.post("/tracing/hold", {"says": "the seal", "lot_id": lot_id}))
    there = f"/tracing/cases/{held['id']}"
    assert len(done(tess.post(f"{there}/sample"))["verifications"]) == 2
    bad = done(
        rita.post(f"{there}/illegitimate", {"grounds": "stolen", "because": "no serial"})
    )
    assert (bad["state"], len(bad["notices"])) == ("illegitimate", 1)
    assert bad["tell_by"] > bad["decided_at"]
    said = {"kind": "initial notification", "event": "no such serial"}
    form = done(rita.post(f"{there}/forms", said))["forms"][0]
    sent = {"how": "portal", "incident": "I-7"}
    done(rita.post(f"/tracing/forms/{form['id']}/told", sent))
    letter = bad["notices"][0]["id"]
    now = done(tess.post(f"/tracing/partners/{letter}/told", {"how": "Kim"}))
    assert (now["state"], now["incident"]) == ("notified", "I-7")
    early = rita.post(f"{there}/disposed", {"sample": "1 bottle"})
    assert codes(early) == {"still-here"}
    destroyed(pharmacy, SuspectCase.objects.get())
    assert done(rita.post(f"{there}/disposed", {"sample": "1 bottle"}))["state"] == "disposed"
    over = {"kind": "request for termination", "event": "see first", "why_over": "destroyed"}
    last = done(rita.post(f"{there}/forms", over))["forms"][-1]
    done(rita.post(f"/tracing/forms/{last['id']}/told", {"how": "portal"}))
    assert done(rita.post(f"{there}/end", {"because": "agreed"}))["state"] == "terminated"
    assert done(tess.get("/tracing/cases")) == []
    deeds = set(Entry.objects.values_list("deed", flat=True))
    assert {Deed.ILLEGITIMATE_FOUND.value, Deed.NOTIFICATION_ENDED.value} <= deeds


def test_what_waits_says_what_to_do_about_it(yard, tess):
    receipt = yard.begun(yard.sent(lisinopril=1))
    yard.takes_in(
        receipt, yard.came(serial="S1"), condition=Condition.SUSPECT, because="the seal"
    )
    (one,) = done(tess.get("/tracing/held"))
    assert (one["condition"], one["serial"]) == ("suspect", "S1")
    assert str(one["case_id"]) in one["next"]


def test_bad_input_is_named_by_its_field(yard, rita):
    for path, body, field in (
        ("/tracing/cases/1/illegitimate", {"grounds": "odd", "because": "x"}, "grounds"),
        ("/tracing/cases/1/forms", {"kind": "odd", "event": "x"}, "kind"),
        ("/tracing/notices", {"says": "x", "ndc": "1", "source": "moon"}, "source"),
        ("/tracing/verifications", {"expires_on": 7}, "expires_on"),
        ("/tracing/cases/1/disposed", {"sample": "x", "sample_units": -1}, "sample_units"),
    ):
        answer = rita.post(path, body)
        assert (answer.status_code, fields(answer)) == (422, {field})


def test_the_other_pharmacy_sees_and_decides_nothing(yard, tess, pharmacy):
    row = shelved(yard, "S1")[0]
    case = done(tess.post("/tracing/hold", {"says": "seal", "lot_id": row.lot_id}))
    person = Person.objects.get(pk=pharmacy.stranger.somebody)
    other = Program(pharmacy, Role.PHARMACIST).become(person)
    assert codes(other.get(f"/tracing/cases/{case['id']}")) == {"no-case"}
    assert other.post(f"/tracing/cases/{case['id']}/notes", {"says": "x"}).status_code in {
        403,
        409,
    }
    assert Lot.objects.filter(pk=row.lot_id).count() == 0
