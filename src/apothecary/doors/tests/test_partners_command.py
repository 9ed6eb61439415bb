"""`apothecary token --partner NAME --certificate FILE`: what it puts on file and refuses."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from apothecary.config.desk import desk
from apothecary.doors.tests.test_script import make_partner
from apothecary.staff.certificates import fingerprint, read_certificate
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
