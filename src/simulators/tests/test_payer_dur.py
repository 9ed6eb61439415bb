"""Safety conflicts a plan finds in its own history, and what settles them."""

from datetime import date

import pytest

from simulators.payer.desk import Desk
from simulators.payer.plans import Books
from simulators.tests.counter import Fields, Response, changed, header, priced, said, written

NAPROXEN, IBUPROFEN, SERTRALINE = "00093100601", "53746046601", "31722021305"
OXYCODONE, LISINOPRIL, LISINOPRIL_40 = "47781026301", "00591040801", "00591040901"
ZOLPIDEM = "00781531701"
CARD = {"C2": "CR7654321", "C1": "CAP200"}
OTHER_STORE = "1234567893"


def bill(desk: Desk, ndc: str, *more: bytes, **body: str) -> Response:
    on, provider = body.pop("on", "20260301"), body.pop("provider", "2900000110")
    prescriber = body.pop("prescriber", "1234567893")
    whole: Fields = {
        "04": CARD, "03": {"DB": prescriber},
        "07": {"D7": ndc, "DE": on, **body}, **priced("99.00"),
    }  # fmt: skip
    head = header(bin_number="999996", pcn="TESTADV", on=on, provider=provider)
    return Response(desk.answer(written(head, changed(whole)) + b"".join(more)).transmission)


def answered(reason: str, service: str = "M0", result: str = "1G") -> bytes:
    return said("08", f"7E=1 E4={reason} E5={service} E6={result} 8E=11")


def test_two_of_one_class_at_a_time_are_a_therapeutic_duplication(desk: Desk) -> None:
    assert bill(desk, NAPROXEN, D2="1", on="20260220").one("AN") == "P"
    answer = bill(desk, IBUPROFEN, D2="2")
    assert answer.all("FB") == ["88"]
    (conflict,) = answer.groups("J6")
    assert conflict["E4"] == "TD"
    assert conflict["FS"] == "2"
    assert conflict["FU"] == "20260220"
    assert conflict["FV"] == "0000030000"
    assert conflict["FY"] == "ALSO NAPROXEN"


@pytest.mark.parametrize(
    ("provider", "prescriber", "told"),
    [
        ("2900000110", "1234567893", ("1", "1")),
        (OTHER_STORE, "1234567893", ("3", "1")),
        ("2900000110", "2900000110", ("1", "2")),
    ],
)
def test_the_conflict_tells_own_pharmacy_and_prescriber_from_others(
    desk: Desk, provider: str, prescriber: str, told: tuple[str, str]
) -> None:
    bill(desk, NAPROXEN, D2="1", provider=provider, prescriber=prescriber)
    (conflict,) = bill(desk, IBUPROFEN, D2="2").groups("J6")
    assert (conflict["FT"], conflict["FX"]) == told


@pytest.mark.parametrize(
    ("on", "status"), [("20260330", "R"), ("20260331", "P"), ("20260401", "P")]
)
def test_a_supply_used_up_is_no_conflict(
    books: Books, on: str, status: str, desk: Desk
) -> None:
    bill(desk, NAPROXEN, D2="1")
    from_then = Desk(books, desk.memory, seed=1, today=lambda: date(2026, 4, 1))
    assert bill(from_then, IBUPROFEN, D2="2", on=on).one("AN") == status


def test_another_class_is_no_conflict(desk: Desk) -> None:
    bill(desk, NAPROXEN, D2="1")
    assert bill(desk, SERTRALINE, D2="2").one("AN") == "P"


def test_a_conflict_is_of_one_person_alone(desk: Desk) -> None:
    bill(desk, NAPROXEN, D2="1")
    whole: Fields = {
        "04": {"C2": "CR7654321", "C1": "CAP200", "C3": "02"},
        "07": {"D7": IBUPROFEN, "D2": "2"}, **priced("99.00"),
    }  # fmt: skip
    raw = written(header(bin_number="999996", pcn="TESTADV"), changed(whole))
    assert Response(desk.answer(raw).transmission).one("AN") == "P"


@pytest.mark.parametrize("service", ["M0", "P0", "R0"])
@pytest.mark.parametrize("result", ["1A", "1B", "1G"])
def test_a_fitting_intervention_settles_a_conflict(
    desk: Desk, service: str, result: str
) -> None:
    bill(desk, NAPROXEN, D2="1")
    assert bill(desk, IBUPROFEN, answered("TD", service, result), D2="2").one("AN") == "P"


