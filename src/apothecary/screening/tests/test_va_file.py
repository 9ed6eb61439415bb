"""The VA's file of interactions: read as it is, refused whole, loaded, screened by."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from apothecary.config.catalogue import load_source
from apothecary.config.tests.world import NOON
from apothecary.drugs.loading.frame import load
from apothecary.drugs.models import Batch, Change
from apothecary.drugs.official.files import Piece
from apothecary.drugs.shipped import BadRow
from apothecary.prescriptions.actions import enter_prescription
from apothecary.screening.actions import screen_waiting
from apothecary.screening.loading import VA_PAIRS
from apothecary.screening.models import Pair
from apothecary.screening.queries import findings_of
from apothecary.screening.sources import read_all_interactions
from apothecary.screening.va_file import key_of, read_pairs

CUT = Path(__file__).parent / "cuts" / "ddi_va_ndfrt.csv"
HEAD = "drug_a,drug_b,severity,nui,rxcui_a,rxcui_b,ingredient_nuis\n"
ON = date(2014, 11, 1)


@pytest.fixture
def file(tmp_path):
    """Write a file of these lines under the header."""

    def written(*lines: str) -> Path:
        path = tmp_path / "ddi.csv"
        path.write_text(HEAD + "".join(f"{line}\n" for line in lines))
        return path

    return written


def loaded(path: Path, *, dry_run: bool = False):
    return load(VA_PAIRS, path, by="test", at=NOON, released_on=ON, dry_run=dry_run)


def test_every_row_of_the_cut_is_read_with_its_ingredients_and_severity():
    rows = list(read_pairs(Piece(CUT)))
    assert len(rows) == len(CUT.read_text().splitlines()) - 1
    assert Counter(row.severity for row in rows).keys() == {"critical", "significant"}
    assert all(row.keys_a and row.keys_b for row in rows)
    (loud,) = [row for row in rows if row.nui == "N0000032729"]
    assert (loud.keys, loud.severity) == (("amiodarone", "warfarin"), "critical")


def test_the_keys_are_those_of_the_shipped_pairs():
    shipped = {frozenset((row.a, row.b)) for row in read_all_interactions()}
    for row in read_pairs(Piece(CUT)):
        for a in row.keys_a:
            for b in row.keys_b:
                assert frozenset((a, b)) in shipped, row


@pytest.mark.parametrize(
    ("name", "a", "b"),
    [
        (
            "ALUMINUM/MAGNESIUM HYDROXIDE/CEFDINIR",
            ("aluminum-hydroxide", "magnesium-hydroxide"),
            ("cefdinir",),
        ),
        ("FINGOLIMOD/ZOSTER VACCINE LIVE", ("fingolimod",), ("zoster-vaccine-live",)),
    ],
)
def test_a_row_that_names_a_combination_is_its_parts(file, name, a, b):
    (row,) = read_pairs(Piece(file(f"{name},,Critical,N1,,,")))
    assert (row.keys_a, row.keys_b) == (a, b)


def test_a_drug_no_table_knows_gets_a_key_as_the_drug_file_makes_them(file):
    (row,) = read_pairs(Piece(file('"NEWMAB, ALFA",WARFARIN,Critical,N1,,,')))
    assert (row.keys_a, row.keys_b) == (("newmab-alfa",), ("warfarin",))
    assert key_of("St. John's wort") == "st-john-s-wort"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("A,B,Deadly,N1,,,", "severity"),
        (",B,Critical,N1,,,", "drug_a"),
        ("A,B,Critical,,,,", "nui"),
        ("A,,Critical,N1,,,", "drug_b"),
        ("A,B,Critical", "line"),
    ],
)
def test_a_bad_line_refuses_the_file_by_line_and_field_and_nothing_is_loaded(
    pharmacy, file, line, field
):
    path = file("WARFARIN,ASPIRIN,Critical,N0,,,", line)
    with pytest.raises(BadRow) as bad:
        loaded(path)
    assert (bad.value.line, bad.value.field) == (3, field)
    assert not Pair.objects.exists()


def test_a_number_that_is_there_twice_refuses_the_file(pharmacy, file):
    line = "WARFARIN,ASPIRIN,Critical,N0,,,"
    with pytest.raises(BadRow, match="N0 is there twice"):
        loaded(file(line, line))


def test_the_rows_of_the_table_are_those_of_the_file_and_a_reload_changes_nothing(pharmacy):
    many = len(CUT.read_text().splitlines()) - 1
    assert loaded(CUT, dry_run=True).counts.new == many
    assert not Pair.objects.exists()
    first = loaded(CUT)
    assert (first.counts.read, first.counts.new) == (many, many)
    assert Pair.objects.count() == many
    assert Batch.objects.get(source__key="va-ddi").released_on == ON
    again = loaded(CUT)
    assert again.changed_nothing
    assert again.counts.same == many


def test_a_newer_release_is_a_shown_diff_and_deletes_nothing(pharmacy, file):
    loaded(file("WARFARIN,ASPIRIN,Significant,N0,,,", "WARFARIN,IBUPROFEN,Significant,N1,,,"))
    loaded(file("WARFARIN,ASPIRIN,Critical,N0,,,", "WARFARIN,NAPROXEN,Critical,N2,,,"))
    changes = {(each.kind, each.about) for each in Change.objects.all()}
    assert changes == {("changed", "N0"), ("gone", "N1")}
    assert set(Pair.objects.filter(gone_on=None).values_list("nui", flat=True)) == {"N0", "N2"}
    assert Pair.objects.count() == 3


def test_the_command_loads_it_and_names_it_in_its_help(pharmacy):
    run = CliRunner().invoke
    # The help may break its lines anywhere, also behind a hyphen.
    said = "".join(run(load_source, ["--help"]).output.split())
    assert "va-ddi:VANDF-RTinteractions" in said
    done = run(load_source, ["va-ddi", str(CUT), "--released", "2014-11-01"])
    assert done.exit_code == 0, done.output
    assert "pair:" in done.output


def interactions(world, drug: str) -> list[tuple[str, str, date]]:
    """What is said about a drug for a patient who takes warfarin."""
    enter_prescription(by=world.technician, order=world.order("warfarin"))
    screen_waiting(world.pharmacy, NOON)
    fill = enter_prescription(by=world.technician, order=world.order(drug))
    screen_waiting(world.pharmacy, NOON)
    return [
        (each.severity, each.cite, each.source_on)
        for each in findings_of(fill)
        if each.kind == "interaction"
    ]


def test_a_loaded_pair_that_no_shipped_table_has_is_found(pharmacy, file):
    loaded(file("LISINOPRIL,WARFARIN,Critical,N7,,,"))
    ((severity, cite, on),) = interactions(pharmacy, "lisinopril")
    assert (severity, on) == ("pharmacist", ON)
    assert "Veterans" in cite


def test_a_pair_that_has_gone_from_the_file_is_not_found(pharmacy, file):
    loaded(file("LISINOPRIL,WARFARIN,Critical,N7,,,"))
    loaded(file("METFORMIN,WARFARIN,Critical,N8,,,"))
    assert interactions(pharmacy, "lisinopril") == []


def test_a_loaded_pair_goes_before_the_shipped_one(pharmacy, file):
    loaded(file("AMOXICILLIN,WARFARIN,Critical,N9,,,"))
    ((severity, _, on),) = interactions(pharmacy, "amoxicillin")
    assert (severity, on) == ("pharmacist", ON)
