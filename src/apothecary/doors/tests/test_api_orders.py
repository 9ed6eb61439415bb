"""Form 222 as a program writes it: first line to last package, and what it is refused."""

import pytest

from apothecary.config.tests.world_days import TODAY
from apothecary.doors.tests.orders_world import SUPPLIER
from apothecary.doors.tests.program import Program
from apothecary.staff.duties import Role
from apothecary.vault.orders.models import Form222
from apothecary.vault.orders.tests.desk import begun, registrant, sent, written
from apothecary.vault.orders.tests.pages_of_orders import comes


@pytest.fixture
def tess(pharmacy):
    return Program(pharmacy, Role.TECHNICIAN)


@pytest.fixture
def paul(pharmacy):
    return Program(pharmacy, Role.IN_CHARGE)


def done(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


def refused(answer):
    assert answer.status_code == 409, answer.content
    return {(each["code"], each["field"]) for each in answer.json()["problems"]}


def line_of(world, packages=3, drug="oxycodone"):
    return {"ndc": world.drugs[drug].ndc, "packages": packages}


def test_a_form_is_written_signed_sent_and_filled_by_program(pharmacy, tess, paul):
    person = pharmacy.people[Role.IN_CHARGE].pk
    done(paul.post("/vault/registrant", {"person_id": person, "since": str(TODAY)}))
    form = done(tess.post("/vault/orders", SUPPLIER | {"serial": "230000001"}))
    here = f"/vault/orders/{form['id']}"
    written_on = done(tess.post(f"{here}/lines", line_of(pharmacy)))
    assert [each["to_come"] for each in written_on["lines"]] == [3]
    assert done(paul.post(f"{here}/sign", {"lines_completed": 1}))["days_left"] == 60
    assert done(tess.post(f"{here}/send", {"copy_kept": True}))["state"] == "sent"
    comes(pharmacy, 2, "r1")
    comes(pharmacy, 1, "r2")
    found = done(tess.get(here))
    assert (found["state"], found["to_come"]) == ("filled", 0)
    assert [each["packages"] for each in found["lines"][0]["receipts"]] == [2, 1]
    assert [each["serial"] for each in done(tess.get("/vault/orders"))] == ["230000001"]


def test_a_technician_signs_and_takes_over_nothing_by_program(pharmacy, tess):
    form = written(pharmacy, 3)
    sign = tess.post(f"/vault/orders/{form.pk}/sign", {"lines_completed": 1})
    assert sign.status_code == 403
    assert "21 CFR 1305.05" in sign.content.decode()
    paper = SUPPLIER | {
        "serial": "230000004", "signed_on": str(TODAY), "signed_by": "Olivia Owner",
        "signed_as": "registrant", "because": "x", "lines": [line_of(pharmacy)],
    }  # fmt: skip
    assert tess.post("/vault/orders/taken-over", paper).status_code == 403
    assert Form222.objects.count() == 1


def test_the_same_number_twice_is_refused_by_its_field(pharmacy, tess):
    begun(pharmacy)
    again = tess.post("/vault/orders", SUPPLIER | {"serial": "230000001"})
    assert refused(again) == {("form222-twice", "serial")}


@pytest.mark.parametrize("defect", ["incomplete", "illegible", "altered", "erased"])
def test_a_form_with_each_defect_is_void_and_nothing_more_is_done_on_it(
    pharmacy, paul, tess, defect
):
    form = sent(pharmacy, 3)
    here = f"/vault/orders/{form.pk}"
    ended = done(paul.post(f"{here}/void", {"because": "seen", "defects": [defect]}))
    assert (ended["state"], ended["defects"]) == ("void", [defect])
    assert refused(tess.post(f"{here}/send", {"copy_kept": True})) == {("form-state", "state")}
    assert refused(paul.post(f"{here}/cancel", {"because": "x"})) == {("form-state", "state")}
    more = tess.post(f"{here}/lines", line_of(pharmacy))
    assert refused(more) == {("form222-altered", "state")}


def test_a_defect_the_law_does_not_name_is_refused(pharmacy, paul):
    form = sent(pharmacy, 3)
    said = {"because": "seen", "defects": ["crumpled"]}
    assert refused(paul.post(f"/vault/orders/{form.pk}/void", said)) == {
        ("form222-defect", "defects")
    }


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("lines", {"ndc": "1", "packages": 0}, "packages"),
        ("lines", {"ndc": "1", "packages": "many"}, "packages"),
        ("sign", {"lines_completed": 21}, "lines_completed"),
        ("sign", {"lines_completed": 1, "signed_on": "soon"}, "signed_on"),
        ("send", {}, "copy_kept"),
        ("lost", {"because": "x"}, "not_received"),
    ],
)
def test_what_is_no_value_of_its_field_is_named(pharmacy, paul, path, body, field):
    form = written(pharmacy, 3)
    answer = paul.post(f"/vault/orders/{form.pk}/{path}", body)
    assert answer.status_code == 422
    assert field in answer.content.decode()


def test_a_paper_form_is_taken_over_by_program(pharmacy, paul):
    registrant(pharmacy)
    paper = SUPPLIER | {
        "serial": "229999999", "signed_on": str(TODAY), "signed_by": "Olivia Owner",
        "signed_as": "registrant", "because": "written before",
        "lines": [line_of(pharmacy, 3) | {"came_before": 1}],
    }  # fmt: skip
    form = done(paul.post("/vault/orders/taken-over", paper))
    assert (form["state"], form["to_come"], form["taken_over_on"]) == ("sent", 2, str(TODAY))
    assert refused(paul.post("/vault/orders/taken-over", paper)) == {
        ("form222-twice", "serial")
    }


def test_one_line_is_void_and_the_form_goes_on(pharmacy, paul):
    form = sent(pharmacy, 3, 2)
    line = form.lines.get(number=1)
    found = done(paul.post(f"/vault/orders/lines/{line.pk}/void", {"because": "not made"}))
    assert [each["to_come"] for each in found["lines"]] == [0, 2]


def test_a_form_that_is_not_here_is_nobodys(tess):
    assert refused(tess.get("/vault/orders/999999")) == {("no-form", "form_id")}


def test_a_form_is_printed_by_program(pharmacy, tess):
    sent(pharmacy, 3)
    comes(pharmacy, 2)
    paper = tess.get("/vault/papers/222?form=230000001")
    assert paper.status_code == 200
    assert ",3,2," not in paper.content.decode().splitlines()[0]
    assert "2 on 11/23/2026" in paper.content.decode()
