"""The commands of tracing: a document in from a file, and an inspector's answer out."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from apothecary.config.tracing import load_tracing, trace_packages
from apothecary.purchasing.tests.yard import Yard, yard_of
from apothecary.purchasing.tracing.tests.seller import GTIN, Told

HERE = ["--ncpdp", "1234567"]


@pytest.fixture
def yard(pharmacy) -> Yard:
    return yard_of(pharmacy)


@pytest.fixture
def document(yard, tmp_path):
    path = tmp_path / "d.xml"
    path.write_bytes(Told().xml())
    return path


@pytest.fixture
def loaded(document):
    run = CliRunner().invoke(load_tracing, ["plains", str(document), *HERE, "--json"])
    assert run.exit_code == 0
    return json.loads(run.output)


def test_a_document_is_taken_in_from_a_file(loaded):
    assert loaded == {"document": "D1", "packages": 2, "problem": ""}


def test_one_that_is_cut_off_is_kept_with_its_reason_and_exits_with_one(document):
    document.write_bytes(Told().xml()[:800])
    run = CliRunner().invoke(load_tracing, ["plains", str(document), *HERE])
    assert run.exit_code == 1
    assert run.output.startswith("set aside: ")


def test_an_unknown_partner_is_bad_input(document):
    run = CliRunner().invoke(load_tracing, ["nobody", str(document), *HERE])
    assert run.exit_code == 2
    assert "no partner we buy from" in run.output


def test_one_command_answers_an_inspector_in_json(loaded):
    run = CliRunner().invoke(trace_packages, ["68180-0980-1", *HERE, "--json"])
    told = json.loads(run.output)
    assert [one["serial"] for one in told["packages"]] == ["S1", "S2"]
    assert told["packages"][0]["gtin"] == GTIN
    assert told["took_ms"] >= 0


def test_the_same_as_csv_is_read_back(loaded):
    run = CliRunner().invoke(trace_packages, ["L7", *HERE, "--csv"])
    rows = list(csv.DictReader(io.StringIO(run.output)))
    assert [row["seller"] for row in rows] == ["Plains Drug"] * 2


def test_in_words_it_says_where_each_is_and_how_long_it_took(loaded):
    run = CliRunner().invoke(trace_packages, ["S2", *HERE])
    first, last = run.output.splitlines()
    assert "lot L7 exp 2028-06-30 serial S2: Plains Drug" in first
    assert "not received" in first
    assert last.startswith("1 packages in ")


def test_nothing_that_fits_is_no_error(loaded):
    run = CliRunner().invoke(trace_packages, ["L9", *HERE, "--csv"])
    assert (run.exit_code, run.output) == (0, "")


@pytest.mark.parametrize("said", ["", "x" * 61])
def test_what_cannot_be_asked_is_bad_input(loaded, said):
    assert CliRunner().invoke(trace_packages, [said, *HERE]).exit_code == 2


def test_where_there_are_several_pharmacies_one_must_be_named(loaded):
    run = CliRunner().invoke(trace_packages, ["L7"])
    assert run.exit_code == 2
    assert "1234567" in run.output
