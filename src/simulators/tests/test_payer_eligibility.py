"""Eligibility: found by card or by who somebody is, with everything a claim needs mended."""

from datetime import date

import pytest

from simulators.payer.desk import Desk
from simulators.payer.plans import Books, Member
from simulators.payer.wire import FS, RS
from simulators.tests.counter import Response, header

FINDER = {"bin_number": "999988", "pcn": "TESTFIND"}


def segment(segment_id: str, pairs: dict[str, str]) -> str:
    return f"{RS}{FS}AM{segment_id}" + "".join(f"{FS}{i}{v}" for i, v in pairs.items())


def ask(
    desk: Desk, insurance: dict[str, str], patient: dict[str, str] | None = None, **head: str
) -> Response:
    text = header(code="E1", **head) + segment("04", insurance)
    text += segment("01", patient) if patient is not None else ""
    return Response(desk.answer(text.encode()).transmission)


def shared(answer: Response) -> dict[str, str]:
    """The fields before the first transaction."""
    head = answer.text[31:].split("\x1d")[0]
    return {part[:2]: part[2:] for part in head.replace(RS, "").split(FS)[1:]}


KIM = {"CA": "DANIEL", "CB": "KIM", "C4": "19680317", "C5": "1", "CP": "78130"}
DELGADO = {"CA": "MARIA", "CB": "DELGADO", "C4": "19801212"}


def test_a_card_is_found_with_its_right_group_and_the_patients_name(desk: Desk) -> None:
    answer = ask(desk, {"C2": "LS1152310", "C1": "WRONG"}, KIM)
    assert answer.one("AN") == "A"
    told = shared(answer)
    assert (told["C1"], told["C2"]) == ("LSH1001", "LS1152310")
    assert (told["CA"], told["CB"], told["C4"]) == ("DANIEL", "KIM", "19680317")


def test_every_coverage_is_told_in_its_order_with_the_person_code(desk: Desk) -> None:
    answer = ask(desk, {"C2": "LS1152310"}, KIM)
    groups = answer.groups("5C")
    assert answer.one("NT") == "3"
    assert [(g["5C"], g["7C"], g["NU"], g["UV"]) for g in groups] == [
        ("01", "999999", "LS1152310", "01"),
        ("02", "999995", "MQ040001", "01"),
        ("03", "999994", "LO040001", "01"),
    ]


def test_without_a_card_the_finder_knows_somebody_by_name_birth_sex_and_zip(
    desk: Desk,
) -> None:
    ibarra = {"CA": "TERESA", "CB": "IBARRA", "C4": "19760404", "C5": "2", "CP": "78644"}
    answer = ask(desk, {}, ibarra, **FINDER)
    assert answer.one("AN") == "A"
    assert shared(answer)["C2"] == "CR0360001"
    assert (answer.one("7C"), answer.one("MH"), answer.one("MJ")) == (
        "999996", "TESTADV", "CAP200",
    )  # fmt: skip


def test_a_part_d_member_is_told_as_such(desk: Desk) -> None:
    flores = {"CA": "ANA", "CB": "FLORES", "C4": "19540606", "CP": "78640"}
    answer = ask(desk, {}, flores, **FINDER)
    assert shared(answer)["UR"] == "1"
    assert [g["7C"] for g in answer.groups("5C")] == ["999997", "999998"]


@pytest.mark.parametrize(
    ("more", "codes", "card"),
    [
        ({}, ["MS"], ""),
        ({"CP": "78666"}, [], "637931464"),
        ({"CP": "78130"}, [], "LS6262196"),
        ({"CP": "78666-1234"}, [], "637931464"),
        ({"CP": "99999"}, ["N1"], ""),
        ({"C5": "1"}, ["N1"], ""),
    ],
)
def test_two_people_of_one_name_and_birth_date_are_told_apart_by_zip(
    desk: Desk, more: dict[str, str], codes: list[str], card: str
) -> None:
    answer = ask(desk, {}, {**DELGADO, **more}, **FINDER)
    assert answer.all("FB") == codes
    assert shared(answer).get("C2", "") == card


