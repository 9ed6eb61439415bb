"""Words that change no dose are kept and printed; what names a dose is never dropped."""

import pytest

from apothecary.directions.reading import read_directions


@pytest.mark.parametrize(
    ("sig", "notes"),
    [
        ("1 tab daily. Do not crush or chew.", ("do not crush or chew",)),
        ("1 tab daily. Avoid alcohol", ("avoid alcohol",)),
        ("shake well. 5 ml bid", ("shake well",)),
        ("1 tab daily, hold if sbp < 100", ("hold if sbp < 100",)),
        ("1 tab daily. Follow up in 2 weeks", ("follow up in 2 weeks",)),
        ("1 tab daily. Note: brand only", ("brand only",)),
        ("1 tab daily. Call office for appt", ("call office for appt",)),
        ("1 tab bid, 12 hours apart", ("12 hours apart",)),
        ("2 puffs bid with spacer", ("use with a spacer",)),
        ("1 tab of ibuprofen daily", ("ibuprofen",)),
        ("1 tab daily #30 RF 3", ()),
        ("1 tab daily, 90 day supply", ()),
        ("sig: 1 tab daily", ()),
    ],
)
def test_advice_is_kept_as_a_note(sig: str, notes: tuple[str, ...]) -> None:
    directions = read_directions(sig)
    assert directions.certain, directions.questions
    assert directions.notes == notes
    again = read_directions(directions.english())
    assert (again.notes, again.questions) == (notes, ())


@pytest.mark.parametrize(
    "sig",
    [
        "1 tab daily. Avoid taking 2 tablets at bedtime",
        "1 tab daily, call if pain then take 2 tabs bid",
        "1 tab daily. If no improvement increase to 2 tabs daily",
        "1 tab daily. Follow up every 2 weeks",
        "1 tab daily. Do not take at bedtime",
    ],
)
def test_a_remark_that_names_a_dose_or_a_time_is_asked(sig: str) -> None:
    directions = read_directions(sig)
    assert not directions.certain
    assert directions.quantity_per_day() is None


@pytest.mark.parametrize(
    ("sig", "reason"),
    [
        ("1 tab q6h prn moderate pain (4-6)", "moderate pain (4-6)"),
        ("1 tab q6h prn moderate pain (4-6/10)", "moderate pain (4-6)"),
        ("1 tab q6h prn fever > 101", "fever over 101"),
        ("1 tab q6h prn bp < 90", "blood pressure under 90"),
        ("1 tab q6h prn cough/wheeze", "cough or wheeze"),
        ("1 tab q6h prn pain in right knee", "pain in right knee"),
        ("1 tab q6h prn post-nasal drip", "post-nasal drip"),
        ("1 tab for pain q6h prn", "pain"),
        ("1 tab q6h as needed (nerve pain)", "nerve pain"),
        ("1 tab q6h prn racing thoughts", "racing thoughts"),
    ],
)
def test_a_reason_is_kept_with_its_degree(sig: str, reason: str) -> None:
    (step,) = read_directions(sig).steps
    assert read_directions(sig).certain
    assert (step.as_needed, step.as_needed_for, step.purpose) == (True, reason, "")


@pytest.mark.parametrize(
    ("sig", "purpose"),
    [
        ("1 tab daily for high blood pressure", "high blood pressure"),
        ("1 tab daily. Dx: HTN", "high blood pressure"),
        ("1 tab daily to prevent blood clots", "prevention of blood clots"),
        ("1 tab daily for tennis elbow", "tennis elbow"),
        ("use to test blood sugar daily", "testing blood sugar"),
    ],
)
def test_a_purpose_is_kept(sig: str, purpose: str) -> None:
    form = "test strip" if "test" in sig else "tablet"
    directions = read_directions(sig, form=form)
    assert directions.certain, directions.questions
    assert directions.steps[0].purpose == purpose


@pytest.mark.parametrize(
    "sig",
    [
        "inject per sliding scale",
        "inject 2-10 units per sliding scale ac & hs",
        "sliding scale: 150-200 2 units, 201-250 4 units",
        "10 units tid plus sliding scale",
        "inject 10 units ssi",
    ],
)
def test_a_sliding_scale_is_named_and_never_counted(sig: str) -> None:
    directions = read_directions(sig, drug="insulin lispro 100 units/mL", form="injection")
    assert any("sliding scale" in question for question in directions.questions)
    assert directions.max_quantity_per_day() is None
