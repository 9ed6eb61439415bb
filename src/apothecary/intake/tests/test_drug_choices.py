"""The drug box of entry: what was meant, what is on hand first, and nothing taken silently."""

import json
from datetime import timedelta

import pytest

from apothecary.drugs.models import Package, Product
from apothecary.drugs.search_index import refresh
from apothecary.intake.choices import MOST, drug_choices
from apothecary.intake.models import Arrival
from apothecary.stock.models import Lot, LotState


def lines(world, asked: str):
    good_until = world.technician.today + timedelta(days=30)
    return drug_choices(asked, arrival=None, by=world.technician, good_until=good_until)


def says(world, asked: str) -> list[str]:
    return [line.says for line in lines(world, asked).lines]


def another(world, drug: str, ndc: str, *, product: Product | None = None) -> Package:
    """Another package of a drug's product, or of another product."""
    package = Package.objects.get(pk=world.drugs[drug].pk)
    package.pk, package.ndc, package.product = None, ndc, product or package.product
    package.package_code = ndc.rpartition("-")[2]
    package.ndc10 = ndc.replace("-", "")
    package.ndc11 = package.ndc10[:5] + "0" + package.ndc10[5:]
    package.save(force_insert=True)
    world.drugs[ndc] = package
    return package


def twin(world, drug: str, **change: object) -> Product:
    """Another labeler's product of the same drug, or of a changed one."""
    product = Product.objects.get(pk=world.drugs[drug].product_id)
    product.pk, product.labeler_code, product.labeler = None, "99999", "Twin Labs"
    for name, value in change.items():
        setattr(product, name, value)
    product.save(force_insert=True)
    refresh()
    return product


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("lisin 10", "lisinopril 10 mg tablet"),
        ("10 lisin tab", "lisinopril 10 mg tablet"),
        ("prinivil", "Prinivil (lisinopril) 10 mg tablet"),
        ("metf 500", "metFORMIN hydrochloride 500 mg tablet"),
        ("68180-0980-1", "lisinopril 10 mg tablet"),
        ("00006010654", "Prinivil (lisinopril) 10 mg tablet"),
    ],
)
def test_pieces_and_codes_find_the_product_with_what_is_on_hand(pharmacy, asked, first):
    assert says(pharmacy, asked)[0] == f"{first} · 0 on hand"


def test_what_is_on_hand_goes_before_what_is_not_however_the_names_sort(pharmacy):
    assert says(pharmacy, "lisinopril") == [
        "lisinopril 10 mg tablet · 0 on hand",
        "Prinivil (lisinopril) 10 mg tablet · 0 on hand",
    ]
    pharmacy.receive("lisinopril-brand", "90")
    found = lines(pharmacy, "lisinopril").lines
    assert [line.says for line in found] == [
        "Prinivil (lisinopril) 10 mg tablet · 90 on hand",
        "lisinopril 10 mg tablet · 0 on hand",
    ]
    assert [line.tone for line in found] == ["done", ""]


def test_every_package_on_hand_is_a_line_and_of_what_is_not_one_is_enough(pharmacy):
    another(pharmacy, "warfarin", "0093-1713-10")
    assert len(says(pharmacy, "warfarin")) == 1
    pharmacy.receive("warfarin", "100")
    pharmacy.receive("0093-1713-10", "50")
    assert says(pharmacy, "warfarin") == [
        "warfarin sodium 5 mg tablet · 100 on hand",
        "warfarin sodium 5 mg tablet · 50 on hand",
    ]


def test_what_is_here_of_another_labeler_is_offered_and_not_the_cheapest_elsewhere(pharmacy):
    product = twin(pharmacy, "warfarin")
    package = another(pharmacy, "warfarin", "99999-713-01", product=product)
    pharmacy.receive("99999-713-01", "60")
    (line,) = lines(pharmacy, "warfarin").lines
    assert (line.id, line.says) == (package.pk, "warfarin sodium 5 mg tablet · 60 on hand")
    assert "Twin Labs" in line.aside


def test_a_typed_code_is_that_package_whatever_else_is_on_hand(pharmacy):
    other = another(pharmacy, "warfarin", "0093-1713-10")
    pharmacy.receive("warfarin", "100")
    (line,) = lines(pharmacy, "0093-1713-10").lines
    assert line.id == other.pk
    assert line.why == "NDC 0093-1713-10"


@pytest.mark.parametrize("state", [LotState.QUARANTINED])
def test_what_may_not_be_given_out_is_not_on_hand(pharmacy, state):
    pharmacy.receive("warfarin", "100")
    Lot.objects.update(state=state)
    assert says(pharmacy, "warfarin") == ["warfarin sodium 5 mg tablet · 0 on hand"]


def test_a_slip_is_said_above_the_lines_and_on_each(pharmacy):
    found = lines(pharmacy, "wafrarin 5")
    assert found.notes == ("Nothing is written so: showing warfarin for wafrarin.",)
    assert [line.why for line in found.lines] == ["warfarin for wafrarin"]


def test_an_error_prone_abbreviation_is_warned_of(pharmacy):
    found = lines(pharmacy, "metformin hcl")
    assert "error-prone" in found.notes[0]
    assert found.lines[0].why == "HCL = hydrochloride"


def test_look_alikes_among_the_lines_are_marked_with_each_other(pharmacy):
    for drug, name, code in (
        ("lisinopril", "hydroxyzine", "1"),
        ("warfarin", "hydralazine", "2"),
    ):
        product = twin(pharmacy, drug, name=name, ingredient_key=name, product_code=code)
        another(pharmacy, drug, f"99999-00{code}-01", product=product)
    marked = {line.says: line.alike for line in lines(pharmacy, "hydr").lines}
    names = {say.split()[0]: [each.name for each in alike] for say, alike in marked.items()}
    assert names["hydrOXYzine"] == ["hydrALAZINE"]
    assert names["hydrALAZINE"] == ["hydrOXYzine"]


@pytest.mark.parametrize("asked", ["", "x", "qqqqqq", "99999-9999-99", "warfarin 6"])
def test_what_nothing_answers_to_offers_nothing(pharmacy, asked):
    found = lines(pharmacy, asked)
    assert (found.lines, found.notes) == ([], ())


def test_no_more_lines_than_keys(pharmacy):
    for number in range(12):
        product = twin(
            pharmacy, "warfarin", strength=f"{number + 1} mg", product_code=str(number)
        )
        another(pharmacy, "warfarin", f"99999-{number:03d}-01", product=product)
    assert len(lines(pharmacy, "warfarin").lines) == MOST


def test_without_anything_typed_the_words_that_were_sent_are_looked_for(pharmacy):
    sent = json.dumps({"drug": "Warfarin Sodium 5 MG Oral Tablet"})
    by, arrival = pharmacy.technician, Arrival(pharmacy=pharmacy.pharmacy, sent=sent)
    found = drug_choices("", arrival=arrival, by=by, good_until=by.today)
    assert [line.says for line in found.lines] == ["warfarin sodium 5 mg tablet · 0 on hand"]