@pytest.mark.parametrize(
    ("patient", "codes"),
    [
        (None, ["07"]),
        ({"C4": "19680317"}, ["CB"]),
        ({"CB": "KIM"}, ["09"]),
        ({"CB": "KIM", "C4": "19680332"}, ["09"]),
        ({"CB": "KIM", "C4": "19680318"}, ["N1"]),
        ({"CB": "KIM", "CA": "DAVID", "C4": "19680317"}, ["N1"]),
    ],
)
def test_a_search_needs_name_and_birth_date_and_must_fit(
    desk: Desk, patient: dict[str, str] | None, codes: list[str]
) -> None:
    assert ask(desk, {}, patient, **FINDER).all("FB") == codes


def test_a_plan_knows_only_its_own_members(desk: Desk) -> None:
    ibarra = {"CB": "IBARRA", "C4": "19760404"}
    assert ask(desk, {}, ibarra).all("FB") == ["N1"]
    assert ask(desk, {}, KIM).one("AN") == "A"


def test_a_family_card_is_told_apart_by_birth_date_or_person_code(desk: Desk) -> None:
    card = {"C2": "LS3218633"}
    assert ask(desk, card).all("FB") == ["MS"]
    amy = ask(desk, card, {"C4": "20100108", "CB": "CHEN"})
    assert (shared(amy)["CA"], amy.one("UV")) == ("AMY", "02")
    by_code = ask(desk, {**card, "C3": "02"})
    assert shared(by_code)["CA"] == "AMY"
    assert ask(desk, card, {"C4": "19990101"}).all("FB") == ["53"]


def test_twins_on_one_card_need_the_person_code(desk: Desk) -> None:
    twins = {"CB": "TATE", "C4": "20260818"}
    on = "20260901"
    assert ask(desk, {"C2": "LS3977582"}, twins, on=on).all("FB") == ["MS"]
    one = ask(desk, {"C2": "LS3977582", "C3": "003"}, twins, on=on)
    assert shared(one)["CA"] == "RILEY"


@pytest.mark.parametrize(
    ("on", "codes"), [("20251231", ["67"]), ("20260630", []), ("20260701", ["69"])]
)
def test_coverage_has_a_first_and_a_last_day(desk: Desk, on: str, codes: list[str]) -> None:
    answer = ask(desk, {"C2": "CR0240009"}, bin_number="999996", pcn="TESTADV", on=on)
    assert answer.all("FB") == codes


def test_an_unlisted_card_of_the_plans_pattern_is_good_and_nothing_more(desk: Desk) -> None:
    answer = ask(desk, {"C2": "XY1234567"})
    assert (answer.one("AN"), answer.all("NT")) == ("A", [])
    assert shared(answer) == {"AM": "25", "C1": "LSH1001", "C2": "XY1234567"}
    assert ask(desk, {"C2": "?"}).all("FB") == ["52"]


def test_a_bad_day_or_a_missing_insurance_segment_is_refused(desk: Desk) -> None:
    assert ask(desk, {"C2": "LS1152310"}, on="20260231").all("FB") == ["15"]
    bare = header(code="E1") + segment("01", KIM)
    assert Response(desk.answer(bare.encode()).transmission).all("FB") == ["6J"]


def test_the_finder_bills_nothing(desk: Desk) -> None:
    raw = header(**FINDER) + segment("04", {"C2": "X"}) + "\x1d" + segment("07", {"D2": "1"})
    assert Response(desk.answer(raw.encode()).transmission).all("FB")[0] == "04"


def test_the_same_human_being_needs_the_same_first_name(books: Books) -> None:
    jordan, riley = (m for m in books.everybody() if m.born_on == date(2026, 8, 18))
    assert not jordan.is_person(riley)
    nameless = Member("1", "1", "X", date(2000, 1, 1), None, None)
    assert not nameless.is_person(nameless)


def test_an_injury_is_no_coverage_in_the_line_of_payers(books: Books) -> None:
    campbell = books.on_card(books.plan("gulf-prairie-compensation"), "GP0100001")[0]
    assert books.coverages(campbell, date(2026, 3, 1)) == [campbell]
    own = books.on_card(books.plan("lonestar-commercial"), "LS7847638")[0]
    assert books.coverages(own, date(2026, 3, 1)) == [own]
