from collections.abc import Mapping
from decimal import Decimal

import pytest

from apothecary.directions.english import ROUTES, SITES
from apothecary.directions.reading import read_directions
from apothecary.directions.spanish import unit_name
from apothecary.directions.spanish_words import (
    PLURAL,
    REASON,
    ROUTE,
    SITE,
    UNIT,
    VERB,
    WEEKDAY,
    WHEN,
)
from apothecary.directions.words import lexicon


def values(kind: str) -> set[str]:
    return {word.value for word in lexicon().values() if word.kind == kind}


@pytest.mark.parametrize(
    ("sig", "said"),
    [
        ("1 tab po qd", "Tome 1 tableta por la boca una vez al día."),
        ("2 tabs po bid", "Tome 2 tabletas por la boca 2 veces al día."),
        ("1/2 tab po qd", "Tome media tableta por la boca una vez al día."),
        ("1.5 tabs po qd", "Tome 1 tableta y media por la boca una vez al día."),
        ("2.5 tabs po qd", "Tome 2 tabletas y media por la boca una vez al día."),
        ("1/2 patch td qd", "Aplique medio parche en la piel una vez al día."),
        ("1/4 tab po qd", "Tome un cuarto de tableta por la boca una vez al día."),
        ("2.5 ml po tid", "Tome 2.5 mL por la boca 3 veces al día."),
        ("1 tab po qod", "Tome 1 tableta por la boca un día sí y otro no."),
        ("1 tab po q8h", "Tome 1 tableta por la boca cada 8 horas."),
        ("1 tab po q1h", "Tome 1 tableta por la boca cada 1 hora."),
        ("2 puffs q4-6h prn wheezing",
         "Inhale 2 inhalaciones por la boca cada 4 a 6 horas según "
         "sea necesario para las sibilancias."),
        ("1 tab po mon and fri", "Tome 1 tableta por la boca los lunes y los viernes."),
        ("1 tab po bid x 1 day", "Tome 1 tableta por la boca 2 veces al día durante 1 día."),
        ("1 tab po q2wk", "Tome 1 tableta por la boca cada 2 semanas."),
        ("1 tab po 3 times every 2 weeks",
         "Tome 1 tableta por la boca 3 veces cada 2 semanas."),
        ("1 tab po prn pain or headache q6h",
         "Tome 1 tableta por la boca cada 6 horas según sea "
         "necesario para el dolor o el dolor de cabeza."),
        ("1 tab po once", "Tome 1 tableta por la boca una sola vez."),
        ("1 tab po q6h max 4/day", "Tome 1 tableta por la boca cada 6 horas. No use más de 4 "
         "tabletas al día."),
        ("1 tab po bid for 6 doses", "Tome 1 tableta por la boca 2 veces al día por 6 dosis."),
        ("1 tab po qd ud",
         "Tome 1 tableta por la boca una vez al día. Siga las indicaciones del "
         "médico."),
        ("ud", "Use según las indicaciones."),
        ("2 tabs po qd x 1 day then 1 tab qd",
         "Tome 2 tabletas por la boca una vez al día durante "
         "1 día. Después, tome 1 tableta por la boca una vez al día."),
    ],
)  # fmt: skip
def test_the_spanish_label_says_what_was_meant(sig: str, said: str) -> None:
    assert read_directions(sig).spanish() == said


def test_once_is_never_printed_for_it_is_eleven_in_spanish() -> None:
    for sig in ("1 tab po once", "1 tab po once daily", "1 tab po once a week"):
        assert "once" not in read_directions(sig).spanish().split()


def test_what_has_no_spanish_leaves_the_label_to_english() -> None:
    directions = read_directions("1 tab po q6h prn intrusive thoughts")
    assert directions.certain
    assert directions.spanish() == ""
    assert directions.english().endswith("as needed for intrusive thoughts.")


@pytest.mark.parametrize(
    ("kind", "table"),
    [("verb", VERB), ("when", WHEN), ("weekday", WEEKDAY)],
)
def test_every_word_that_is_read_can_be_said_in_spanish(
    kind: str, table: Mapping[str, str]
) -> None:
    names = {name for value in values(kind) for name in value.split("|")}
    assert names <= set(table)


def test_every_unit_route_and_site_can_be_said_in_both_languages() -> None:
    assert {value.split("*")[0] for value in values("unit")} <= set(UNIT)
    assert set(PLURAL) <= set(UNIT)
    read = {tuple(value.partition("/")[::2]) for value in values("route")}
    assert {route for route, _ in read} <= set(ROUTES)
    assert {site for _, site in read if site} <= set(SITES)
    assert set(ROUTES) <= set(ROUTE)
    assert set(SITES) == set(SITE)


def test_most_reasons_can_be_said_in_spanish() -> None:
    assert len(values("reason") & set(REASON)) >= 60


def test_a_unit_is_plural_above_one() -> None:
    assert [unit_name("tablet", Decimal(n)) for n in ("0.5", "1", "1.5", "2")] == [
        "tableta",
        "tableta",
        "tabletas",
        "tabletas",
    ]
    assert unit_name("", Decimal(2)) == ""