@pytest.mark.parametrize(
    ("service", "result", "codes"),
    [
        ("PE", "1G", ["88", "9C"]),
        ("M0", "2A", ["88", "9D"]),
        ("00", "00", ["88", "9C", "9D"]),
    ],
)
def test_an_intervention_the_plan_does_not_take_says_which_part(
    desk: Desk, service: str, result: str, codes: list[str]
) -> None:
    bill(desk, NAPROXEN, D2="1")
    answer = bill(desk, IBUPROFEN, answered("TD", service, result), D2="2")
    assert answer.all("FB") == codes


def test_the_answer_to_another_conflict_settles_nothing(desk: Desk) -> None:
    bill(desk, NAPROXEN, D2="1")
    assert bill(desk, IBUPROFEN, answered("HD"), D2="2").all("FB") == ["88"]


def test_one_ingredient_twice_may_not_be_overridden(desk: Desk) -> None:
    bill(desk, LISINOPRIL, D2="1")
    first = bill(desk, LISINOPRIL_40, D2="2")
    assert (first.all("FB"), first.one("E4")) == (["88"], "ID")
    assert bill(desk, LISINOPRIL_40, answered("ID"), D2="2").all("FB") == ["943"]


@pytest.mark.parametrize(
    ("quantity", "codes"), [("0000030000", []), ("0000030001", ["76", "88"])]
)
def test_more_than_the_daily_limit_is_a_high_dose_beside_the_quantity_limit(
    desk: Desk, quantity: str, codes: list[str]
) -> None:
    assert bill(desk, ZOLPIDEM, E7=quantity).all("FB") == codes


def test_a_high_dose_of_an_opioid_is_settled_by_the_prescribers_word(desk: Desk) -> None:
    many = {"E7": "0000300000", "ET": "0000300000"}
    refused = bill(desk, OXYCODONE, **many)
    assert (refused.all("FB"), refused.one("E4"), refused.one("FS")) == (["88"], "HD", "1")
    assert refused.all("FU") == []
    assert bill(desk, OXYCODONE, answered("HD"), **many).one("AN") == "P"


def test_an_early_refill_is_a_conflict_here_and_says_the_last_fill(desk: Desk) -> None:
    bill(desk, LISINOPRIL, D2="1", on="20260215")
    answer = bill(desk, LISINOPRIL, D2="1", D3="01")
    assert answer.all("FB") == ["88"]
    assert (answer.one("E4"), answer.one("FU")) == ("ER", "20260215")
    assert bill(desk, LISINOPRIL, answered("ER"), D2="1", D3="01").one("AN") == "P"


def test_a_vacation_supply_needs_no_intervention(desk: Desk) -> None:
    bill(desk, LISINOPRIL, D2="1", on="20260215")
    assert bill(desk, LISINOPRIL, D2="1", D3="01", NX="1", DK="3").one("AN") == "P"


def test_two_conflicts_are_numbered_and_each_wants_its_answer(desk: Desk) -> None:
    bill(desk, NAPROXEN, D2="1", on="20260220")
    bill(desk, IBUPROFEN, answered("TD"), D2="2", on="20260220")
    answer = bill(desk, IBUPROFEN, D2="2", D3="01")
    assert [group["J6"] for group in answer.groups("J6")] == ["1", "2"]
    assert [group["E4"] for group in answer.groups("J6")] == ["ER", "TD"]
    both = said("08", "7E=1 E4=ER E5=P0 E6=1B 7E=2 E4=TD E5=M0 E6=1G")
    assert bill(desk, IBUPROFEN, both, D2="2", D3="01").one("AN") == "P"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("E4=TD E5=M0 E6=1G", "7E"),
        ("7E=2 E4=TD E5=M0 E6=1G", "P8"),
        ("7E=1 E5=M0 E6=1G", "E4"),
        ("7E=1 E4=TD E5=MO2 E6=1G", "E5"),
        ("7E=1 E4=TD E5=M0 E6=9Z", "E6"),
        ("7E=1 E4=T1 E5=M0 E6=1G", "E4"),
    ],
)
def test_a_malformed_intervention_is_refused_by_its_field(
    desk: Desk, fields: str, code: str
) -> None:
    assert bill(desk, LISINOPRIL, said("08", fields)).all("FB") == [code]


def test_a_plan_that_judges_nothing_pays_beside_a_conflict(desk: Desk) -> None:
    for number, ndc in (("1", NAPROXEN), ("2", IBUPROFEN)):
        claim = changed({"07": {"D7": ndc, "D2": number}})
        assert Response(desk.answer(written(header(), claim)).transmission).one("AN") == "P"
