"""The table of triggers in data/README.md: each row really answers what it says."""

from datetime import date

import pytest

from simulators.payer.desk import Desk
from simulators.payer.plans import DATA, Books
from simulators.tests.counter import Fields, Response, changed, header, priced, written

HEADS = {
    "lone": ("999999", "TESTPCN", {"C2": "XY7654321", "C1": "LSH1001", "C3": "01"}),
    "medicaid": ("999998", "TESTMCD", {"C2": "123456789", "C1": "BBMED", "C3": "01"}),
    "part-d": ("999997", "TESTPTD", {"C2": "1AB2CD3EF45", "C1": "PCND26", "C3": "01"}),
    "strict": ("999996", "TESTADV", {"C2": "CR7654321", "C1": "CAP200", "C3": "01"}),
}


def ndc_of(books: Books, ingredient: str) -> str:
    return next(n for n, d in books.drugs.items() if d.ingredient == ingredient) + "01"


def ask(desk: Desk, where: str, change: Fields) -> Response:
    bin_number, pcn, card = HEADS[where]
    whole: Fields = {"04": card, **priced("99.00"), **change}
    raw = written(header(bin_number=bin_number, pcn=pcn), changed(whole))
    return Response(desk.answer(raw).transmission)


@pytest.mark.parametrize(
    ("where", "ingredient", "body", "codes"),
    [
        ("lone", "esomeprazole", {}, ["70"]),
        ("lone", "sildenafil", {"E7": "0000007000"}, ["76"]),
        ("lone", "tadalafil", {"E7": "0000007000"}, ["76"]),
        ("lone", "sumatriptan", {"E7": "0000010000"}, ["76"]),
        ("lone", "celecoxib", {"E7": "0000061000"}, ["76"]),
        ("lone", "modafinil", {}, ["75"]),
        ("lone", "adalimumab", {}, ["75"]),
        ("medicaid", "sildenafil", {}, ["70"]),
        ("medicaid", "pregabalin", {}, ["75"]),
        ("medicaid", "rosuvastatin", {}, ["75"]),
        ("medicaid", "oxycodone", {"E7": "0000121000", "ET": "0000121000"}, ["76"]),
        ("medicaid", "lisinopril", {"D5": "035"}, ["7X"]),
        ("part-d", "tacrolimus", {}, ["A6"]),
        ("part-d", "mycophenolate", {}, ["A6"]),
        ("part-d", "zolpidem", {}, ["75"]),
        ("strict", "rosuvastatin", {}, ["608"]),
        ("strict", "sitagliptin", {}, ["608"]),
        ("strict", "ranitidine", {}, ["77"]),
        ("strict", "linaclotide", {}, ["MR"]),
        ("strict", "finasteride", {"D8": "1"}, ["61"]),
        ("strict", "tretinoin", {"D8": "1"}, ["60"]),
    ],
)
def test_the_drug_of_a_row_is_answered_as_the_row_says(
    desk: Desk,
    books: Books,
    where: str,
    ingredient: str,
    body: dict[str, str],
    codes: list[str],
) -> None:
    change: Fields = {"07": {"D7": ndc_of(books, ingredient), "D8": "1", **body}}
    assert ask(desk, where, change).all("FB") == codes


@pytest.mark.parametrize(
    ("card", "born", "name", "first_bin"),
    [
        ("634444724", "19540606", "FLORES", "999997"),
        ("623582534", "19741027", "WHITFIELD", "999999"),
    ],
)
def test_a_medicaid_member_with_other_coverage_is_sent_there_first(
    desk: Desk, card: str, born: str, name: str, first_bin: str
) -> None:
    change: Fields = {
        "04": {"C2": card, "C1": "BBMED", "C3": "01"}, "01": {"C4": born, "CB": name},
    }  # fmt: skip
    answer = ask(desk, "medicaid", change)
    assert (answer.all("FB"), answer.one("7C")) == (["41"], first_bin)


def test_every_plan_and_pcn_stands_in_the_table(books: Books) -> None:
    text = (DATA / "README.md").read_text()
    for plan in books.plans:
        for pcn in plan.pcns:
            assert pcn in text, plan.key
        assert plan.bin in text
        assert all(group in text for group in plan.groups if plan.kind != "finder"), plan.key


def test_every_member_named_in_the_table_is_listed(books: Books) -> None:
    text = (DATA / "README.md").read_text()
    cards = {m.cardholder for m in books.everybody()}
    named = [word.strip(",:()") for line in text.splitlines() for word in line.split()]
    for word in named:
        if word[:2] in {"LS", "MQ", "LO", "CR", "GP"} and word[2:].isdigit():
            assert word in cards or word.endswith(("234567", "123456")), word


def test_nobody_has_two_coverages_of_one_rank_on_one_day(books: Books) -> None:
    for member in books.everybody():
        every = books.coverages(member, date(2026, 11, 23))
        ranks = [m.rank for m in every]
        assert len(set(ranks)) == len(ranks), member.cardholder
