"""The commands at the back desk: tokens that work, checks that name what is wrong."""

import json
from datetime import UTC, datetime

import click
import pytest
from click.testing import CliRunner, Result

from apothecary.config.answers import run_command
from apothecary.config.binaries import CannotStart
from apothecary.config.desk import desk
from apothecary.doors.partners import partner_by_token
from apothecary.doors.tests.test_script import make_partner
from apothecary.drugs.models import Product
from apothecary.drugs.search_index import refresh
from apothecary.drugs.search_tables import SearchDrug, SearchProduct
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.staff.duties import Role
from apothecary.staff.models import Partner, Session
from apothecary.staff.signon import sign_on, stand_in, token_hash
from apothecary.stock.models import Balance

TECH = "stechnician"


@pytest.fixture(autouse=True)
def keys(settings, tmp_path) -> None:
    """A data folder of its own: the journal's key is made there."""
    settings.DATA = tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(desk, list(arguments))


# Tokens


def test_a_workers_token_acts_as_that_person_and_is_kept_as_its_hash(pharmacy):
    token = run("token", "--worker", TECH).output.strip()
    signed_on = sign_on(token, now=datetime.now(UTC))
    assert signed_on is not None
    assert signed_on.worker.person_id == pharmacy.people[Role.TECHNICIAN].pk
    assert signed_on.by_token
    assert bytes(Session.objects.get().token_hash) == token_hash(token)
    assert Entry.objects.filter(deed=Deed.TOKEN_ISSUED).count() == 1


def test_a_token_for_a_program_comes_as_json(pharmacy):
    said = run("token", "--worker", TECH, "--json")
    assert set(json.loads(said.output)) == {"token"}


def test_each_token_is_another_and_all_of_them_go_on(pharmacy):
    tokens = {run("token", "--worker", TECH).output.strip() for _ in range(3)}
    assert len(tokens) == 3
    assert all(sign_on(token, now=datetime.now(UTC)) for token in tokens)


@pytest.mark.parametrize("name", ["nobody", "", " stechnician", "STECHNICIAN"])
def test_nobody_is_not_guessed_at_and_who_there_is_is_told(pharmacy, name):
    said = run("token", "--worker", name)
    assert said.exit_code == 2
    assert not Session.objects.exists()
    if name:
        assert TECH in said.output


def test_whoever_has_left_gets_no_token(pharmacy):
    person = pharmacy.people[Role.TECHNICIAN]
    person.active = False
    person.save()
    said = run("token", "--worker", TECH)
    assert (said.exit_code, f"no worker called '{TECH}'" in said.output) == (2, True)


@pytest.mark.parametrize("arguments", [[], ["--worker", TECH, "--partner", "eprescribing x"]])
def test_a_token_is_of_one_worker_or_one_partner(pharmacy, arguments):
    make_partner(pharmacy, "x")
    said = run("token", *arguments)
    assert said.exit_code == 2
    assert "either --worker NAME or --partner NAME" in said.output
    assert not Session.objects.exists()


def test_a_partners_new_token_ends_the_old_one(pharmacy):
    partner = make_partner(pharmacy, "clinic")
    fresh = run("token", "--partner", partner.name).output.strip()
    assert partner_by_token("clinic") is None
    assert partner_by_token(fresh) == partner


def test_two_pharmacies_with_a_partner_of_one_name_are_not_confused(pharmacy):
    partner = make_partner(pharmacy, "clinic")
    Partner.objects.create(
        pharmacy=pharmacy.other, name=partner.name, token_hash=token_hash("b"), may_send="x"
    )
    said = run("token", "--partner", partner.name)
    assert said.exit_code == 2
    assert "2 pharmacies have a partner called" in said.output
    assert partner_by_token("clinic") == partner


# Checks


@pytest.mark.parametrize("what", ["books", "journal", "all"])
def test_a_house_in_order_is_said_to_be_with_exit_code_nought(pharmacy, what):
    pharmacy.receive("lisinopril", "100")
    said = run("check", what)
    assert (said.exit_code, "nothing wrong" in said.output) == (0, True)


def test_a_balance_that_is_not_its_moves_is_named_with_its_pharmacy_and_exit_code_one(pharmacy):
    pharmacy.receive("lisinopril", "100")
    Balance.objects.filter(outside=False).update(on_hand=99)
    said = run("check", "books")
    assert said.exit_code == 1
    assert said.output.startswith(f"{pharmacy.pharmacy.name}: books: ")
    found = json.loads(run("check", "all", "--json").output)
    assert found["checked"] == ["books", "journal", "csos"]
    assert {fault["pharmacy"] for fault in found["faults"]} == {pharmacy.pharmacy.name}
    assert {fault["check"] for fault in found["faults"]} == {"books"}


def test_the_check_looks_behind_the_wall_of_every_pharmacy(pharmacy):
    pharmacy.receive("lisinopril", "100")
    Balance.objects.filter(outside=False).update(on_hand=99)
    stand_in(pharmacy.other.pk)
    assert run("check", "books").exit_code == 1


@pytest.mark.parametrize("what", ["", "everything", "Books"])
def test_what_cannot_be_checked_is_refused_with_what_can(pharmacy, what):
    said = run("check", what)
    assert said.exit_code == 2
    assert "books" in said.output


# How every command answers


def answering(outcome: object) -> click.Command:
    """A command that ends like this."""

    @click.command()
    def command() -> object:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return command


@pytest.mark.parametrize(
    ("outcome", "code", "says"),
    [
        (None, 0, ""),
        ("text is no code", 0, ""),
        (0, 0, ""),
        (7, 7, ""),
        (click.UsageError("no such\n  drug"), 2, "apothecary: no such drug\n"),
        (click.ClickException("the disk is full"), 2, "apothecary: the disk is full\n"),
        (CannotStart("port 8000 is taken"), 2, "apothecary: port 8000 is taken\n"),
        (click.Abort(), 130, ""),
    ],
)
def test_a_command_ends_with_its_code_and_one_line_for_bad_input(outcome, code, says, capsys):
    with pytest.raises(SystemExit) as ended:
        run_command(answering(outcome), [])
    assert (ended.value.code, capsys.readouterr().err) == (code, says)


def test_a_fault_of_our_own_is_no_bad_input():
    with pytest.raises(ZeroDivisionError):
        run_command(answering(ZeroDivisionError()), [])


# Preparing


def test_a_house_brought_up_to_the_code_finds_every_drug_it_had(pharmacy):
    """A database filled before the index was there, or read by an older edition of it."""
    SearchProduct.objects.all().delete()
    SearchDrug.objects.all().delete()
    said = run("prepare")
    assert said.exit_code == 0, said.output
    assert json.loads(said.output.splitlines()[-1]) == {}
    listed = set(Product.objects.values_list("pk", flat=True))
    assert listed
    assert set(SearchProduct.objects.values_list("product_id", flat=True)) == listed
    assert refresh() == 0
