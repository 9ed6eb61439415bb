"""A compound beside a prescription: found, scanned, typed, refused by field, and ordered."""

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from apothecary.filling.tests.bench import upc
from apothecary.intake.mixture import Line, Mixture, refused, typed_mixture, without_ingredient
from apothecary.intake.models import Arrival, Source
from apothecary.intake.tests import test_views
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem
from apothecary.prescriptions.compound_tables import Compound
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.tests.mixed import STEROID, TABLETS, entered, stocked
from apothecary.prescriptions.writer import advance
from apothecary.staff.duties import Role


class Desk(test_views.Desk):
    """A person who looks at the rows of the pharmacy after each page."""

    def get(self, path: str):
        answer = super().get(path)
        self.back()
        return answer

    def post(self, path: str, values: dict[str, str] | None = None):
        answer = super().post(path, values)
        self.back()
        return answer


def shown(html: str) -> dict[str, str]:
    """The values of the one form of the page."""
    return test_views.shown(html.replace('<form id="compound"', '<form id="entry"'))


@pytest.fixture
def desk(pharmacy) -> Desk:
    return Desk(pharmacy)


@pytest.fixture
def walk_in(pharmacy, desk) -> Arrival:
    """A prescription of which nothing is chosen yet."""
    desk.client.post("/intake/new", {"source": "walk_in"})
    desk.back()
    return Arrival.objects.get(source=Source.WALK_IN)


@pytest.fixture
def sent_back(pharmacy) -> Fill:
    """A compound that came back to entry."""
    stocked(pharmacy)
    fill = entered(pharmacy)
    for step, by in [("waiting", "system"), ("filling", "technician"), ("check", "technician")]:
        advance(fill, FillState(step), by=getattr(pharmacy, by), did=Deed.FILL_MOVED)
    return advance(
        fill, FillState.ENTRY, by=pharmacy.pharmacist, did=Deed.FILL_SENT_BACK, because="sum"
    )


def typed(world, **changes: str) -> dict[str, str]:
    """The form of the magic cream as it is posted at its end."""
    return {
        "name": "magic cream",
        "form": "03",
        "route": "6064005",
        "unit": "GM",
        "makes": "40",
        "beyond_use_days": "30",
        "package_1": str(world.drugs[STEROID].pk),
        "quantity_1": "30",
        "unit_1": "GM",
        "package_2": str(world.drugs[TABLETS].pk),
        "quantity_2": "7",
        "unit_2": "EA",
        "finish": "yes",
    } | changes


def path_of(arrival: Arrival) -> str:
    return f"/intake/{arrival.pk}/compound"


def text(answer) -> str:
    return answer.content.decode()


def test_what_was_typed_of_the_prescription_is_kept_on_the_way_to_its_compound(desk, walk_in):
    answer = desk.post(f"{path_of(walk_in)}/begin", {"directions": "apply bid", "refills": "1"})
    assert answer.headers["HX-Redirect"] == path_of(walk_in)
    walk_in.refresh_from_db()
    assert walk_in.draft_values["directions"] == "apply bid"


def test_an_ingredient_is_found_by_its_name_and_taken_with_its_unit(pharmacy, desk, walk_in):
    found = text(desk.post(path_of(walk_in), {"name": "magic", "asked": "hydrocort 1"}))
    key = pharmacy.drugs[STEROID].pk
    assert f'name="add" value="{key}"' in found
    taken = text(desk.post(path_of(walk_in), {"name": "magic", "add": str(key)}))
    assert f'name="package_1" value="{key}"' in taken
    assert 'name="unit_1" value="GM"' in taken
    assert shown(taken)["name"] == "magic"
    assert not Compound.objects.exists()


def test_an_ingredient_is_taken_by_its_bottle_once(pharmacy, desk, walk_in):
    code = upc(pharmacy, TABLETS)
    once = text(desk.post(path_of(walk_in), {"code": code}))
    assert f'name="package_1" value="{pharmacy.drugs[TABLETS].pk}"' in once
    twice = text(desk.post(path_of(walk_in), shown(once) | {"code": code}))
    assert 'name="package_2"' not in twice


@pytest.mark.parametrize("code", ["", "nonsense", "0123456789012"])
def test_a_scan_that_names_no_product_changes_nothing(desk, walk_in, code):
    answer = desk.post(path_of(walk_in), {"code": code})
    assert answer.status_code == 409
    assert not Compound.objects.exists()


def test_a_choice_that_is_none_is_refused(desk, walk_in):
    for key in ("0", "x", "9" * 25, "-1", ""):
        assert desk.post(path_of(walk_in), {"add": key}).status_code == 409


def test_a_line_is_taken_out_and_the_others_close_up(pharmacy, desk, walk_in):
    asked = typed(pharmacy, take_out="1")
    del asked["finish"]
    left = text(desk.post(path_of(walk_in), asked))
    assert f'name="package_1" value="{pharmacy.drugs[TABLETS].pk}"' in left
    assert 'name="package_2"' not in left


def test_a_compound_entered_is_the_drug_of_the_prescription(pharmacy, desk, walk_in):
    answer = desk.post(path_of(walk_in), typed(pharmacy))
    assert answer.headers["HX-Redirect"] == f"/intake/{walk_in.pk}/"
    made = Compound.objects.get()
    walk_in.refresh_from_db()
    assert walk_in.package_id == made.package_id
    assert walk_in.draft_values["quantity"] == "40"
    page = shown(text(desk.get(f"/intake/{walk_in.pk}/")))
    assert page["package_id"] == str(made.package_id)
    assert page["package"].startswith("magic cream")


