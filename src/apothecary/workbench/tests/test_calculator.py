"""The calculator page: found by words, filled in, refused under the field, drawn."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from markupsafe import escape

from apothecary.arithmetic.reckoning import reckon
from apothecary.arithmetic.table import calculations, kinds
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.workbench import calculator
from apothecary.workbench.calculator_picture import alligation_square


@pytest.fixture
def client(pharmacy) -> Client:
    person = pharmacy.people[Role.TRAINEE]
    token = worker_token(person=person, station="x", at=timezone.now())
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def asked(client: Client, **typed: str) -> str:
    answer = client.get("/calculator", typed)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(page: str) -> list[str]:
    return re.findall(r'id="calculation-(\w+)"', page)


def test_the_list_shows_fifty_and_says_how_many_there_are(client):
    page = asked(client)
    assert rows(page) == list(calculations())[:50]
    assert "The first 50 of 161: type to narrow." in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cockcroft", ["E11", "E12"]),
        ("CREATININE clearance", ["E11", "E12"]),
        ("alligation", ["B20", "B21"]),
        ("drip rate", ["D02", "D04", "D06", "D07", "D09", "D05"]),
        ("b18", ["B18"]),
        ("zebra", []),
    ],
)
def test_a_calculation_is_found_by_words_in_any_order(client, words, found):
    shown = rows(asked(client, q=words))
    assert sorted(shown) == sorted(found)
    if not found:
        assert "No calculation has these words" in asked(client, q=words)


def test_what_is_in_the_name_stands_before_what_is_in_the_words(client):
    assert rows(asked(client, q="dilution"))[0] == "B19"


def test_every_calculation_has_a_page_whose_example_comes_out(client):
    for row in calculations().values():
        page = asked(client, of=row.id)
        assert f"<h1>{escape(row.name)}</h1>" in page
        assert "Nothing reckoned yet" in page
        reckoned = client.get("/calculator" + calculator.example(row)).content.decode()
        expected = calculator.result(reckon(row, row.example))
        assert f'id="result">{escape(expected)}</p>' in reckoned, row.id


def test_the_working_stands_line_by_line_with_source_and_mark(client):
    page = asked(client, of="E11", age="58", kg="161 lb", scr="1.2")
    assert "<li>kg: 161 lb = 73.02837157 kg</li>" in page
    assert "rounded half up to 1 decimal: 69.3 mL/min" in page
    assert "Cockcroft-Gault 1976 · X" in page


@pytest.mark.parametrize(
    ("typed", "unit", "read"),
    [
        ("154", "lb", "154 lb"),
        ("154", "kg", "154"),
        ("154", "", "154"),
        # What is typed behind the number is meant.
        ("154 lb", "kg", "154 lb"),
        ("70 kg", "lb", "70 kg"),
        ("", "lb", ""),
        ("heavy", "lb", "heavy"),
    ],
)
def test_the_chosen_unit_counts_where_none_is_typed(typed, unit, read):
    (weight,) = (a for a in calculations()["E11"].inputs if a.name == "kg")
    assert calculator.said("kg", {"kg": typed, "kg-unit": unit}, weight) == read


def test_a_ratio_strength_is_chosen_as_a_unit(client):
    page = asked(client, of="B18", c1="1000", **{"c1-unit": "1:x"}, c2="0.02", v2="100")
    assert "<li>c1: 1:1000 = 0.1 %</li>" in page
    assert 'id="result">20 mL</p>' in page


def test_a_refused_input_says_why_under_its_field_and_keeps_what_was_typed(client):
    page = asked(client, of="E11", age="400", kg="70 cm", scr="0")
    refusals = re.findall(r'<p class="refusal">(.*?)</p>', page)
    assert refusals == [
        "400 yr is above 130 yr",
        "70 cm measures length; asked is mass (kg)",
        "0 mg/dL is below 0.05 mg/dL",
    ]
    assert 'value="70 cm"' in page
    assert 'id="result"' not in page
    assert page.count('aria-invalid="true"') == 3


def test_a_caution_stands_beside_the_result(client):
    page = asked(client, of="E24", kg="154", cm="110", age="5")
    assert 'id="result">2208 kcal/day</p>' in page
    assert "154 kg at 5 years (usual is about 18 kg): check the unit of the weight" in page


def test_yes_or_no_is_chosen_and_never_assumed(client):
    page = asked(client, of="E13", scr="1.4", age="55")
    assert "is missing (female)" in page
    page = asked(client, of="E13", scr="1.4", age="55", female="no")
    assert 'id="result">59.4 mL/min/1.73m2</p>' in page


def test_the_alligation_square_says_what_it_shows(client):
    page = asked(client, of="B20", high="10", low="2", want="5", total="90")
    says = "3 parts of 10 % (33.75 g of high) and 5 parts of 2 % (56.25 g of low) make 5 %"
    assert f"<desc>{says}</desc>" in page
    assert (
        "<svg"
        not in asked(client, of="B21", q="1, 2", c="3, 4")
        .split('id="work"')[1]
        .split('id="result"')[1]
        .split("</section>")[0]
    )


def test_the_square_stays_inside_its_frame():
    answer = reckon(calculations()["B20"], calculations()["B20"].example)
    drawn = str(alligation_square(answer.texts))
    width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawn)[0])
    for x, y in re.findall(r'<text x="(\d+)" y="(\d+)"', drawn):
        assert 40 <= int(x) <= width - 40
        assert 0 < int(y) < height


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("weight", "kg from 0.2 to 700"),
        ("mg", "mg"),
        ("fraction", "above 0 to 1"),
        ("date", "as 2026-06-14 or 06/14/2026"),
        ("taper", "tablets in a day x days, as 4x3, 3x3, 2x3"),
        ("code", ""),
    ],
)
def test_a_field_says_how_it_is_typed(kind, says):
    assert calculator.hint(kinds()[kind]) == says


def test_words_that_were_sent_put_the_focus_on_the_best_hit_and_typing_does_not(client):
    sent = asked(client, q="cockcroft")
    assert re.search(r'<tr id="calculation-E11"[^>]* autofocus>', sent)
    assert sent.count(" autofocus") == 1
    there = client.get("/calculator", {"q": "cockcroft"}, headers={"HX-Request": "true"})
    assert not re.search(r"<tr[^>]* autofocus>", there.content.decode())
    for untouched in (asked(client), asked(client, q="zebra")):
        assert re.search(r"<input[^>]*name=\"q\"[^>]* autofocus", untouched)


def test_an_unknown_calculation_leads_to_the_list(client):
    assert len(rows(asked(client, of="Z99"))) == 50


def test_what_is_typed_cannot_become_part_of_the_page(client):
    page = asked(client, of="E11", age="<script>alert(1)</script>", kg='"><i>', scr="{{1}}")
    assert "<script>alert" not in page
    assert '"><i>' not in page
