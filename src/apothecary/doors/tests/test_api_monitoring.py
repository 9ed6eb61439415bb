"""The reports as a program asks for them: read by all, put right by a pharmacist."""

import pytest

from apothecary.doors.tests.monitoring_world import of_monitoring
from apothecary.doors.tests.program import Program, codes, fields
from apothecary.doors.tests.test_api_vault import done
from apothecary.staff.duties import Role


@pytest.fixture
def refused(pharmacy) -> str:
    """The address of a record that the programme refused."""
    parts = of_monitoring(pharmacy, "/monitoring/records/{record_id}/mend")
    return f"/monitoring/records/{parts['record_id']}"


@pytest.fixture
def rita(pharmacy) -> Program:
    return Program(pharmacy, Role.PHARMACIST)


def test_what_was_refused_is_read_mended_and_gone_from_the_list(pharmacy, rita, refused):
    (row,) = done(rita.get("/monitoring/records"))
    assert (row["element"], row["state"], row["with_them"]) == ("PRE02", "rejected", False)
    typed = {"element": "PRE02", "value": "BS1234563", "because": "renewed"}
    (new,) = done(rita.post(f"{refused}/mend", typed))
    assert done(rita.get("/monitoring/records")) == []
    today = pharmacy.technician.today.isoformat()
    rows = done(rita.get(f"/monitoring/records?day={today}"))
    assert [(one["id"], one["state"]) for one in rows] == [
        (row["id"], "replaced"),
        (new, "due"),
    ]
    (month,) = done(rita.get(f"/monitoring/months?month={today[:7]}"))
    assert [day["told"] for day in month["days"] if day["told"]] == [{"due": 1}]


def test_a_file_comes_with_the_bytes_that_went_and_came(rita, refused):
    (file,) = done(rita.get("/monitoring/files"))
    whole = done(rita.get(f"/monitoring/files/{file['id']}"))
    assert whole["sent"].startswith("TH*4.2B*")
    assert "ERR*1*7000001*PRE02" in whole["answer"]
    assert codes(rita.get("/monitoring/files/999999")) == {"no-file"}
    assert codes(rita.post(f"/monitoring/files/{file['id']}/received", {"because": "x"})) == {
        "file-state"
    }


@pytest.mark.parametrize(
    ("spoiled", "field"),
    [
        ({"element": "PRE0222"}, "element"),
        ({"value": 7}, "value"),
        ({"because": None}, "because"),
    ],
)
def test_a_body_that_cannot_be_is_refused_by_its_field(rita, refused, spoiled, field):
    typed = {"element": "PRE02", "value": "BS1234563", "because": "renewed"} | spoiled
    wrong = rita.post(f"{refused}/mend", typed)
    assert wrong.status_code == 422
    assert fields(wrong) == {field}


@pytest.mark.parametrize("asked", ["months?month=soon", "records?day=soon"])
def test_a_month_or_day_that_is_none_is_refused(rita, asked):
    assert rita.get(f"/monitoring/{asked}").status_code == 409


def test_a_technicians_program_reads_and_changes_nothing(pharmacy, refused):
    tess = Program(pharmacy, Role.TECHNICIAN)
    assert len(done(tess.get("/monitoring/records"))) == 1
    for verb in ("take-back", "release"):
        assert tess.post(f"{refused}/{verb}", {"because": "x"}).status_code == 403
    assert done(tess.get("/monitoring/records"))[0]["state"] == "rejected"


@pytest.fixture
def doubted(pharmacy) -> int:
    """A refused record of a bag that came back besides."""
    parts = of_monitoring(pharmacy, "/monitoring/records/{record_id}/stands")
    return int(str(parts["record_id"]))


def test_what_came_back_is_read_by_all_and_let_stand_by_a_pharmacist(pharmacy, rita, doubted):
    tess = Program(pharmacy, Role.CERTIFIED)
    (row,) = done(tess.get("/monitoring/records"))
    assert (row["id"], row["doubt"]) == (doubted, "30 came back")
    there = f"/monitoring/records/{doubted}/stands"
    refused = tess.post(there, {"because": "x"})
    assert (refused.status_code, codes(refused)) == (403, {"duty-mend_monitoring"})
    assert fields(rita.post(there, {"because": " "})) == {"because"}
    assert rita.post(there, {"because": "given out again"}).status_code == 200
    assert done(rita.get("/monitoring/records"))[0]["doubt"] == ""
    assert codes(rita.post(there, {"because": "again"})) == {"record-state"}


def test_what_came_back_is_taken_back_and_gone_from_the_list(rita, doubted):
    body = {"because": "all of it came back"}
    done(rita.post(f"/monitoring/records/{doubted}/take-back", body))
    assert done(rita.get("/monitoring/records")) == []
    assert codes(rita.post(f"/monitoring/records/{doubted}/stands", body)) == {"record-state"}


def test_a_record_that_is_none_is_not_let_stand(rita):
    answer = rita.post("/monitoring/records/999999/stands", {"because": "x"})
    assert codes(answer) == {"no-record"}
