"""So long with the drug and so long without it: hormones, patches, rings, cancer drugs."""

from decimal import Decimal

import pytest

from apothecary.directions.direction import Directions
from apothecary.directions.fhir import fhir_dosage
from apothecary.directions.fhir_back import read_fhir
from apothecary.directions.product import Product
from apothecary.directions.reading import read_directions
from apothecary.directions.structured import sig_leaves, structured_sig
from apothecary.directions.structured_back import structured_questions
from apothecary.directions.supply import days_supply, quantity_needed

CAPSULE = "Take 1 capsule by mouth daily"
PATCH = "Apply 1 patch weekly"


def cycle(sig: str, form: str) -> tuple[int | None, str, int | None, str]:
    found = read_directions(sig, form=form)
    assert found.questions == ()
    step = found.steps[-1]
    return step.duration, step.duration_unit, step.pause, step.pause_unit


@pytest.mark.parametrize(
    "said",
    [
        "for 21 days, then 7 days off",
        "for 21 days then off for 7 days",
        "x 21 days on, 7 days off",
        "21 days on 7 days off",
        "21 days on/7 days off",
        "for 21 days followed by 7 days of rest",
        "for 21 days, then stop for 7 days, and repeat",
        "for 21 days, stop for 7 days, then repeat cycle",
        "for 21 days. Rest for 7 days. Repeat",
        "for 21 (twenty-one) days, then no capsules for 7 days",
        "for 21 days on, 7 days off, repeat every 28 days",
        "days 1-21 of a 28-day cycle",
        "on days 1 to 21 of each 28 day cycle",
        "on days 1-21, none on days 22-28",
        "on days 1-21 every 28 days",
        "d 1-21 q28 days",
        "for 21 days of a 28 day cycle",
        "for 21 days every 28 days",
        "for 21 days every 4 weeks",
    ],
)
def test_twenty_one_days_on_and_seven_off_are_read_however_they_are_said(said: str) -> None:
    assert cycle(f"{CAPSULE} {said}", "capsule") == (21, "day", 7, "day")


@pytest.mark.parametrize(
    ("sig", "form", "wanted"),
    [
        (f"{CAPSULE} 3 weeks on and 1 week off", "capsule", (3, "week", 1, "week")),
        (f"{CAPSULE} for 3 weeks, skip 4th week", "capsule", (3, "week", 1, "week")),
        (f"{CAPSULE} for 3 weeks of every 4 weeks", "capsule", (3, "week", 1, "week")),
        (f"{CAPSULE} for 3 weeks, then a week off", "capsule", (3, "week", 1, "week")),
        (f"{CAPSULE} for 5 days every 28 days", "capsule", (5, "day", 23, "day")),
        (f"{CAPSULE} 5 days on, 2 days off", "capsule", (5, "day", 2, "day")),
        (f"{CAPSULE} 1 month on, 1 month off", "capsule", (1, "month", 1, "month")),
        (f"{PATCH} for 3 weeks, then leave off for 1 week", "patch", (3, "week", 1, "week")),
        (f"{PATCH} x 3 weeks, week 4 patch-free", "patch", (3, "week", 1, "week")),
        (f"{PATCH} for 3 weeks, no patch 4th week", "patch", (3, "week", 1, "week")),
        (f"{PATCH} for 3 weeks, off for 7 days", "patch", (3, "week", 7, "day")),
        ("Tome 1 capsula al dia por 21 dias, luego descanse 7 dias", "capsule",
         (21, "day", 7, "day")),
    ],
)  # fmt: skip
def test_a_cycle_is_read_in_the_units_it_is_said_in(
    sig: str, form: str, wanted: tuple[int, str, int, str]
) -> None:
    assert cycle(sig, form) == wanted


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("14 days on, 7 days off, repeat every 28 days", "Which days are with it"),
        ("for 3 weeks, 2nd week off", "Which days are with it"),
        ("on days 3-21 of a 28 day cycle", "Which days are with it"),
        ("days 1-21 of a 14 day cycle", "Which days are with it"),
        ("for 21 days, 7 days off, 5 days off", "off"),
        ("for 21 days, 7 days off. Take 1 capsule for 10 days, then 5 days off", "same time"),
        ("7 days off", "What is off"),
        ("off", "What is off"),
        ("for 1.5 days, 2 days off", "'1.5' is not a whole number"),
        ("for 21 days, then 7 days off, x 6 cycles", "for how long in all"),
        ("21 days on, 7 days off, then 2 capsules daily", "repeated in cycles"),
        ("for 8 weeks every 2 weeks", "Two different frequencies"),
    ],
)
def test_a_cycle_that_does_not_come_out_is_asked(said: str, asks: str) -> None:
    found = read_directions(f"{CAPSULE} {said}", form="capsule")
    assert not found.certain
    assert asks in " ".join(found.questions)
    assert found.quantity_per_day() is None


