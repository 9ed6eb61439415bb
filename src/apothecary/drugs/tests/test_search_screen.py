"""The screen on which a drug is found while its name is typed, and the same for programs."""

import pytest
from django.test import Client
from django.utils import timezone

from apothecary.drugs.models import Package, Product
from apothecary.drugs.search_first import First, put_first
from apothecary.drugs.search_index import refresh
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(pharmacy) -> Client:
    person = pharmacy.people[Role.TECHNICIAN]
    token = worker_token(person=person, station="x", at=timezone.now())
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def typed(client: Client, asked: str) -> str:
    return client.get("/drugs/", {"q": asked}, headers=HTMX).content.decode()


def twin_of(world, drug: str, **change: object) -> Product:
    product = Product.objects.get(pk=world.drugs[drug].product_id)
    product.pk, product.labeler_code = None, "99999"
    for name, value in change.items():
        setattr(product, name, value)
    product.save(force_insert=True)
    refresh()
    return product


def test_a_line_tells_name_strength_form_labeler_price_and_its_date(client):
    line = typed(client, "lisin 10")
    told = ["lisinopril", "10 mg", "tablet", "Example Labs", "$0.02110", "EA", "Prinivil"]
    assert [part for part in told if part not in line] == []
    assert line.count("data-open=") == 2
    assert 'data-asked="lisin 10"' in line


def test_the_whole_page_answers_without_scripts(client):
    page = client.get("/drugs/", {"q": "warfarin"}).content.decode()
    assert "<h1>Drugs</h1>" in page
    assert 'value="warfarin"' in page
    assert page.count("data-open=") == 1


def test_nothing_typed_and_nothing_found_say_what_can_be_typed(client):
    assert "Type a drug" in typed(client, "")
    assert "No drug answers" in typed(client, "xyzzy")


def test_what_was_typed_is_shown_and_never_run(client):
    page = client.get("/drugs/", {"q": '"><script>x</script>'}).content.decode()
    assert "<script>x</script>" not in page


def test_a_correction_an_abbreviation_and_an_error_prone_one_are_said(client):
    assert "showing warfarin for wafrarin" in typed(client, "wafrarin")
    assert "HCL = hydrochloride" in typed(client, "metformin hcl")
    assert "error-prone" in typed(client, "metformin hcl")


def test_look_alikes_of_one_list_stand_marked_with_source_and_tall_letters(pharmacy, client):
    twin_of(pharmacy, "lisinopril", name="hydroxyzine", ingredient_key="hydroxyzine")
    twin_of(pharmacy, "lisinopril", name="hydralazine", ingredient_key="x", product_code="2")
    page = typed(client, "hydr")
    assert page.count('class="look"') == 2
    assert 'hydr<b class="tall">OXY</b>zine' in page
    assert "look-alike: hydr" in page
    assert "FDA Name Differentiation Project list (V2)" in page


def test_schedule_shelf_and_how_often_it_is_given_out_are_marked(pharmacy, client):
    drugs = pharmacy.drugs
    these = [
        First(drugs["oxycodone"].product_id, fills=7, on_shelf=True),
        First(drugs["alprazolam"].product_id, fills=3),
    ]
    put_first(pharmacy_id=pharmacy.pharmacy.pk, these=these)
    line = typed(client, "oxyc")
    assert "C-II" in line
    assert "on the shelf" in line
    assert "given out 3×" in typed(client, "alpraz")


def test_other_labelers_of_the_same_drug_are_counted(pharmacy, client):
    twin_of(pharmacy, "warfarin", labeler="Taro")
    assert "and 1 more" in typed(client, "warfarin")


def test_a_drug_without_a_price_shows_a_dash(pharmacy, client):
    Package.objects.filter(pk=pharmacy.drugs["warfarin"].pk).update(price_usd=None)
    line = typed(client, "warfarin")
    assert "$" not in line.partition("<tbody>")[2].partition("</tbody>")[0]


def test_the_screen_costs_at_most_eight_queries(client, django_assert_max_num_queries):
    client.get("/drugs/", {"q": "lisinopril"})
    with django_assert_max_num_queries(8):
        typed(client, "lisinopril 10")


def program(client: Client, **asked: str | int):
    return client.get("/api/drugs", asked, headers={"accept": "application/json"})


def test_a_program_finds_what_the_screen_finds_with_every_mark(client):
    answer = program(client, q="metformin hcl").json()
    (drug,) = answer["drugs"]
    assert answer["says"] == ""
    assert "error-prone" in answer["warnings"][0]
    assert (drug["name"], drug["called"]) == (
        "metformin hydrochloride",
        "metFORMIN hydrochloride",
    )
    assert (drug["strength"], drug["unit"], drug["price_usd"]) == ("500 mg", "EA", "0.02500")
    assert (drug["why"], drug["corrected"]) == (["HCL = hydrochloride"], False)
    assert drug["look_alikes"] == []


def test_a_program_is_told_of_a_correction(client):
    answer = program(client, q="wafrarin", limit=1).json()
    assert answer["says"] == "Nothing is written so: showing warfarin for wafrarin."
    assert [drug["corrected"] for drug in answer["drugs"]] == [True]


@pytest.mark.parametrize(
    ("asked", "field"),
    [({}, "q"), ({"q": "x" * 101}, "q"), ({"q": "a", "limit": 0}, "limit"),
     ({"q": "a", "limit": 21}, "limit"), ({"q": "a", "limit": "many"}, "limit")],
)  # fmt: skip
def test_a_question_that_cannot_be_is_bad_input_by_its_field(client, asked, field):
    answer = program(client, **asked)
    assert answer.status_code == 422
    assert {problem["field"] for problem in answer.json()["problems"]} == {field}


@pytest.mark.parametrize(
    ("asked", "standing", "says"),
    [
        ("warfarin", "listed", "hazardous (NIOSH 2024, table 2)"),
        ("lisinopril", "not listed", "no list calls a drug safe"),
    ],
)
def test_a_program_is_told_whether_a_drug_is_hazardous_and_by_what(
    client, asked, standing, says
):
    found = program(client, q=asked).json()["drugs"]
    assert found
    assert {each["hazard"]["standing"] for each in found} == {standing}
    for said in (each["hazard"]["says"][0] for each in found):
        assert says in said["says"]
        assert "DHHS (NIOSH) 2025-103" in said["cite"]
        assert said["verified"] in {"V2", "K"}
