from dataclasses import replace
from decimal import Decimal

import pytest

from apothecary.directions.direction import Directions
from apothecary.directions.english import ROUTES, SITES
from apothecary.directions.reading import read_directions
from apothecary.directions.spanish import spanish, unit_name, untranslated
from apothecary.directions.spanish_patterns import site_in_spanish, when_in_spanish
from apothecary.directions.spanish_words import (
    PLURAL,
    REASON,
    ROUTE,
    SITE,
    UNIT,
    VERB,
    WEEKDAY,
)
from apothecary.directions.step import Step
from apothecary.directions.words import lexicon


def values(kind: str) -> set[str]:
    return {word.value for word in lexicon().words() if word.kind == kind}


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


# Verbs of the lexicon that become another verb, or a question, before they reach a step.
NEVER_IN_A_STEP = {"put", "spit", "swish", "test"}


def test_every_verb_weekday_and_reason_that_is_read_can_be_said_in_spanish() -> None:
    assert values("verb") - NEVER_IN_A_STEP <= set(VERB)
    days = {day for value in values("weekday") for day in value.split("|")}
    assert days == set(WEEKDAY)
    assert values("reason") <= set(REASON)


def test_every_time_and_circumstance_that_is_read_can_be_said_in_spanish() -> None:
    for value in values("when"):
        for name in value.split("|"):
            assert when_in_spanish(name)


def test_every_unit_route_and_site_can_be_said_in_both_languages() -> None:
    assert {value.split("*")[0] for value in values("unit")} <= set(UNIT)
    assert set(PLURAL) == set(UNIT)
    read = {tuple(value.partition("/")[::2]) for value in values("route")}
    # "To the skin" is one of two routes, and which of them the product settles.
    assert {route for route, _ in read} - {"skin"} <= set(ROUTES)
    assert set(ROUTES) == set(ROUTE)
    assert set(SITES) <= set(SITE)
    for _, site in read:
        if site:
            assert site_in_spanish(site).startswith("en ")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("at 8 AM", "a las 8 a. m."),
        ("at 1 PM", "a la 1 p. m."),
        ("at 12:30 PM", "a las 12:30 p. m."),
        ("30 minutes before breakfast", "30 minutos antes del desayuno"),
        ("1 hour before lunch", "1 hora antes del almuerzo"),
        ("1 to 2 hours after dinner", "1 a 2 horas después de la cena"),
        ("1 hour before or 2 hours after meals",
         "1 hora antes o 2 horas después de las comidas"),
        ("1 hour before bedtime", "1 hora antes de acostarse"),
        ("12 hours later", "12 horas después"),
        ("1 week later", "1 semana después"),
        ("mixed in 8 ounces of water", "en 8 onzas de agua"),
        ("mixed in 1 ounce of juice", "en 1 onza de jugo"),
        ("mixed in 120 mL of water or juice", "en 120 mL de agua o jugo"),
        ("mixed in 4 to 8 ounces of water", "en 4 a 8 onzas de agua"),
        ("remove after 12 hours", "quitándolo después de 12 horas"),
        ("before exercise", "antes del ejercicio"),
        ("after each diaper change", "después de cada cambio de pañal"),
    ],
)  # fmt: skip
def test_a_time_that_is_no_table_word_is_said_by_its_pattern(value: str, said: str) -> None:
    assert when_in_spanish(value) == said


@pytest.mark.parametrize(
    "value",
    ["at 13 PM", "at 8:60 AM", "2 hours before the rain", "mixed in 2 ounces of mud",
     "3 fortnights later", "", "remove after lunch"],
)  # fmt: skip
def test_a_time_without_spanish_is_not_guessed(value: str) -> None:
    with pytest.raises(KeyError):
        when_in_spanish(value)


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("right knee", "en la rodilla derecha"),
        ("left foot", "en el pie izquierdo"),
        ("both feet", "en ambos pies"),
        ("both hands", "en ambas manos"),
        ("affected area", "en el área afectada"),
        ("affected joints", "en las articulaciones afectadas"),
        ("dry area", "en el área seca"),
        ("lower back", "en la parte baja de la espalda"),
        ("upper arm", "en la parte superior del brazo"),
        ("buttocks", "en las nalgas"),
        ("abdomen", "en el abdomen"),
        ("left nostril", "en la fosa nasal izquierda"),
    ],
)
def test_a_place_on_the_body_has_its_article_and_gender(site: str, said: str) -> None:
    assert site_in_spanish(site) == said


@pytest.mark.parametrize("site", ["tail", "third knee", "both", ""])
def test_a_place_without_spanish_is_not_guessed(site: str) -> None:
    with pytest.raises(KeyError):
        site_in_spanish(site)


BASE = read_directions("1 tab po q6h prn pain").steps[0]


@pytest.mark.parametrize(
    ("step", "ending"),
    [
        (replace(BASE, limit=Decimal(3), limit_unit="tablet", limit_span=1,
                 limit_span_unit="week"), "No use más de 3 tabletas en 1 semana."),
        (replace(BASE, repeat_after_min=2, repeat_after_max=2, repeat_unit="hour", repeats=1),
         "Puede repetir una vez después de 2 horas si es necesario."),
        (replace(BASE, repeat_after_min=1, repeat_after_max=1, repeat_unit="hour"),
         "Puede repetir después de 1 hora si es necesario."),
        (replace(BASE, repeat_after_min=5, repeat_after_max=10, repeat_unit="minute",
                 repeats=3), "Puede repetir cada 5 a 10 minutos si es necesario, hasta 3 veces "
         "más."),
    ],
)  # fmt: skip
def test_limits_and_repeats_are_sentences_of_their_own(step: Step, ending: str) -> None:
    assert spanish([step]).endswith(f" {ending}")


def test_what_has_no_spanish_is_named_for_whoever_translates_it() -> None:
    unknown = replace(
        BASE, as_needed_for="intrusive thoughts", when=("under a full moon",), site="tail"
    )
    assert spanish([unknown]) == ""
    assert untranslated([unknown], notes=("ring the bell",)) == (
        "tail",
        "under a full moon",
        "intrusive thoughts",
        "ring the bell",
    )
    assert untranslated([BASE]) == ()


def test_a_free_note_leaves_the_label_to_english() -> None:
    assert spanish([BASE], notes=("shake well", "ring the bell")) == ""
    whole = Directions(text="x", steps=(BASE,), notes=("shake well", "ring the bell"))
    assert whole.spanish() == ""
    assert whole.untranslated() == ("ring the bell",)


def test_a_common_note_is_said_in_spanish_at_the_end() -> None:
    whole = Directions(text="x", steps=(BASE,), notes=("shake well",), as_directed=True)
    assert whole.spanish().endswith(
        "para el dolor. Siga las indicaciones del médico. Nota: agite bien."
    )


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("mild pain (1-3)", "para el dolor leve (1-3)."),
        ("severe pain (7)", "para el dolor intenso (7)."),
        ("fever over 100.4", "para la fiebre de más de 100.4."),
        ("nausea or headache", "para las náuseas o el dolor de cabeza."),
        ("cough and fever", "para la tos y la fiebre."),
    ],
)
def test_a_reason_made_of_known_words_is_said_in_spanish(reason: str, said: str) -> None:
    assert spanish([replace(BASE, as_needed_for=reason)]).endswith(said)


def test_a_unit_is_plural_above_one() -> None:
    assert [unit_name("tablet", Decimal(n)) for n in ("0.5", "1", "1.5", "2")] == [
        "tableta",
        "tableta",
        "tabletas",
        "tabletas",
    ]
    assert unit_name("", Decimal(2)) == ""