@pytest.mark.parametrize(
    ("sig", "english"),
    [
        ("Apply 1 patch weekly, wear for 7 days",
         "Apply 1 patch once a week, remove after 7 days."),
        ("Apply 1 patch every 3 days, leave in place for 72 hours",
         "Apply 1 patch every 3 days, remove after 72 hours."),
        ("Insert 1 ring vaginally every 3 months, leave in place for 90 days",
         "Insert 1 ring into the vagina every 3 months, remove after 90 days."),
    ],
)  # fmt: skip
def test_how_long_it_is_worn_ends_no_treatment(sig: str, english: str) -> None:
    found = read_directions(sig)
    assert found.questions == ()
    assert found.english() == english
    assert found.steps[0].duration is None
    assert read_directions(found.spanish()).steps == found.steps


@pytest.mark.parametrize(
    "said",
    [
        "for 20 minutes on, 20 minutes off",
        "for 16 hours on, then 8 hours off",
        "for 21 days, then off weekly",
        "for 21 days, daily off",
        "for 10 days, stop 7 days before surgery",
        "for 10 days, stop",
        "for 10 days, none",
    ],
)
def test_what_is_no_cycle_of_days_weeks_or_months_is_asked(said: str) -> None:
    assert not read_directions(f"{CAPSULE} {said}", form="capsule").certain


def test_a_length_of_treatment_beside_an_interval_is_no_cycle() -> None:
    found = read_directions("Inject 1 mL into the muscle for 8 weeks every 2 weeks")
    assert found.english() == "Inject 1 mL into a muscle every 2 weeks for 8 weeks."
    assert not found.steps[0].cyclic
    hours = read_directions("Take 1 tablet by mouth for 3 days every 6 hours")
    assert hours.english() == "Take 1 tablet by mouth every 6 hours for 3 days."


def test_numbered_days_of_a_cycle_are_once_a_day_where_nothing_else_is_said() -> None:
    found = read_directions("Take 1 tablet on days 1 to 21, none on days 22 to 28")
    assert found.english() == (
        "Take 1 tablet by mouth once daily for 21 days, then stop for 7 days, and repeat."
    )
    assert found.spanish() == (
        "Tome 1 tableta por la boca una vez al día durante 21 días, luego descanse 7 días, "
        "y repita."
    )


def test_a_cycle_named_last_is_meant_for_all_doses_of_the_day() -> None:
    sig = "Take 3 tablets in the morning and 2 tablets in the evening for 14 days, 7 days off"
    found = read_directions(sig, form="tablet")
    assert [step.cycle() for step in found.steps] == [(14, 7), (14, 7)]
    assert found.quantity_per_day() == 5


def test_the_answer_of_the_command_says_the_pause_in_words() -> None:
    steps = read_directions(f"{CAPSULE} 21 days on, 7 days off").as_json()["steps"]
    assert isinstance(steps, list)
    assert (steps[0]["duration"], steps[0]["duration_unit"]) == (21, "day")
    assert steps[0]["when"] == ["then 7 days off"]


RINGS = [
    ("Insert 1 ring vaginally, leave in place for 3 weeks, then remove for 1 week", 4, "week"),
    ("Insert 1 ring vaginally and leave in place for 3 consecutive weeks, then remove for "
     "1 week", 4, "week"),
    ("Insert 1 ring vaginally every 4 weeks, leave in for 3 weeks", 4, "week"),
    ("Insert 1 ring vaginally every 4 weeks, remove after 3 weeks", 4, "week"),
    ("Insert 1 ring into the vagina monthly, in for 3 weeks, out for 1 week", 1, "month"),
    ("Insert 1 ring vaginally for 3 weeks, remove for 7 days, then insert a new ring", 28,
     "day"),
]  # fmt: skip


