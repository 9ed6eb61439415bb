"""`apothecary load`: the diff on the terminal, what is held, and one line for bad input."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from apothecary.config.catalogue import held, load_source
from apothecary.drugs.loading.kinds import KINDS
from apothecary.drugs.models import Batch, Package, Product
from apothecary.prescriptions.models import Prescription, PrescriptionState
from apothecary.prescriptions.states import FillState

CUT = Path(__file__).parents[2] / "drugs" / "tests" / "cuts" / "fda"


def ran(*words: str) -> Result:
    return CliRunner().invoke(load_source, list(words))


def test_help_lists_every_source_with_what_it_is():
    said = " ".join(ran("--help").output.split())
    for key, kind in KINDS.items():
        assert key in said.replace("- ", "-")
        assert kind.says.split(":")[0].split()[0] in said


def test_a_load_says_what_it_did_and_a_second_one_that_there_was_nothing_to_do(pharmacy):
    done = ran("fda-ndc", str(CUT), "--released", "2019-05-01")
    assert done.exit_code == 0, done.output
    batch = Batch.objects.get(source__key="fda-ndc")
    assert "product: 56 read, 56 new, 0 changed, 0 gone, 0 as before" in done.output
    assert f"Loaded as batch {batch.pk}." in done.output
    assert (batch.by, batch.file) == ("apothecary load", "fda")
    again = ran("fda-ndc", str(CUT))
    assert "Nothing to change" in again.output


def test_a_dry_run_shows_and_changes_nothing(pharmacy):
    done = ran("fda-ndc", str(CUT), "--dry-run")
    assert "product: 56 read, 56 new" in done.output
    assert "Nothing was changed" in done.output
    assert not Product.every.filter(source__key="fda-ndc").exists()


def test_json_is_one_object_with_counts_and_changes(pharmacy, tmp_path):
    ran("fda-ndc", str(CUT))
    for name in ("product.txt", "package.txt"):
        lines = (CUT / name).read_bytes().split(b"\r\n")
        kept = [line for line in lines if not line.startswith(b"0002-1433")]
        (tmp_path / name).write_bytes(b"\r\n".join(kept))
    package = Package.objects.get(ndc="0002-1433-80")
    pharmacy.drugs["trulicity"] = package
    pharmacy.receive("trulicity", "4")
    said = json.loads(
        ran("fda-ndc", str(tmp_path), "--json", "--released", "2026-01-31").output
    )
    assert (said["source"], said["released_on"], said["dry_run"]) == (
        "fda-ndc",
        "2026-01-31",
        False,
    )
    assert said["rows"]["all"] == {
        "read": 154,
        "new": 0,
        "changed": 0,
        "gone": 3,
        "same": 154,
    }
    first = said["changes"][0]
    assert (first["kind"], first["about"]) == ("gone", "0002-1433-80")
    assert first["held"].startswith("4 ML on hand at ")
    assert Package.objects.get(pk=package.pk).gone_on is not None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("fda-ndc", "nowhere"), "nowhere does not exist"),
        (("no-such-source", "."), "is not one of"),
        (("fda-ndc",), "Missing argument 'PATH'"),
        (("fda-ndc", str(CUT), "--released", "May"), "does not match the format"),
        (("rxnorm", str(CUT)), "no names file in it"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(db, words, says):
    done = ran(*words)
    assert done.exit_code == 2
    assert says in done.output.splitlines()[-1]


def test_a_broken_file_is_named_with_line_field_and_reason(db, tmp_path):
    for name in ("product.txt", "package.txt"):
        content = (CUT / name).read_bytes().replace(b"\tCIV\t", b"\tC4\t")
        (tmp_path / name).write_bytes(content)
    done = ran("fda-ndc", str(tmp_path))
    assert done.exit_code == 2
    assert "product.txt line 13, DEASCHEDULE: 'C4' is none of" in done.output
    assert "nothing was changed" in done.output
    assert not Product.every.exists()


def test_a_release_of_headers_alone_is_refused_until_somebody_means_it(db, tmp_path):
    ran("fda-ndc", str(CUT))
    for name in ("product.txt", "package.txt"):
        header, _, _ = (CUT / name).read_bytes().partition(b"\r\n")
        (tmp_path / name).write_bytes(header + b"\r\n")
    before = list(Product.every.order_by("pk").values_list())
    done = ran("fda-ndc", str(tmp_path))
    assert done.exit_code == 2
    said = done.output.splitlines()[-1]
    assert "fda-ndc: no product in it, and 56 on file would be gone" in said
    assert "nothing was changed (--empty-is-meant if it is so)" in said
    assert list(Product.every.order_by("pk").values_list()) == before
    meant = ran("fda-ndc", str(tmp_path), "--empty-is-meant")
    assert meant.exit_code == 0
    assert "product: 0 read, 0 new, 0 changed, 56 gone" in meant.output


def test_what_is_on_a_shelf_ordered_or_being_filled_is_held_and_nothing_else(pharmacy):
    lisinopril, warfarin = pharmacy.drugs["lisinopril"].pk, pharmacy.drugs["warfarin"].pk
    both = [lisinopril, warfarin]
    assert held(both) == {}
    assert held([]) == {}
    pharmacy.receive("lisinopril", "100")
    (said,) = held(both).values()
    assert said == f"100 EA on hand at {pharmacy.pharmacy.name}"
    pharmacy.enter()
    said = held(both)[lisinopril]
    assert "1 prescription open" in said
    assert "1 prescription being filled" in said
    assert set(held(both)) == {lisinopril}
    assert held([warfarin]) == {}


def test_what_was_sold_or_cancelled_holds_a_package_no_longer(pharmacy):
    lisinopril = pharmacy.drugs["lisinopril"].pk
    pharmacy.receive("lisinopril", "30")
    fill = pharmacy.walk(pharmacy.enter(), until=FillState.SOLD)
    Prescription.objects.update(state=PrescriptionState.CANCELLED)
    assert fill.package_id == lisinopril
    assert "being filled" not in held([lisinopril]).get(lisinopril, "")
    assert "open" not in held([lisinopril]).get(lisinopril, "")
