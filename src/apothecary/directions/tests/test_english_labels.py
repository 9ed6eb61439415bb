"""Labels of practice, English beside Spanish, as a pharmacist and a translator would read them.

``labels.csv``: what was typed, the form of the product, and both labels word by word.
"""

import csv
from pathlib import Path

import pytest

from apothecary.directions.reading import read_directions

with (Path(__file__).parent / "labels.csv").open(encoding="utf-8", newline="") as _file:
    LABELS = [
        (row["sig"], row["form"], row["english"], row["spanish"])
        for row in csv.DictReader(_file, delimiter="|")
    ]


@pytest.mark.parametrize(("sig", "form", "english", "spanish"), LABELS)
def test_the_label_says_word_for_word_what_was_approved(
    sig: str, form: str, english: str, spanish: str
) -> None:
    found = read_directions(sig, form=form)
    assert found.certain, found.questions
    assert (found.english(), found.spanish()) == (english, spanish)


def test_no_label_is_approved_twice_and_every_one_has_its_spanish() -> None:
    assert len({english for _, _, english, _ in LABELS}) == len(LABELS) >= 200
    assert len({spanish for _, _, _, spanish in LABELS}) == len(LABELS)
    assert all(spanish.endswith(".") for _, _, _, spanish in LABELS)
