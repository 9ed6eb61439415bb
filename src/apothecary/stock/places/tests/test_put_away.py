"""Where units go: where they are kept, else by schedule, what they are apart for, and cold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law.problem import Refused
from apothecary.stock.kinds import Apart, PlaceKind, Programme, Storage
from apothecary.stock.models import Place, ShelfItem
from apothecary.stock.places.queries import need_of, open_spots, place_for
from apothecary.stock.places.rules import (
    Need,
    Spot,
    fit_problems,
    put_away,
    storage_said,
    temperatures,
)

K, S, A, P = PlaceKind, Storage, Apart, Programme
SHELF = Spot(1, "Shelf", K.SHELF, S.ROOM)
FRIDGE = Spot(2, "Fridge", K.SHELF, S.REFRIGERATOR)
VAULT = Spot(3, "Vault", K.VAULT, S.ROOM)
ROBOT = Spot(4, "Robot 12", K.ROBOT, S.ROOM)
HAZARD = Spot(5, "Hazard bay", K.SHELF, S.ROOM, A.HAZARDOUS)
SHELF_340B = Spot(6, "340B shelf", K.SHELF, S.ROOM, A.NOTHING, P.DISCOUNT_340B)
FREEZER = Spot(7, "Freezer", K.SHELF, S.FREEZER)
HELD = Spot(8, "Quarantine", K.QUARANTINE, S.ROOM)
SPOTS = [SHELF, FRIDGE, VAULT, ROBOT, HAZARD, SHELF_340B, FREEZER, HELD]


@pytest.mark.parametrize(
    ("need", "goes_to", "because"),
    [
        (Need("a", S.ROOM), SHELF, "it is kept at 20 to 25 °C"),
        (Need("a", None), SHELF, "no file says how it is stored: read the label"),
        (Need("a", S.REFRIGERATOR), FRIDGE, "it is kept at 2 to 8 °C"),
        (Need("a", S.FREEZER), FREEZER, "it is kept at −25 to −10 °C"),
        (Need("a", S.COOL), FRIDGE, "it is kept at 8 to 15 °C"),
        (Need("a", S.ROOM, schedule=2), VAULT, "Schedule II goes to the vault"),
        (Need("a", S.ROOM, schedule=3), SHELF, "it is kept at 20 to 25 °C"),
        (Need("a", S.REFRIGERATOR, schedule=2), FRIDGE, "it is kept at 2 to 8 °C"),
        (Need("a", S.ROOM, A.HAZARDOUS), HAZARD, "it stands with the hazardous drugs"),
        (Need("a", S.ROOM, programme=P.DISCOUNT_340B), SHELF_340B, "it is kept at 20 to 25 °C"),
        (Need("a", S.ROOM, place_id=4, bin="R12"), ROBOT, "it is kept there"),
        (Need("a", S.REFRIGERATOR, place_id=1, bin="A1"), FRIDGE, "it is kept at 2 to 8 °C"),
        (Need("a", S.ROOM, schedule=2, place_id=1), SHELF, "it is kept there"),
    ],
)
def test_units_go_where_they_are_kept_and_else_where_they_are_fit(need, goes_to, because):
    found = put_away(need, SPOTS)
    assert found is not None
    assert (found.spot, found.because) == (goes_to, because)
    assert found.bin == (need.bin if goes_to.id == need.place_id else "")


@pytest.mark.parametrize(
    "need",
    [
        Need("a", S.ULTRA_COLD),
        Need("a", S.REFRIGERATOR, programme=P.DISCOUNT_340B),
        Need("a", S.ROOM, A.FLAMMABLE),
    ],
)
def test_where_nothing_is_fit_no_place_is_named(need):
    assert put_away(need, SPOTS) is None


@pytest.mark.parametrize(
    ("needed", "place", "refused"),
    [
        (S.REFRIGERATOR, S.REFRIGERATOR, False),
        (S.REFRIGERATOR, S.ROOM, True),
        (S.REFRIGERATOR, S.COOL, True),
        (S.REFRIGERATOR, S.FREEZER, True),
        (S.COOL, S.REFRIGERATOR, False),
        (S.COOL, S.ROOM, True),
        (S.ROOM, S.REFRIGERATOR, True),
        (S.ROOM, S.ROOM, False),
        (S.FREEZER, S.ULTRA_COLD, True),
        (None, S.ROOM, False),
        (None, S.FREEZER, False),
    ],
)
def test_a_drug_stands_at_its_own_temperature_alone(needed, place, refused):
    spot = Spot(9, "Here", K.SHELF, place)
    problems = fit_problems(Need("insulin", needed), spot)
    assert bool(problems) == refused
    assert all(problem.cite and problem.code == "wrong-storage" for problem in problems)


def test_a_refusal_names_the_drug_its_degrees_and_the_place():
    (problem,) = fit_problems(Need("insulin lispro 100 units/mL", S.REFRIGERATOR), SHELF)
    assert problem.says == (
        "insulin lispro 100 units/mL is kept at 2 to 8 °C (refrigerator): Shelf is room "
        "temperature, 20 to 25 °C."
    )


def test_a_hazardous_drug_on_a_common_shelf_is_refused_and_both_reasons_are_said():
    problems = fit_problems(Need("a", S.FREEZER, A.HAZARDOUS), SHELF)
    assert [problem.code for problem in problems] == ["wrong-storage", "not-apart"]


@pytest.mark.parametrize(
    "kind", [kind for kind in K if kind not in {K.SHELF, K.VAULT, K.ROBOT}]
)
def test_what_is_not_drawn_from_takes_anything(kind):
    spot = Spot(9, "Elsewhere", kind, S.ROOM)
    assert fit_problems(Need("a", S.FREEZER, A.HAZARDOUS), spot) == []


@given(
    storage=st.sampled_from([None, *S]),
    apart=st.sampled_from(A),
    schedule=st.sampled_from([0, 2, 3, 4, 5]),
    programme=st.sampled_from(P),
    place_id=st.sampled_from([None, *(spot.id for spot in SPOTS)]),
)
def test_whatever_is_put_away_is_fit_for_its_place(
    storage, apart, schedule, programme, place_id
):
    need = Need("a", storage, apart, schedule, programme, place_id)
    found = put_away(need, SPOTS)
    if found is not None:
        assert fit_problems(need, found.spot) == []
        assert found.spot.programme == programme
        assert found.spot.kind in {K.SHELF, K.VAULT, K.ROBOT}


def test_every_storage_class_has_its_degrees_and_its_source():
    rows = temperatures()
    assert set(rows) == set(Storage)
    assert all(row.low_c < row.high_c and row.cite and row.verified for row in rows.values())
    assert all(row.storage in row.keeps for row in rows.values())


@pytest.mark.parametrize(
    ("said", "means"),
    [("refrigerator", S.REFRIGERATOR), ("controlled room temperature", S.ROOM), ("", None)],
)
def test_the_words_of_the_drug_file_are_read_and_a_strange_one_is_not_guessed(said, means):
    assert storage_said(said) is means


@pytest.mark.django_db
def test_a_package_is_put_away_where_its_shelf_item_stands(pharmacy):
    package = pharmacy.drugs["lisinopril"]
    found = place_for(pharmacy_id=pharmacy.pharmacy.pk, package_id=package.pk)
    assert (found.spot.name, found.bin) == ("Shelf", "A1")


@pytest.mark.django_db
def test_a_cold_package_whose_item_stands_in_the_room_goes_to_the_fridge(pharmacy):
    package = pharmacy.drugs["insulin"]
    found = place_for(pharmacy_id=pharmacy.pharmacy.pk, package_id=package.pk)
    assert found.spot.storage == Storage.REFRIGERATOR


@pytest.mark.django_db
def test_what_the_house_says_of_an_item_stands_before_the_drug_file(pharmacy):
    package = pharmacy.drugs["lisinopril"]
    ShelfItem.objects.filter(package=package).update(storage="refrigerator")
    need = need_of(pharmacy_id=pharmacy.pharmacy.pk, package_id=package.pk)
    assert need.storage == Storage.REFRIGERATOR


@pytest.mark.django_db
def test_nothing_is_put_away_in_a_closed_place(pharmacy):
    pharmacy_id = pharmacy.pharmacy.pk
    Place.objects.filter(name="Shelf").update(closed_at=pharmacy.technician.at)
    assert "Shelf" not in {spot.name for spot in open_spots(pharmacy_id=pharmacy_id)}
    Place.objects.filter(kind=K.VAULT).update(closed_at=pharmacy.technician.at)
    with pytest.raises(Refused, match="No open place of the own stock is fit for lisinopril"):
        place_for(pharmacy_id=pharmacy_id, package_id=pharmacy.drugs["lisinopril"].pk)


@pytest.mark.django_db
def test_a_package_that_is_in_no_file_is_refused(pharmacy):
    with pytest.raises(Refused, match="No such package"):
        place_for(pharmacy_id=pharmacy.pharmacy.pk, package_id=10**9)


@pytest.mark.django_db
def test_what_is_bought_under_340b_has_no_place_until_one_is_opened(pharmacy):
    pharmacy_id, package = pharmacy.pharmacy.pk, pharmacy.drugs["lisinopril"]
    asked = {"pharmacy_id": pharmacy_id, "package_id": package.pk}
    with pytest.raises(Refused, match="340B stock"):
        place_for(**asked, programme=P.DISCOUNT_340B)
    Place.objects.create(
        pharmacy_id=pharmacy_id, kind=K.SHELF, name="340B shelf", programme=P.DISCOUNT_340B
    )
    assert place_for(**asked, programme=P.DISCOUNT_340B).spot.name == "340B shelf"