def test_the_prescription_of_a_compound_is_entered_like_any_other(
    pharmacy, desk, walk_in, form
):
    desk.post(path_of(walk_in), typed(pharmacy))
    made = Compound.objects.get()
    done = desk.post(
        f"/intake/{walk_in.pk}/finish",
        form
        | {
            "package_id": str(made.package_id),
            "quantity": "40",
            "days_supply": "10",
            "directions": "Apply to the hand twice daily",
        },
    )
    assert "HX-Redirect" in done.headers, text(done)
    fill = Fill.objects.get()
    assert (fill.package_id, fill.quantity, fill.state) == (
        made.package_id,
        Decimal(40),
        FillState.SCREENING,
    )
    # Cost 2.55, marked up, and the fee: never less than its parts.
    assert fill.price_usd >= Decimal("2.55")


def test_another_quantity_than_it_makes_is_refused_under_the_field(
    pharmacy, desk, walk_in, form
):
    desk.post(path_of(walk_in), typed(pharmacy))
    made = Compound.objects.get()
    answer = desk.post(
        f"/intake/{walk_in.pk}/finish",
        form | {"package_id": str(made.package_id), "quantity": "80", "days_supply": "10"},
    )
    assert answer.status_code == 409
    assert "makes 40 GM" in text(answer)
    assert not Prescription.objects.exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "A compound has a name"),
        ({"form": ""}, "no dosage form"),
        ({"route": "54485002"}, "no sterile room"),
        ({"makes": "0"}, "is not possible"),
        ({"makes": "forty"}, "is not a number"),
        ({"makes": "1.0001"}, "more than 3 decimals"),
        ({"beyond_use_days": "181"}, "1 to 180 days"),
        ({"beyond_use_days": ""}, "is not a whole number"),
        ({"quantity_1": ""}, "is not a number"),
        ({"quantity_1": "0"}, "a quantity of 0 is none"),
        ({"quantity_1": "1e3"}, "is not a number"),
        ({"unit_1": "ML"}, "is measured in GM"),
        ({"basis_2": "00"}, "no basis of cost"),
        ({"cost_usd_2": "1.234"}, "more than 2 decimals"),
        ({"package_2": "987654321"}, "No such package in the drug file"),
        ({"package_2": "٧"}, "Choose the ingredient"),
        ({"package_2": ""}, "2 to 25 ingredients"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_entered(pharmacy, desk, walk_in, changes, says):
    answer = desk.post(path_of(walk_in), typed(pharmacy, **changes))
    assert answer.status_code == 409
    assert says in text(answer).replace("&#39;", "'")
    assert not Compound.objects.exists()
    # What was typed stands there again.
    assert shown(text(answer))["quantity_2" if "package_2" not in changes else "name"]


def test_who_may_not_enter_prescriptions_sees_no_form_and_enters_nothing(pharmacy, walk_in):
    clerk = Desk(pharmacy, Role.CLERK)
    assert clerk.get(path_of(walk_in)).status_code == 403
    assert clerk.post(path_of(walk_in), typed(pharmacy)).status_code == 403
    assert not Compound.objects.exists()


def test_a_compound_that_came_back_is_mended_from_what_it_was(pharmacy, desk, sent_back):
    path = f"/intake/fill/{sent_back.pk}/compound"
    page = shown(text(desk.get(path)))
    assert (page["name"], page["makes"], page["quantity_1"]) == ("magic cream", "40", "30")
    answer = desk.post(path, typed(pharmacy, quantity_1="25", makes="35"))
    address = urlsplit(answer.headers["HX-Redirect"])
    made = Compound.objects.latest("id")
    assert parse_qs(address.query)["package_id"] == [str(made.package_id)]
    mended = shown(text(desk.get(f"{address.path}?{address.query}")))
    assert (mended["package_id"], mended["quantity"]) == (str(made.package_id), "35")
    done = desk.post(f"/intake/fill/{sent_back.pk}/finish", mended | {"package": ""})
    assert "HX-Redirect" in done.headers, text(done)
    again = Fill.objects.get(pk=sent_back.pk)
    assert (again.package_id, again.quantity) == (made.package_id, Decimal(35))
    assert [one.quantity for one in again.made_of] == [Decimal(25), Decimal(7)]


def test_a_problem_of_a_line_stands_under_its_field_and_any_other_above():
    shown_as = refused(
        Mixture(values={"name": ""}, lines=(Line("1"),)),
        [
            Problem("a", field="ingredients.2.quantity"),
            Problem("b", field="ingredients.3"),
            Problem("c", field="name"),
            Problem("d", field="ingredients"),
        ],
    )
    assert set(shown_as.problems) == {"quantity_2", "package_3", "name"}
    assert [problem.says for problem in shown_as.others] == ["d"]


def test_lines_are_read_in_order_and_gaps_close():
    found = typed_mixture({"package_1": "7", "package_3": " 9 ", "quantity_3": "2"})
    assert [(line.package, line.quantity) for line in found.lines] == [("7", ""), ("9", "2")]
    assert without_ingredient(found, "1").lines == found.lines[1:]
    assert without_ingredient(found, "x").lines == found.lines


def test_enter_in_a_field_finds_and_takes_no_line_out(pharmacy, desk, walk_in):
    asked = typed(pharmacy)
    del asked["finish"]
    page = text(desk.post(path_of(walk_in), asked | {"find": "yes"}))
    first = page[page.index("<button") :]
    assert 'name="find"' in first[: first.index(">")]
    assert 'name="take_out"' in page