@pytest.mark.parametrize(("sig", "period", "unit"), RINGS, ids=[row[0] for row in RINGS])
def test_a_ring_is_one_piece_for_three_weeks_in_and_one_week_out(
    sig: str, period: int, unit: str
) -> None:
    found = read_directions(sig, form="ring")
    assert found.questions == ()
    (step,) = found.steps
    assert (step.dose_min, step.times_max, step.period_max) == (1, 1, period)
    assert (step.period_unit, step.when) == (unit, ("remove after 3 weeks",))
    again = read_directions(found.english())
    assert again.steps == read_directions(found.spanish()).steps == found.steps


def test_a_ring_whose_weeks_do_not_agree_is_asked() -> None:
    sig = "Insert 1 ring vaginally every 6 weeks, in for 3 weeks, out for 1 week"
    questions = read_directions(sig, form="ring").questions
    assert questions[0].startswith("How long is the ring in")


def test_a_ring_of_three_months_has_no_week_without() -> None:
    found = read_directions("Insert 1 ring vaginally every 3 months", form="ring")
    assert found.certain
    assert not found.steps[0].when


def on(sig: str) -> Directions:
    found = read_directions(sig)
    assert found.certain
    return found


@pytest.mark.parametrize(
    ("quantity", "days"),
    [("1", 1), ("20", 20), ("21", 28), ("22", 29), ("41", 48), ("42", 56), ("63", 84)],
)
def test_a_pack_of_twenty_one_lasts_twenty_eight_days(quantity: str, days: int) -> None:
    proof = days_supply(Decimal(quantity), on(f"{CAPSULE} 21 days on, 7 days off"))
    assert proof.days == days
    assert "21 days with it, then 7 without" in proof.lines
    assert any("with the pauses" in line for line in proof.lines)


@pytest.mark.parametrize(("quantity", "days"), [("1", 7), ("2", 14), ("3", 28), ("9", 84)])
def test_three_weekly_patches_last_four_weeks(quantity: str, days: int) -> None:
    whole = on(f"{PATCH} to the skin for 3 weeks, then 1 week off")
    assert days_supply(Decimal(quantity), whole, form="patch").days == days


@pytest.mark.parametrize(("days", "quantity"), [(1, 1), (21, 21), (28, 21), (29, 22), (56, 42)])
def test_what_so_many_days_need_leaves_the_pauses_out(days: int, quantity: int) -> None:
    whole = on(f"{CAPSULE} 21 days on, 7 days off")
    found = quantity_needed(days, whole, Product(form="capsule", unit="EA"))
    assert found.quantity == quantity


def test_a_month_on_and_a_month_off_counts_with_the_days_of_the_payer() -> None:
    whole = on("Inhale 300 mL by nebulizer twice daily, 1 month on and 1 month off")
    proof = days_supply(Decimal(600 * 30), whole)
    assert proof.days == 60
    assert any("DS-MONTH" in line.source for line in proof.working)


def test_a_dose_beside_the_cycle_is_reckoned_by_hand() -> None:
    whole = on(
        "Take 1 tablet in the morning for 21 days, then 7 days off. Take 1 tablet at bedtime."
    )
    proof = days_supply(Decimal(60), whole)
    assert proof.days is None
    assert "reckon by hand" in proof.lines[-1]


@pytest.mark.parametrize("sig", [f"{CAPSULE} 21 days on, 7 days off", RINGS[0][0]])
def test_no_coded_length_of_treatment_ends_a_cycle(sig: str) -> None:
    whole = on(sig)
    (dosage,) = fhir_dosage(whole)
    assert "boundsDuration" not in str(dosage)
    assert read_fhir([dosage]).steps == whole.steps
    sent = structured_sig(whole)
    assert sent.find(".//DurationNumericValue") is None
    assert structured_questions(sig_leaves(sent), whole) == ()


def test_a_cycle_stands_in_the_words_beside_the_coded_directions() -> None:
    sent = structured_sig(on(f"{CAPSULE} 21 days on, 7 days off"))
    assert sent.findtext("ClarifyingFreeText") == "21 days on, 7 days off."
