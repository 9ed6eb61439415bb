"""`apothecary token --partner NAME --certificate|--end …`: what it does, and refuses."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from apothecary.config.desk import desk
from apothecary.doors.partners import partner_by_token
from apothecary.doors.tests.test_script import make_partner
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.staff.certificates import (
    fingerprint,
    partner_by_certificate,
    read_certificate,
)
from apothecary.staff.models import Partner, PartnerCertificate
from apothecary.staff.signon import token_hash
from apothecary.staff.tests.papers import certificate

NAME = "eprescribing clinic"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def partner(pharmacy) -> Partner:
    return make_partner(pharmacy, "clinic")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clinic.pem"
    ends = NOW + timedelta(days=30)
    path.write_bytes(certificate("clinic", starts=NOW - timedelta(days=1), ends=ends))
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(desk, ["token", *arguments])


def test_a_certificate_is_put_on_file_and_told_by_its_sha_256(partner, file):
    said = run("--partner", NAME, "--certificate", str(file), "--json")
    assert said.exit_code == 0, said.output
    found = read_certificate(file.read_bytes())
    assert found is not None
    assert json.loads(said.output) == {
        "partner": NAME,
        "sha256": fingerprint(found).hex(),
        "expires": (NOW + timedelta(days=30)).isoformat(),
    }
    assert bytes(PartnerCertificate.objects.get().fingerprint) == fingerprint(found)


def test_for_people_it_is_one_line(partner, file):
    said = run("--partner", NAME, "--certificate", str(file))
    sha256 = bytes(PartnerCertificate.objects.get().fingerprint).hex()
    assert said.output == f"{sha256} until {(NOW + timedelta(days=30)).isoformat()}\n"


def test_the_partners_token_goes_on_beside_the_certificate(partner, file):
    run("--partner", NAME, "--certificate", str(file))
    assert bytes(Partner.objects.get().token_hash) == token_hash("clinic")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["--worker", "stechnician", "--certificate", "{file}"],
            "a certificate is a partner's",
        ),
        (["--certificate", "{file}"], "either --worker NAME or --partner NAME"),
        (["--partner", "nobody", "--certificate", "{file}"], "no partner called 'nobody'"),
        (["--partner", NAME, "--certificate", "{file}.gone"], "does not exist"),
        (["--partner", NAME, "--certificate", "{empty}"], "not one certificate"),
    ],
)
def test_bad_input_is_refused_with_exit_code_2_and_nothing_is_kept(
    partner, file, tmp_path, arguments, says
):
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    said = run(*(each.format(file=file, empty=empty) for each in arguments))
    assert said.exit_code == 2
    assert says in said.output
    assert not PartnerCertificate.objects.exists()


def test_the_same_certificate_again_is_refused(partner, file):
    run("--partner", NAME, "--certificate", str(file))
    again = run("--partner", NAME, "--certificate", str(file))
    assert (again.exit_code, PartnerCertificate.objects.count()) == (2, 1)
    assert "on file already" in again.output


# Ending one credential


def put(file: Path) -> str:
    """A certificate on file; its SHA-256."""
    said = run("--partner", NAME, "--certificate", str(file), "--json")
    return str(json.loads(said.output)["sha256"])


def opens(file: Path) -> bool:
    """Whether this certificate lets the partner in today."""
    found = read_certificate(file.read_bytes())
    assert found is not None
    return partner_by_certificate(found, at=NOW) is not None


@pytest.fixture
def other_file(tmp_path: Path) -> Path:
    path = tmp_path / "next.pem"
    ends = NOW + timedelta(days=90)
    path.write_bytes(certificate("clinic", starts=NOW - timedelta(days=1), ends=ends))
    return path


def test_one_certificate_is_ended_and_the_next_one_and_the_token_go_on(
    partner, file, other_file
):
    sha256, kept = put(file), put(other_file)
    said = run("--partner", NAME, "--end", sha256, "--json")
    assert (said.exit_code, json.loads(said.output)) == (0, {"partner": NAME, "ended": sha256})
    assert (opens(file), opens(other_file)) == (False, True)
    assert partner_by_token("clinic") == partner
    entry = Entry.objects.get(deed=Deed.CERTIFICATE_ENDED)
    assert sha256 in entry.details
    assert kept not in entry.details


def test_a_certificate_may_be_named_by_the_start_of_its_sha_256_as_browsers_write_it(
    partner, file
):
    start = put(file)[:8].upper()
    colons = ":".join(start[at : at + 2] for at in range(0, 8, 2))
    assert run("--partner", NAME, "--end", colons).exit_code == 0
    assert not opens(file)


@pytest.mark.parametrize("digits", [0, 1, 7])
def test_too_short_a_start_ends_nothing_and_names_what_is_on_file(partner, file, digits):
    sha256 = put(file)
    said = run("--partner", NAME, "--end", sha256[:digits])
    assert said.exit_code == 2
    assert f"on file: {sha256[:16]}" in " ".join(said.output.split())
    assert opens(file)


def test_a_certificate_of_another_partner_is_not_ended(pharmacy, partner, file):
    sha256 = put(file)
    make_partner(pharmacy, "hospital")
    said = run("--partner", "eprescribing hospital", "--end", sha256)
    assert (said.exit_code, opens(file)) == (2, True)
    assert "on file: none" in " ".join(said.output.split())


def test_a_certificate_is_ended_once_and_is_not_put_on_file_again(partner, file):
    sha256 = put(file)
    run("--partner", NAME, "--end", sha256)
    assert run("--partner", NAME, "--end", sha256).exit_code == 2
    assert "on file already" in run("--partner", NAME, "--certificate", str(file)).output
    assert not opens(file)
    assert Entry.objects.filter(deed=Deed.CERTIFICATE_ENDED).count() == 1


def test_the_token_is_ended_at_once_and_the_certificate_goes_on(partner, file):
    put(file)
    said = run("--partner", NAME, "--end", "token")
    assert (said.exit_code, said.output) == (0, "ended: token\n")
    assert partner_by_token("clinic") is None
    assert opens(file)
    assert Entry.objects.filter(deed=Deed.TOKEN_ENDED).count() == 1


def test_a_token_is_ended_once_and_a_new_one_is_made_as_before(partner):
    run("--partner", NAME, "--end", "token")
    again = run("--partner", NAME, "--end", "token")
    assert again.exit_code == 2
    assert "has no token" in again.output
    assert Entry.objects.filter(deed=Deed.TOKEN_ENDED).count() == 1
    made = run("--partner", NAME).output.strip()
    assert partner_by_token(made) == partner


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--worker", "stechnician", "--end", "token"], "--end goes with --partner"),
        (["--end", "token"], "either --worker NAME or --partner NAME"),
        (["--partner", "nobody", "--end", "token"], "no partner called 'nobody'"),
        (["--partner", NAME, "--certificate", "{file}", "--end", "token"], "--end goes with"),
    ],
)
def test_an_end_of_nothing_in_particular_is_refused(partner, file, arguments, says):
    said = run(*(each.format(file=file) for each in arguments))
    assert said.exit_code == 2
    assert says in said.output
    assert partner_by_token("clinic") == partner
    assert not PartnerCertificate.objects.exists()
