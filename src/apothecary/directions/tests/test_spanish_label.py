"""The Spanish label beside the English one: the same content, part by part."""

import re
from decimal import Decimal

import pytest
from hypothesis import given

from apothecary.directions.direction import Directions
from apothecary.directions.english import english
from apothecary.directions.spanish import spanish
from apothecary.directions.step import Step
from apothecary.directions.tests.test_english import but, step
from apothecary.directions.tests.typed_values import SERIES, with_timing
from apothecary.directions.timing import every, times_in


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (step(), "Tome 1 tableta por la boca una vez al día."),
        (step("2"), "Tome 2 tabletas por la boca una vez al día."),
        (step("0.5"), "Tome media tableta por la boca una vez al día."),
        (step("0.5", "suppository", "insert", "rectal"),
         "Introduzca medio supositorio en el recto una vez al día."),
        (step("1.5", "suppository", "insert", "rectal"),
         "Introduzca 1 supositorio y medio en el recto una vez al día."),
        (step("2.25"), "Tome 2 tabletas y un cuarto por la boca una vez al día."),
        (step("0.75"), "Tome tres cuartos de tableta por la boca una vez al día."),
        (step("1-2"), "Tome de 1 a 2 tabletas por la boca una vez al día."),
        (step("0.5-1"), "Tome de 0.5 a 1 tableta por la boca una vez al día."),
        (step("2.5", "mL"), "Tome 2.5 mL por la boca una vez al día."),
        (step("1000", "mL"), "Tome 1,000 mL por la boca una vez al día."),
        (step("2", "puff", "inhale", "inhalation"),
         "Inhale 2 inhalaciones por la boca una vez al día."),
        (step("3", "mL", "inhale", "nebulization"),
         "Inhale 3 mL con nebulizador una vez al día."),
        (step("1", "drop", "instill", "ophthalmic", "both eyes"),
         "Aplique 1 gota en ambos ojos una vez al día."),
        (step("4", "drop", "instill", "otic", "left ear"),
         "Aplique 4 gotas en el oído izquierdo una vez al día."),
        (step("2", "spray", "use", "nasal", "each nostril"),
         "Use 2 rociadas en cada fosa nasal una vez al día."),
        (step("1", "patch", "apply", "transdermal"),
         "Aplique 1 parche en la piel una vez al día."),
        (step("1", "patch", "apply", "topical"),
         "Aplique 1 parche en la superficie de la piel una vez al día."),
        (step("1", "application", "apply", "topical", "face, neck and both feet"),
         "Aplique 1 aplicación en la cara, en el cuello y en ambos pies una vez al día."),
        (step("2", "g", "apply", "topical", "right knee"),
         "Aplique 2 g en la rodilla derecha una vez al día."),
        (step("10", "unit", "inject", "subcutaneous"),
         "Inyecte 10 unidades debajo de la piel una vez al día."),
        (step("1", "tablet", "place", "sublingual"),
         "Coloque 1 tableta debajo de la lengua una vez al día."),
        (step("30", "mL", "give", "gastrostomy tube"),
         "Administre 30 mL por sonda de gastrostomía una vez al día."),
    ],
)  # fmt: skip
def test_dose_way_and_place_are_said_with_their_gender(one: Step, text: str) -> None:
    assert spanish([one]) == text


@pytest.mark.parametrize(
    ("one", "ending"),
    [
        (with_timing(step(), times_in(2, 2, 1, "day")), "2 veces al día."),
        (with_timing(step(), times_in(3, 4, 1, "day")), "de 3 a 4 veces al día."),
        (with_timing(step(), times_in(1, 1, 1, "week")), "una vez por semana."),
        (with_timing(step(), times_in(1, 1, 1, "month")), "una vez al mes."),
        (with_timing(step(), times_in(1, 1, 2, "day")), "un día sí y otro no."),
        (with_timing(step(), times_in(1, 1, 3, "day")), "cada 3 días."),
        (with_timing(step(), times_in(3, 3, 2, "week")), "3 veces cada 2 semanas."),
        (with_timing(step(), every(6, 6, "hour")), "cada 6 horas."),
        (with_timing(step(), every(1, 1, "hour")), "cada 1 hora."),
        (with_timing(step(), every(4, 6, "hour")), "cada 4 a 6 horas."),
        (but(step(), when=("at bedtime",)), "una vez al día a la hora de acostarse."),
        (but(with_timing(step(), times_in(2, 2, 1, "day")), when=("at 8 AM", "at 8:30 PM")),
         "2 veces al día a las 8 a. m. y a las 8:30 p. m."),
        (but(step(), when=("with food", "with water")), "con alimentos y con agua."),
        (but(with_timing(step(), times_in(2, 2, 1, "week")), weekdays=("Monday", "Friday")),
         "los lunes y los viernes."),
        (but(step(), duration=1, duration_unit="week"), "durante 1 semana."),
        (but(step(), duration=10, duration_unit="day"), "durante 10 días."),
        (but(step(), doses=3), "por 3 dosis."),
        (but(step(), doses=3, as_needed=True), "según sea necesario hasta 3 dosis."),
        (but(step(), as_needed=True, as_needed_for="pain"),
         "según sea necesario para el dolor."),
        (but(step(), purpose="blood pressure"), "para la presión arterial."),
        (but(step(), max_per_day=Decimal(8), max_per_day_unit="tablet"),
         "No use más de 8 tabletas al día."),
        (but(step(), max_per_day=Decimal(1), max_per_day_unit="dose"),
         "No use más de 1 dosis al día."),
        (but(step(), limit=Decimal(1), limit_unit="tablet", limit_span=2,
             limit_span_unit="month"), "No use más de 1 tableta en 2 meses."),
    ],
)  # fmt: skip
def test_how_often_how_long_and_how_much_at_most_in_spanish(one: Step, ending: str) -> None:
    assert spanish([one]).endswith(ending)


def numbers(text: str) -> list[str]:
    """The numbers of a label, words for one, two and the parts of one included."""
    words = {
        **dict.fromkeys(("once", "una vez", "one time only", "una sola vez"), "1"),
        "twice": "2",
    }
    for said, digit in words.items():
        text = text.replace(said, digit)
    return sorted(re.findall(r"\d[\d,.:]*\d|\d", text))


@given(SERIES)
def test_both_languages_say_the_same_numbers(whole: Directions) -> None:
    """Fractions aside, which are words in one language and digits in the other."""
    for one in whole.steps:
        doses = {one.dose_min, one.dose_max}
        if any(dose is not None and dose % 1 for dose in doses):
            continue
        every_other = (one.times_max, one.period_min, one.period_unit) == (1, 2, "day")
        once = one.repeats == 1
        if not every_other and not once:
            assert numbers(english([one])) == numbers(spanish([one])), spanish([one])


@given(SERIES)
def test_both_languages_have_the_same_sentences(whole: Directions) -> None:
    said, local = whole.english(), whole.spanish()
    begins = re.compile(r"(?:^|\. )[A-ZÁÉÍÓÚ]")
    assert len(begins.findall(local)) == len(begins.findall(said))
    assert local.endswith(".")
    assert not re.search(r"\.\.|  |None", local)
