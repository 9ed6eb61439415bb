"""A part of a C-II by program: with its reason or not at all, and nothing half done."""

from decimal import Decimal

import pytest

from apothecary.doors.tests.program import Program, codes, fields
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.facts import PartialReason
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.parting import say_part_reason
from apothecary.prescriptions.tests.test_parting import waiting
from apothecary.staff.duties import Role


@pytest.fixture
def fill(pharmacy) -> Fill:
    return waiting(pharmacy, "oxycodone")


@pytest.fixture
def program(pharmacy) -> Program:
    return Program(pharmacy, Role.TECHNICIAN)


def part(**more: str) -> dict[str, str]:
    return {"quantity_now": "10", "because": "ten in the safe", **more}


def test_a_part_without_a_reason_is_refused_with_its_citation(program, fill):
    answer = program.post(f"/fills/{fill.pk}/part", part())
    assert (answer.status_code, codes(answer)) == (409, {"part-no-reason"})
    assert answer.json()["problems"][0]["cite"] == "21 CFR 1306.13(b)(3), (c)"
    assert Fill.objects.count() == 1


@pytest.mark.parametrize("reason", [reason.value for reason in PartialReason])
def test_a_part_with_its_reason_is_given_and_the_rest_is_owed(program, fill, reason):
    answer = program.post(f"/fills/{fill.pk}/part", part(reason=reason))
    assert (answer.json()["part"], Decimal(answer.json()["quantity"])) == (2, 20)
    assert set(Fill.objects.values_list("part_reason", flat=True)) == {reason}


def test_a_reason_said_before_is_enough(program, pharmacy, fill):
    say_part_reason(by=pharmacy.technician, fill_id=fill.pk, reason=PartialReason.SHORT)
    assert program.post(f"/fills/{fill.pk}/part", part()).status_code == 200


@pytest.mark.parametrize("reason", ["", "requested", "Short", 7, ["short"], {"short": 1}])
def test_another_word_is_bad_input_by_its_field(program, fill, reason):
    answer = program.post(f"/fills/{fill.pk}/part", part(reason=reason))
    assert answer.status_code == 422
    assert "reason" in {field.rsplit(".", 1)[-1] for field in fields(answer)}
    assert Fill.objects.count() == 1


def test_where_the_part_is_refused_its_reason_is_not_kept(program, fill):
    answer = program.post(
        f"/fills/{fill.pk}/part", part(reason="short") | {"quantity_now": "30"}
    )
    assert (answer.status_code, codes(answer)) == (409, {"part-quantity"})
    assert Fill.objects.get().part_reason == ""
    assert not Entry.objects.filter(deed=Deed.PART_REASON_SAID).exists()
