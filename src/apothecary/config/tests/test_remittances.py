"""`apothecary load-remittance` and what the worker does with the drop folder."""

import json

import pytest
from click.testing import CliRunner

from apothecary.claims.money.tests.books import billed, line, posted
from apothecary.claims.money.tests.samples import Sent, file_of
from apothecary.config.desk import CHECKS
from apothecary.config.remittances import load_file, take_in_remittances


def run(pharmacy, path, *more: str):
    asked = [str(path), "--ncpdp", pharmacy.pharmacy.ncpdp_id, *more]
    return CliRunner().invoke(load_file, asked)


@pytest.fixture
def paid(pharmacy, tmp_path):
    path = tmp_path / "835.x12"
    path.write_bytes(file_of(Sent((line(billed(pharmacy, "9.25")),))))
    return path


def test_a_file_is_posted_and_its_payments_are_said(pharmacy, paid):
    done = run(pharmacy, paid)
    assert (done.exit_code, done.output) == (0, "SAMPLE HEALTH T1: $9.25\n")
    again = run(pharmacy, paid, "--json")
    assert json.loads(again.output)["posted"] == [
        {"payer": "SAMPLE HEALTH", "trace": "T1", "usd": "9.25"}
    ]
    assert posted(pharmacy) == 1


def test_a_file_that_cannot_be_posted_says_why_with_exit_code_one(pharmacy, tmp_path):
    path = tmp_path / "bad"
    path.write_bytes(file_of(Sent(more_usd="1")))
    done = run(pharmacy, path)
    assert done.exit_code == 1
    assert done.output.startswith("refused, nothing is posted: ")
    assert "BPR" in done.output


def test_where_there_are_several_pharmacies_one_must_be_named(pharmacy, paid):
    done = CliRunner().invoke(load_file, [str(paid)])
    assert done.exit_code == 2
    assert pharmacy.pharmacy.ncpdp_id in done.output
    assert CliRunner().invoke(load_file, [str(paid), "--ncpdp", "1"]).exit_code == 2
    assert posted(pharmacy) == 0


def test_the_worker_takes_in_the_folder_it_is_told_of(pharmacy, paid, monkeypatch):
    monkeypatch.delenv("APOTHECARY_REMITTANCES", raising=False)
    at = pharmacy.system.at
    assert take_in_remittances(pharmacy.pharmacy, at) == 0
    folder = paid.parent / "in"
    (folder / pharmacy.pharmacy.ncpdp_id).mkdir(parents=True)
    paid.rename(folder / pharmacy.pharmacy.ncpdp_id / "835.x12")
    monkeypatch.setenv("APOTHECARY_REMITTANCES", str(folder))
    assert take_in_remittances(pharmacy.pharmacy, at) == 1
    assert posted(pharmacy) == 1


def test_the_money_of_payers_is_proved_with_the_books(pharmacy, paid):
    run(pharmacy, paid)
    assert CHECKS["books"](pharmacy.pharmacy) == []
