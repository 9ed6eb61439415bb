"""What a payer forbids is left out, what it wants must be there; all of it is told at once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.claims.building import (
    Administration,
    Bill,
    OtherPayer,
    Part,
    build_billing,
    sheet_problems,
)
from apothecary.claims.building.sheets import Sheet
from apothecary.claims.building.tests.payers import ANY, CURIOUS, one, said, sheet
from apothecary.claims.building.tests.test_billing import BILL
from apothecary.claims.building.tests.test_price import CREAM
from apothecary.law.problem import Refused

OTHER = OtherPayer(
    coverage_type="01",
    payer_id="999999",
    on=date(2026, 11, 23),
    paid=(("07", Decimal("4.00")),),
    responsible=(("06", Decimal("6.00")),),
)


def wants(place: str, when: str = "", because: str = "") -> Sheet:
    return sheet(
        f'[[required]]\nfields = ["{place}"]\nwhen = "{when}"\nbecause = "{because}"\n'
    )


def forbids(place: str) -> Sheet:
    return sheet(f'[[forbidden]]\nfields = ["{place}"]\n')


def test_a_payer_that_wants_to_know_where_the_patient_lives_is_told():
    pecan = wants("01.4X", because="It pays by where the patient lives.")
    [problem] = sheet_problems(BILL, pecan)
    assert problem.says == (
        "Pecan Part D wants the patient residence (384-4X): it pays by where the patient lives."
    )
    assert (problem.field, problem.code) == ("residence", "sheet-wants")
    assert sheet_problems(replace(BILL, residence="01"), pecan) == []


def test_a_claim_that_lacks_what_the_payer_wants_is_not_written():
    with pytest.raises(Refused) as refusal:
        build_billing(BILL, wants("01.4X"))
    assert [problem.field for problem in refusal.value.problems] == ["residence"]


def test_a_whole_segment_can_be_wanted():
    [problem] = sheet_problems(BILL, wants("09"))
    assert problem.says == "Pecan Part D wants the segment 09 (Coupon)."


def test_what_a_payer_wants_is_sent_though_others_are_not_told():
    known = replace(BILL, phone="5125550100")
    assert one(build_billing(known, wants("01.CQ")), "01.CQ") == "5125550100"
    assert one(build_billing(known), "01.CQ") is None


def test_what_a_payer_likes_to_see_is_sent_when_it_is_known_and_never_missed():
    likes = sheet('[[sent_when_known]]\nfields = ["03.PM"]\n')
    assert sheet_problems(BILL, likes) == []
    known = replace(BILL, prescriber_phone="5125550101")
    assert one(build_billing(known, likes), "03.PM") == "5125550101"


@pytest.mark.parametrize(
    ("place", "bill"),
    [
        ("01.CM", BILL),
        ("04.C3", BILL),
        ("07.DJ", BILL),
        ("07.DF", BILL),
        ("07.EV", replace(BILL, prior_authorization="PA1")),
        ("07.DK", replace(BILL, clarification="5")),
        ("08.E6", replace(BILL, safety=(("DD", "M0", "1G"),))),
        ("13.DO", replace(BILL, diagnoses=("I10",))),
        ("05.DV", replace(BILL, others=(OTHER,))),
    ],
)
def test_a_forbidden_field_is_left_out_and_everything_else_stands(place, bill):
    before, after = said(build_billing(bill)), said(build_billing(bill, forbids(place)))
    assert place in before
    assert place not in after
    stays = {name for name in before if name != place}
    # A counter goes with the last of what it counts.
    gone = stays - after.keys()
    assert gone <= {"07.NX", "13.VE", "13.WE", "05.HB", "05.HC"}


def test_a_forbidden_segment_is_left_out_whole():
    known = replace(BILL, diagnoses=("I10", "E11.9"))
    assert not [n for n in said(build_billing(known, forbids("13"))) if n.startswith("13")]


def test_the_counter_of_a_group_goes_with_its_last_member():
    codes = replace(BILL, clarification="5", clarifications=("42",))
    fields = said(build_billing(codes, forbids("07.DK")))
    assert "07.NX" not in fields


@pytest.mark.parametrize(
    ("when", "bill"),
    [
        ("coordinated", replace(BILL, others=(OTHER,))),
        ("compound", replace(BILL, compound=CREAM, unit="GM")),
        ("vaccine", replace(BILL, administration=Administration(incentive_usd=Decimal(20)))),
        (
            "part",
            replace(
                BILL,
                quantity=Decimal(12),
                part=Part(status="P", quantity_intended=Decimal(30), days_intended=30),
            ),
        ),
        ("schedule ii", replace(BILL, schedule=2)),
        ("controlled", replace(BILL, schedule=2)),
        ("controlled", replace(BILL, schedule=5)),
        ("340b", replace(BILL, clarification="20", acquisition_cost_usd=Decimal("1.00"))),
        ("dependent", replace(BILL, card=replace(BILL.card, relationship="3"))),
        ("dependent", replace(BILL, card=replace(BILL.card, relationship="2"))),
        ("", BILL),
    ],
)
def test_a_wish_holds_when_its_condition_does(when, bill):
    pecan = wants("01.CQ", when)
    assert [problem.field for problem in sheet_problems(bill, pecan)] == ["phone"]
    if when:
        assert sheet_problems(BILL, pecan) == []


@pytest.mark.parametrize(
    ("when", "bill"),
    [
        ("schedule ii", replace(BILL, schedule=3)),
        ("controlled", replace(BILL, schedule=0)),
        ("controlled", replace(BILL, schedule=6)),
        ("dependent", replace(BILL, card=replace(BILL.card, relationship="0"))),
        ("dependent", replace(BILL, card=replace(BILL.card, relationship=""))),
    ],
)
def test_a_wish_does_not_hold_beyond_its_condition(when, bill):
    assert sheet_problems(bill, wants("01.CQ", when)) == []


def test_a_wish_in_a_group_holds_for_each_repeat_of_it():
    second = replace(OTHER, coverage_type="02", control_number="ICN2")
    pecan = wants("05.A7", "coordinated")
    [problem] = sheet_problems(replace(BILL, others=(OTHER, second)), pecan)
    assert "993-A7" in problem.says
    both = (replace(OTHER, control_number="ICN1"), second)
    assert sheet_problems(replace(BILL, others=both), pecan) == []


def test_a_wish_in_a_group_within_a_group_is_found():
    first, second = CREAM.ingredients
    made = replace(CREAM, ingredients=(replace(first, modifiers=("AA",)), second))
    pecan = wants("10.2H", "compound")
    assert sheet_problems(replace(BILL, compound=made, unit="GM"), pecan) == []
    [problem] = sheet_problems(replace(BILL, compound=CREAM, unit="GM"), pecan)
    assert "363-2H" in problem.says


@pytest.mark.parametrize(
    ("days", "most", "told"), [(34, 34, False), (35, 34, True), (90, 0, False)]
)
def test_more_days_than_the_payer_pays_for_are_told_before_it_is_asked(days, most, told):
    bill = replace(BILL, days_supply=days)
    found = sheet_problems(bill, sheet(f"days_supply_max = {most}"))
    assert [problem.field for problem in found] == ["days_supply"] * told


@pytest.mark.parametrize(
    ("after", "reason", "told"),
    [(90, "", False), (91, "", True), (91, "07", False), (0, "", False)],
)
def test_a_claim_that_comes_late_says_why(after, reason, told):
    bill = replace(BILL, delay_reason=reason)
    on = BILL.service_on + timedelta(days=after)
    found = sheet_problems(bill, sheet("file_within_days = 90"), on=on)
    assert [problem.field for problem in found] == ["delay_reason"] * told


def test_lateness_is_not_looked_at_where_no_day_is_given_or_no_limit_is_known():
    late = BILL.service_on + timedelta(days=999)
    assert sheet_problems(BILL, sheet("file_within_days = 90")) == []
    assert sheet_problems(BILL, ANY, on=late) == []


@pytest.mark.parametrize(
    ("line", "change", "field"),
    [
        ("compounds = false", {"compound": CREAM, "unit": "GM"}, "compound"),
        (
            "parts = false",
            {"part": Part(status="P", quantity_intended=Decimal(60), days_intended=60)},
            "part",
        ),
        ('cob = "none"', {"others": (OTHER,)}, "others"),
        ('takes = ["B2"]', {}, ""),
    ],
)
def test_what_a_payer_does_not_take_is_told(line, change, field):
    bill = replace(BILL, **change)
    assert sheet_problems(bill, ANY) == []
    [problem] = sheet_problems(bill, sheet(line))
    assert problem.field == field
    assert "Pecan Part D" in problem.says


def test_everything_a_payer_misses_is_told_at_once():
    pecan = sheet(
        "compounds = false\ndays_supply_max = 14\n"
        '[[required]]\nfields = ["01.4X", "01.CQ", "07.U7"]\n'
    )
    found = sheet_problems(replace(BILL, compound=CREAM, unit="GM"), pecan)
    assert [problem.field for problem in found] == [
        "residence",
        "phone",
        "pharmacy_service_type",
        "compound",
        "days_supply",
    ]


def bill_with_everything() -> Bill:
    return replace(
        BILL,
        phone="5125550100",
        residence="01",
        diagnoses=("I10",),
        safety=(("DD", "M0", "1G"),),
        others=(OTHER,),
        prior_authorization="PA1",
        clarification="5",
    )


def test_a_payer_who_is_told_everything_is_told_no_less_than_any_payer():
    bill = bill_with_everything()
    told, asked = said(build_billing(bill, CURIOUS)), said(build_billing(bill))
    assert asked.keys() < told.keys()
    assert {name: told[name] for name in asked} == asked
