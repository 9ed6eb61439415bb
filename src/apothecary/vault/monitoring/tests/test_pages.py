"""The pages of the reports: what stands on them, what their keys do, what they cost."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.models import Licence, Person
from apothecary.staff.signon import stand_in
from apothecary.vault.inspection import printed
from apothecary.vault.monitoring.answering import take_answer
from apothecary.vault.monitoring.calendar import Day, Month, month_asked, months
from apothecary.vault.monitoring.decoded import decoded, in_lines
from apothecary.vault.monitoring.drawing import day_bar
from apothecary.vault.monitoring.filing import file_due
from apothecary.vault.monitoring.mending import mend, take_back
from apothecary.vault.monitoring.models import MonitoringFile, MonitoringRecord
from apothecary.vault.monitoring.states import FileState, RecordState
from apothecary.vault.monitoring.tests.hands import (
    answer,
    fresh,
    house,
    in_state,
    outgoing,
    sold,
    tonight,
    written,
)

MOST_QUERIES = 16
REFUSED = "ERR*1*7000001*PRE02*401*the DEA number is not on file"


def page_of(world, role=Role.PHARMACIST):
    token = worker_token(person=world.people[role], station="x", at=world.technician.at)
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def text(answer):
    """What a page says, without its marks."""
    said = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return " ".join(said.split())


def answered(world, *errors):
    """A sale that was told, and what they said of it."""
    row = sold(world)
    file = written(world)
    by, number = world.technician, outgoing(file).pk
    take_answer(by=by, outgoing_id=number, raw=answer(file, *errors))
    return fresh(row)


@pytest.fixture
def rejected(pharmacy):
    return answered(pharmacy, REFUSED)


def test_the_month_names_what_waits_with_its_element_and_what_they_said(pharmacy, rejected):
    said = text(page_of(pharmacy).get("/vault/monitoring/"))
    assert "1 record waits to be put right" in said
    assert "PRE02 401 the DEA number is not on file" in said
    assert "1 rejected" in said
    assert "No line to the programme of TX" in said


def test_a_day_says_how_many_records_stand_where(pharmacy):
    answered(pharmacy)
    sold(pharmacy, "7000002")
    (shown,) = months(house(pharmacy), pharmacy.technician.today.replace(day=1))
    assert shown.programme == "TX"
    (day,) = [one for one in shown.days if one.told]
    assert day.told == {"accepted": 1, "due": 1}
    assert (day.says, day.tone) == ("1 due, 1 accepted", "plain")
    assert shown.sums["accepted"] == 1


def test_what_was_replaced_or_withdrawn_is_not_counted_twice(pharmacy, rejected):
    by = pharmacy.pharmacist
    mend(by=by, record_id=rejected.pk, element="PRE02", value="BS1234563", because="renewed")
    gone = sold(pharmacy, "7000002")
    take_back(by=by, record_id=gone.pk, because="never left")
    (shown,) = months(house(pharmacy), pharmacy.technician.today.replace(day=1))
    assert shown.sums == {"due": 1}


def test_a_report_of_none_stands_on_each_of_its_days(pharmacy):
    in_state(pharmacy, "NY")
    sold(pharmacy)  # of the day before the house of New York told anything
    at = tonight(pharmacy)
    file_due(house(pharmacy), at)
    file_due(house(pharmacy), at + timedelta(days=1))
    zero = MonitoringFile.objects.filter(kind="zero")
    found = {one.last_on for one in zero}
    first = min(found, default=pharmacy.technician.today).replace(day=1)
    marked = {day.on for one in months(house(pharmacy), first) for day in one.days if day.zero}
    assert found <= marked


@pytest.mark.parametrize(
    ("told", "zero", "tone"),
    [
        ({}, "", ""),
        ({"accepted": 3}, "", "done"),
        ({"accepted": 3, "sent": 1}, "", "plain"),
        ({"accepted": 3, "held": 1}, "", "stop"),
        ({"due": 3, "rejected": 1}, "", "stop"),
        ({}, FileState.ACCEPTED, "done"),
        ({}, FileState.SENT, "plain"),
        ({}, FileState.UNCLEAR, "look"),
        ({}, FileState.REJECTED, "stop"),
    ],
)
def test_a_day_that_a_person_must_see_is_never_shown_as_done(told, zero, tone):
    day = Day(date(2026, 11, 23), zero=zero)
    day.told.update(told)
    assert day.tone == tone


@pytest.mark.parametrize(
    ("first", "blank", "weeks"),
    [(date(2026, 11, 1), 0, 5), (date(2026, 2, 1), 0, 4), (date(2026, 8, 1), 6, 6)],
)
def test_a_month_begins_on_its_weekday_and_ends_with_a_whole_week(first, blank, weeks):
    days = tuple(Day(first.replace(day=at)) for at in range(1, 29))
    shown = Month("TX", first, days).weeks
    assert all(len(week) == 7 for week in shown)
    assert shown[0][:blank] == [None] * blank
    assert shown[0][blank] == days[0]
    assert len(shown) >= weeks - 1


@pytest.mark.parametrize("said", ["2026-13", "soon", "2026", "2026-11-23"])
def test_what_is_no_month_is_refused_by_its_field(pharmacy, said):
    answer = page_of(pharmacy).get("/vault/monitoring/", {"month": said})
    assert answer.status_code == 409
    assert "is no month" in text(answer)


def test_without_a_month_it_is_this_one():
    assert month_asked("", today=date(2026, 11, 23)) == date(2026, 11, 1)
    assert month_asked("2024-02", today=date(2026, 11, 23)) == date(2024, 2, 1)


def test_the_cursor_stands_in_the_field_they_refused_and_says_why(pharmacy, rejected):
    shown = page_of(pharmacy).get(f"/vault/monitoring/records/{rejected.pk}/")
    page = shown.content.decode()
    field = re.search(r'<input id="f-value"[^>]*>', page)
    assert field is not None
    assert "autofocus" in field[0]
    assert "Mend PRE02 dea number" in text(shown)
    assert "PRE02: 401 the DEA number is not on file" in text(shown)


def test_another_element_may_be_opened_and_one_that_is_none_is_passed_over(pharmacy, rejected):
    at = f"/vault/monitoring/records/{rejected.pk}/"
    assert "Mend DSP09 quantity" in text(page_of(pharmacy).get(at, {"element": "DSP09"}))
    assert "Mend PRE02" in text(page_of(pharmacy).get(at, {"element": "XXX99"}))


def test_a_refused_record_says_by_when_it_goes_again_and_who_says_so(pharmacy, rejected):
    at = f"/vault/monitoring/records/{rejected.pk}/"
    # Texas has no row on it, and nothing is made up for it.
    assert "Goes again by not known here for TX" in text(page_of(pharmacy).get(at))
    MonitoringRecord.objects.filter(pk=rejected.pk).update(programme="DC")
    assert "17 DCMR 10303 (V1)" in text(page_of(pharmacy).get(at))
    MonitoringRecord.objects.filter(pk=rejected.pk).update(state=RecordState.ACCEPTED.value)
    assert "17 DCMR 10303" not in text(page_of(pharmacy).get(at))


def test_where_the_line_is_out_the_month_says_by_when_the_programme_is_told(
    pharmacy, monkeypatch
):
    sold(pharmacy)
    file = written(pharmacy)
    outgoing_row = outgoing(file)
    outgoing_row.problem = "connection refused"
    outgoing_row.save()
    lines = "TX=http://127.0.0.1:9/TX,DC=http://127.0.0.1:9/DC"
    monkeypatch.setenv("APOTHECARY_MONITORING", lines)
    shown = text(page_of(pharmacy).get("/vault/monitoring/"))
    assert "has not answered: connection refused" in shown
    assert "is to be told of it by" not in shown
    in_state(pharmacy, "DC")
    Licence.objects.update(state="DC")
    shown = text(page_of(pharmacy).get("/vault/monitoring/"))
    assert "is to be told of it by 11/24/2026 10:00 PM: 17 DCMR 10303 (V1)" in shown


def test_mended_it_goes_again_and_the_next_that_waits_opens(pharmacy, rejected):
    other = sold(pharmacy, "7000002")
    MonitoringRecord.objects.filter(pk=other.pk).update(state=RecordState.HELD.value)
    here = f"/vault/monitoring/records/{rejected.pk}/mend"
    typed = {"element": "PRE02", "value": "BS1234563", "because": "renewed"}
    page = page_of(pharmacy)
    assert page.post(here, typed)["Location"] == f"/vault/monitoring/records/{other.pk}/"
    assert fresh(rejected).state == RecordState.REPLACED
    let_go = f"/vault/monitoring/records/{other.pk}/release"
    assert page.post(let_go, {"because": "in order"})["Location"] == "/vault/monitoring/"


@pytest.mark.parametrize(
    ("verb", "typed", "field"),
    [
        ("mend", {"element": "PRE02", "value": "BS1234563", "because": " "}, "Say why"),
        ("mend", {"element": "DSP09", "value": "many", "because": "x"}, "is no number"),
        ("mend", {"element": "ZZZ01", "value": "1", "because": "x"}, "is no element"),
        ("take-back", {"because": ""}, "Say why"),
        ("release", {"because": "in order"}, "not held"),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    pharmacy, rejected, verb, typed, field
):
    here = f"/vault/monitoring/records/{rejected.pk}/{verb}"
    refused = page_of(pharmacy).post(here, typed)
    assert refused.status_code == 409
    assert field in text(refused)
    assert fresh(rejected).state == RecordState.REJECTED


def test_a_technician_reads_and_is_offered_nothing_that_changes(pharmacy, rejected):
    page = page_of(pharmacy, Role.TECHNICIAN)
    shown = text(page.get(f"/vault/monitoring/records/{rejected.pk}/"))
    assert "The pharmacist’s turn" in shown
    assert "Mend and next" not in shown
    assert "Take it back" not in shown
    answer = page.post(f"/vault/monitoring/records/{rejected.pk}/take-back", {"because": "x"})
    assert answer.status_code == 403
    assert fresh(rejected).state == RecordState.REJECTED


def test_a_file_is_shown_by_element_beside_its_answer(pharmacy, rejected):
    shown = text(page_of(pharmacy).get(f"/vault/monitoring/files/{rejected.file_id}/"))
    assert "DSP02 rx number 7000001" in shown
    assert "ERR" in shown
    assert "Known otherwise" not in shown


def test_a_file_without_an_answer_is_decided_by_a_pharmacist(pharmacy):
    row = sold(pharmacy)
    file = written(pharmacy)
    page = page_of(pharmacy)
    here = f"/vault/monitoring/files/{file.pk}/"
    assert "They have it" in text(page.get(here))
    assert page_of(pharmacy, Role.TECHNICIAN).post(f"{here}received").status_code == 403
    page.post(f"{here}received", {"because": "their page shows it"})
    assert fresh(row).state == RecordState.ACCEPTED
    assert page.post(f"{here}refused", {"because": "again"}).status_code == 409


def test_an_answer_that_nobody_can_read_is_shown_as_its_bytes(pharmacy):
    sold(pharmacy)
    file = written(pharmacy)
    by, number = pharmacy.technician, outgoing(file).pk
    take_answer(by=by, outgoing_id=number, raw=b"<html>come back later</html>")
    shown = text(page_of(pharmacy).get(f"/vault/monitoring/files/{file.pk}/"))
    assert "It cannot be read" in shown
    assert "come back later" in shown


@pytest.mark.parametrize("path", ["records/999/", "files/999/"])
def test_what_is_not_there_is_not_found(pharmacy, path):
    assert page_of(pharmacy).get(f"/vault/monitoring/{path}").status_code == 404


def test_the_record_of_another_pharmacy_is_nobodys_here(pharmacy, rejected):
    stand_in(pharmacy.other.pk)
    person = Person.objects.get(pharmacy=pharmacy.other, role=Role.PHARMACIST.value)
    token = worker_token(person=person, station="x", at=pharmacy.technician.at)
    there = Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})
    assert there.get(f"/vault/monitoring/records/{rejected.pk}/").status_code == 404
    assert there.get(f"/vault/monitoring/files/{rejected.file_id}/").status_code == 404
    assert "to be put right" not in text(there.get("/vault/monitoring/"))
    typed = {"element": "PRE02", "value": "BS1234563", "because": "renewed"}
    refused = there.post(f"/vault/monitoring/records/{rejected.pk}/mend", typed)
    assert "No such record" in text(refused)


@pytest.mark.parametrize(
    "path", ["", "records/", "records/{record}/", "files/", "files/{file}/"]
)
def test_no_page_costs_more_than_its_share_of_queries(pharmacy, rejected, path):
    here = path.format(record=rejected.pk, file=rejected.file_id)
    page = page_of(pharmacy)
    page.get(f"/vault/monitoring/{here}")
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert page.get(f"/vault/monitoring/{here}").status_code == 200
    assert len(few) <= MOST_QUERIES


def test_a_day_lists_what_was_dispensed_then_alone(pharmacy, rejected):
    page = page_of(pharmacy)
    assert "1 record" in text(page.get("/vault/monitoring/records/"))
    empty = text(page.get("/vault/monitoring/records/", {"day": "2020-01-01"}))
    assert "Nothing was dispensed that is told" in empty
    wrong = page.get("/vault/monitoring/records/", {"day": "soon"})
    assert wrong.status_code == 409


def test_an_element_is_named_with_what_its_code_means(pharmacy):
    sold(pharmacy)
    parts = decoded(bytes(written(pharmacy).raw))
    assert [part.id for part in parts][:3] == ["TH", "IS", "PHA"]
    unit = {one.id: one for part in parts for one in part.said}["DSP01"]
    assert unit.name == "reporting status"
    assert "new" in unit.means.casefold()


def test_bytes_are_shown_one_segment_a_line():
    assert in_lines(b"TH*4.2B*1~~\r\nIS*A~TT*1*3~") == "TH*4.2B*1~\n~\nIS*A~\nTT*1*3~"


@pytest.mark.parametrize(
    ("told", "parts"),
    [({}, 0), ({"accepted": 9}, 1), ({"accepted": 400, "rejected": 1}, 2)],
)
def test_a_single_refusal_among_hundreds_is_drawn(told, parts):
    drawn = day_bar(told, most=400, title="a day")
    assert drawn.count("<rect") == parts
    assert not parts or all(f"{many} {word}" in drawn for word, many in told.items())


def test_the_paper_names_every_record_with_its_file_and_what_they_said(pharmacy, rejected):
    made = printed(by=pharmacy.pharmacist, key="monitoring", kind="csv", said={}).decode()
    (row,) = made.splitlines()[1:]
    assert "7000001-0-1" in row
    assert "rejected" in row
    assert "PRE02 401 the DEA number is not on file" in row
    assert rejected.file.control in row
    assert printed(by=pharmacy.pharmacist, key="monitoring", kind="pdf", said={})[:4] == b"%PDF"


@pytest.mark.parametrize(
    "said", [{"first": "soon"}, {"first": "2026-12-01", "last": "2026-11-01"}]
)
def test_a_period_of_the_paper_that_cannot_be_is_refused(pharmacy, said):
    with pytest.raises(Exception, match="day"):
        printed(by=pharmacy.pharmacist, key="monitoring", kind="csv", said=said)
