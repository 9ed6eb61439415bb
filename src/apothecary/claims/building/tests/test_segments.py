"""Each fact of a bill stands in its own field, folded as claims need it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apothecary.claims.building import (
    Bill,
    Coupon,
    Injury,
    build_billing,
    sheet_problems,
)
from apothecary.claims.building.places import FACT_OF, named
from apothecary.claims.building.tests.payers import ANY, CURIOUS, one, said
from apothecary.claims.building.tests.test_billing import BILL
from apothecary.claims.building.tests.test_price import CREAM
from apothecary.law.problem import Refused
from apothecary.wires import Malformed

FIRST = CREAM.ingredients[:1]


def sent(bill: Bill, place: str) -> object:
    return one(build_billing(bill, CURIOUS), place)


@pytest.mark.parametrize(
    ("change", "place", "value"),
    [
        ({"phone": "(512) 555-0100"}, "01.CQ", "5125550100"),
        ({"phone": "+1 512 555 0100"}, "01.CQ", "5125550100"),
        ({"residence": "03"}, "01.4X", "03"),
        ({"place_of_service": "01"}, "01.C7", "01"),
        ({"pharmacist_npi": "1234567893"}, "02.EY", "01"),
        ({"pharmacist_npi": "1234567893"}, "02.E9", "1234567893"),
        ({"prescriber_qualifier": "12", "prescriber_npi": "AB1234563"}, "03.EZ", "12"),
        ({"prescriber_qualifier": "12", "prescriber_npi": "AB1234563"}, "03.DB", "AB1234563"),
        ({"prescriber_first_name": "Zoë"}, "03.2J", "ZOE"),
        ({"prescriber_phone": "512.555.0101"}, "03.PM", "5125550101"),
        ({"prescriber_street": "1 Elm St"}, "03.2K", "1 ELM ST"),
        ({"prescriber_city": "Anytown"}, "03.2M", "ANYTOWN"),
        ({"prescriber_state": "TX"}, "03.2N", "TX"),
        ({"prescriber_postal_code": "78701-1234"}, "03.2P", "787011234"),
        ({"injury": Injury(on=date(2026, 11, 2))}, "06.DY", date(2026, 11, 2)),
        ({"injury": Injury(on=date(2026, 11, 2), reference="wc-77")}, "06.DZ", "WC-77"),
        ({"injury": Injury(on=date(2026, 11, 2), employer="Oak Mill")}, "06.CF", "OAK MILL"),
        ({"injury": Injury(on=date(2026, 11, 2), carrier="c12")}, "06.CR", "C12"),
        ({"other_coverage": "01"}, "07.C8", "01"),
        ({"delay_reason": "07"}, "07.NV", "07"),
        ({"level_of_service": "03"}, "07.DI", "03"),
        ({"special_packaging": "3"}, "07.DT", "3"),
        ({"pharmacy_service_type": "01"}, "07.U7", "01"),
        ({"authorization_type": "8"}, "07.EU", "8"),
        ({"authorization_type": "9", "prior_authorization": "pa1"}, "07.EU", "9"),
        ({"prior_authorization": "pa1"}, "07.EU", "1"),
        ({"prior_authorization": "pa1"}, "07.EV", "PA1"),
        ({"coupon": Coupon(kind="01", number="cp77")}, "09.KE", "01"),
        ({"coupon": Coupon(kind="01", number="cp77")}, "09.ME", "CP77"),
        (
            {"coupon": Coupon(kind="01", number="cp77", value_usd=Decimal("25.00"))},
            "09.NE",
            Decimal("25.00"),
        ),
        ({"diagnoses": ("e11.9",)}, "13.DO", "E119"),
        ({"diagnoses": ("E119",)}, "13.WE", "02"),
    ],
)
def test_a_fact_stands_in_its_field(change, place, value):
    assert sent(replace(BILL, **change), place) == value
    if not {"prescriber_npi"} & change.keys():
        assert sent(BILL, place) is None


@pytest.mark.parametrize(
    ("change", "place", "value"),
    [
        ({"first_name": "María", "last_name": "Núñez"}, "04.CC", "MARIA"),
        ({"first_name": "María", "last_name": "Núñez"}, "04.CD", "NUNEZ"),
        ({"plan_id": "p8"}, "04.FO", "P8"),
        ({"eligibility_clarification": "2"}, "04.C9", "2"),
    ],
)
def test_a_card_says_more_where_the_payer_wants_to_know_more(change, place, value):
    assert sent(replace(BILL, card=replace(BILL.card, **change)), place) == value


def test_a_doctors_zip_and_a_long_name_are_cut_to_what_the_field_holds():
    long = replace(BILL, prescriber_last_name="Wolfeschlegelsteinhausen", first_name="Ann " * 9)
    fields = said(build_billing(long, CURIOUS))
    assert fields["03.DR"] == ["WOLFESCHLEGELST"]
    assert fields["01.CA"] == ["ANN ANN ANN"]


@pytest.mark.parametrize(
    ("first", "more", "codes"),
    [
        ("", (), None),
        ("5", (), ["5"]),
        ("", ("42",), ["42"]),
        ("5", ("42", "5"), ["5", "42"]),
        ("5", ("8", "42"), ["5", "8", "42"]),
    ],
)
def test_clarifications_are_said_once_each_the_technicians_own_first(first, more, codes):
    bill = replace(BILL, clarification=first, clarifications=more)
    assert said(build_billing(bill)).get("07.DK") == codes


def test_several_diagnoses_stand_under_their_count():
    fields = said(build_billing(replace(BILL, diagnoses=("E11.9", "I10")), CURIOUS))
    assert (fields["13.VE"], fields["13.DO"]) == ([2], ["E119", "I10"])


@pytest.mark.parametrize(
    ("given", "sent_as"),
    [
        ("E11.9", "E119"),
        ("e11.9 ", "E119"),
        ("I10", "I10"),
        ("S52.521A", "S52521A"),
        ("O9A.111", "O9A111"),
        ("hypertension", None),
        ("E11.", None),
        ("E11.90000", None),
        ("E1", None),
        ("", None),
    ],
)
def test_a_diagnosis_in_words_is_no_code_and_is_not_sent(given, sent_as):
    assert sent(replace(BILL, diagnoses=(given,)), "13.DO") == sent_as


def test_a_compound_is_billed_by_its_ingredients_and_not_by_a_package():
    route = replace(CREAM, route="6064005", kind="02", effort="11")
    fields = said(build_billing(replace(BILL, compound=route, unit="GM"), CURIOUS))
    assert [fields[f"07.{name}"] for name in ("E1", "D7", "D6")] == [["00"], ["0"], ["2"]]
    assert (fields["07.E2"], fields["07.G1"]) == (["6064005"], ["02"])
    assert (fields["10.EF"], fields["10.EG"], fields["10.EC"]) == (["03"], ["2"], [2])
    assert fields["10.RE"] == ["03", "03"]
    assert fields["10.TE"] == ["00168001531", "00168005431"]
    assert fields["10.ED"] == [Decimal(15), Decimal(15)]
    assert fields["10.EE"] == [Decimal("4.11"), Decimal("9.02")]
    assert fields["10.UE"] == ["05", "05"]
    assert fields["08.8E"] == ["11"]


def test_an_ingredient_carries_its_modifiers_under_their_own_count():
    first, second = CREAM.ingredients
    made = replace(CREAM, ingredients=(replace(first, modifiers=("AA", "BB")), second))
    fields = said(build_billing(replace(BILL, compound=made, unit="GM"), CURIOUS))
    assert (fields["10.2G"], fields["10.2H"]) == ([2], ["AA", "BB"])


@pytest.mark.parametrize(("unit", "form"), [("EA", "1"), ("GM", "2"), ("ML", "3")])
def test_the_unit_of_a_compound_follows_from_its_billing_unit(unit, form):
    assert sent(replace(BILL, compound=CREAM, unit=unit), "10.EG") == form


def test_a_compound_may_be_paid_for_what_of_it_is_covered():
    bill = replace(BILL, compound=CREAM, unit="GM", clarification="8")
    assert sent(bill, "07.DK") == "8"


def test_what_is_no_compound_has_no_ingredients():
    assert sent(BILL, "07.D6") == "1"
    assert not [name for name in said(build_billing(BILL, CURIOUS)) if name.startswith("10.")]


@pytest.mark.parametrize(
    ("change", "field", "named_in_it"),
    [
        ({"compound": replace(CREAM, ingredients=())}, "compound", "2 to 25"),
        ({"compound": replace(CREAM, ingredients=CREAM.ingredients[:1])}, "compound", "not 1"),
        (
            {"compound": replace(CREAM, ingredients=CREAM.ingredients[:1] * 2)},
            "compound",
            "twice",
        ),
        ({"compound": replace(CREAM, form="")}, "compound", "450-EF"),
        ({"compound": CREAM, "unit": "TAB"}, "unit", "'TAB'"),
    ],
)
def test_a_compound_that_no_payer_takes_is_refused_with_its_reason(change, field, named_in_it):
    problems = sheet_problems(replace(BILL, **{"unit": "GM", **change}), ANY)
    assert [problem.field for problem in problems] == [field]
    assert named_in_it in problems[0].says


def test_an_ingredient_does_not_cost_less_than_nothing():
    first, second = CREAM.ingredients
    owed = replace(CREAM, ingredients=(replace(first, cost_usd=Decimal("-1.00")), second))
    [problem] = sheet_problems(replace(BILL, compound=owed, unit="GM"), ANY)
    assert problem.field == "compound"


def test_26_ingredients_are_too_many():
    first = CREAM.ingredients[0]
    many = tuple(replace(first, ndc11=f"{number:011d}") for number in range(1, 27))
    bill = replace(BILL, compound=replace(CREAM, ingredients=many), unit="GM")
    [problem] = sheet_problems(bill, ANY)
    assert "not 26" in problem.says
    less = replace(BILL, compound=replace(CREAM, ingredients=many[:25]), unit="GM")
    assert one(build_billing(less), "10.EC") == 25


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"safety": (("DD", "M0", "1G"),) * 10}, "safety"),
        ({"clarifications": ("2", "3", "4", "5")}, "clarification"),
        ({"diagnoses": ("I10",) * 6}, "diagnoses"),
        ({"card_kind": "workers compensation"}, "injury"),
    ],
)
def test_what_a_claim_cannot_hold_is_refused_at_its_field(change, field):
    with pytest.raises(Refused) as refusal:
        build_billing(replace(BILL, **change))
    assert [problem.field for problem in refusal.value.problems] == [field]


def test_nine_services_are_the_most_a_claim_can_tell():
    nine = replace(BILL, safety=(("DD", "M0", "1G"),) * 9)
    assert said(build_billing(nine))["08.7E"] == list(range(1, 10))


def test_an_injury_at_work_is_billed_with_its_day():
    hurt = replace(BILL, card_kind="workers compensation", injury=Injury(on=date(2026, 11, 2)))
    assert one(build_billing(hurt), "06.DY") == date(2026, 11, 2)


def test_a_part_is_a_first_one_or_completes_one(part_of_a_fill):
    [problem] = sheet_problems(replace(BILL, part=replace(part_of_a_fill, status="X")), ANY)
    assert problem.field == "part"


def test_a_number_that_is_too_long_for_its_field_is_refused_and_not_cut():
    with pytest.raises(Malformed) as refusal:
        build_billing(replace(BILL, injury=Injury(on=date(2026, 11, 2), reference="R" * 31)))
    assert "DZ" in refusal.value.field


def test_every_field_a_payer_may_ask_for_names_a_fact_of_the_bill():
    facts = {*Bill.__dataclass_fields__, "authorization"}
    assert {fact.split(".")[0] for fact in FACT_OF.values()} <= facts
    assert all(named(place) for place in FACT_OF)


def test_a_field_is_called_as_payer_sheets_call_it():
    assert named(("01", "4X")) == "patient residence (384-4X)"
