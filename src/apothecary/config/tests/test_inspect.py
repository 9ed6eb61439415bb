"""What an inspector may ask for: a command and a page each, as `docs/inspections.md` says."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from apothecary.config.inspect import inspect_papers
from apothecary.config.tests.world import NOON
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.states import FillState
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.vault.book.inventory_rules import InventoryState
from apothecary.vault.book.models import Inventory
from apothecary.vault.inspection import PAPERS
from apothecary.vault.losses.tests.hands import to_the_form
from apothecary.vault.orders.tests.desk import begun

DOCUMENT = Path(__file__).resolve().parents[4] / "docs" / "inspections.md"
# `| asked for | command | page |`, the latter two as code.
ROW = re.compile(r"\| .+ \| `([^`]+)` \| `(/[^`]+)` \|")
TABLE = [
    found.groups() for found in map(ROW.fullmatch, DOCUMENT.read_text().splitlines()) if found
]
COMMANDS = [command for command, _ in TABLE]
PAGES = sorted({page for _, page in TABLE})


@pytest.fixture
def parts(pharmacy) -> dict[str, str]:
    """A day of which there is one of everything; what the table calls it, and its number."""
    pharmacy.receive("oxycodone", "100")
    order = pharmacy.order("oxycodone", refills=0)
    fill = enter_prescription(by=pharmacy.technician, order=order)
    pharmacy.walk(fill, until=FillState.READY)
    Inventory.objects.create(
        pharmacy=pharmacy.pharmacy, kind="initial", business="close",
        taken_on=pharmacy.technician.today, started_at=NOON, started_by_id=1,
        state=InventoryState.SIGNED.value,
    )  # fmt: skip
    form, loss = begun(pharmacy), to_the_form(pharmacy)
    product = str(pharmacy.drugs["oxycodone"].product_id)
    patient, number = str(pharmacy.patient.pk), str(fill.prescription.number)
    return {
        "--product": product, "--patient": patient, "--rx": number, "--form": form.serial,
        "--loss": str(loss.number), "--schedule": "all",
        "--last": "2026-11-23", "--day": "2026-11-23",
        "<product>": product, "<patient>": patient, "<rx>": number, "<form>": str(form.pk),
        "<loss>": str(loss.pk),
    }  # fmt: skip


def runs(pharmacy, *words: str, role: Role = Role.IN_CHARGE):
    worker = pharmacy.people[role].username
    return CliRunner().invoke(inspect_papers, [*words, "--worker", worker])


def test_the_table_names_every_paper_once_and_no_other():
    assert sorted(command.split()[0] for command in COMMANDS) == sorted(PAPERS)


def test_a_command_says_every_option_of_which_there_is_no_paper_without_it():
    for command in COMMANDS:
        key, *options = shlex.split(command)
        said = {each.removeprefix("--") for each in options if each.startswith("--")}
        assert said <= set(PAPERS[key].asks), command


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_of_the_table_prints_and_is_written_down(
    pharmacy, parts, command, tmp_path
):
    key, *options = shlex.split(command)
    asked = [
        word if word.startswith("--") else parts[before]
        for before, word in zip([key, *options], options, strict=False)
    ]
    made = runs(pharmacy, key, *asked)
    assert made.exit_code == 0, made.output
    titles = made.output.splitlines()[0].split(",")
    assert len(titles) > 2
    paper = tmp_path / "paper.pdf"
    made = runs(pharmacy, key, *asked, "--as", "pdf", "--out", str(paper))
    assert made.exit_code == 0, made.output
    assert paper.read_bytes().startswith(b"%PDF")
    assert Entry.objects.filter(deed=Deed.PAPER_PRINTED.value).count() == 2


@pytest.mark.parametrize("page", PAGES)
def test_each_page_of_the_table_opens(pharmacy, parts, page):
    token = worker_token(person=pharmacy.people[Role.IN_CHARGE], station="x", at=NOON)
    client = Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})
    there = re.sub(r"<\w+>", lambda found: parts[found[0]], page)
    assert client.get(there).status_code == 200


def test_the_page_of_inspection_has_a_button_for_each_and_keeps_what_an_address_says(
    pharmacy, parts
):
    token = worker_token(person=pharmacy.people[Role.IN_CHARGE], station="x", at=NOON)
    client = Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})
    shown = client.get(f"/vault/inspection/?patient={parts['<patient>']}").content.decode()
    for key in PAPERS:
        assert f'action="/vault/inspection/{key}.pdf"' in shown
        assert f'formaction="/vault/inspection/{key}.csv"' in shown
    reads = shown.partition('id="reads-patient"')[0].rpartition("<input")[2]
    assert f'value="{parts["<patient>"]}"' in reads


def test_the_page_of_a_prescription_and_of_a_patient_lead_to_their_papers(pharmacy, parts):
    for role, there in ((Role.IN_CHARGE, True), (Role.CLERK, False)):
        token = worker_token(person=pharmacy.people[role], station="x", at=NOON)
        client = Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})
        rx = client.get(f"/rx/{parts['<rx>']}/").content.decode()
        assert (f"/vault/inspection/?rx={parts['<rx>']}#paper-changes" in rx) is there
        patient = client.get(f"/patients/{parts['<patient>']}/").content.decode()
        wanted = f"/vault/inspection/?patient={parts['<patient>']}#paper-reads"
        assert (wanted in patient) is there


def test_who_may_not_read_the_journal_prints_no_reads(pharmacy, parts):
    made = runs(pharmacy, "reads", "--patient", parts["--patient"], role=Role.CLERK)
    assert made.exit_code == 2
    assert not Entry.objects.filter(deed=Deed.PAPER_PRINTED.value).exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nothing"], "There is no paper 'nothing'"),
        (["reads"], "Say which"),
        (["pse-log", "--first", "soon"], "is no day"),
        (["pse-log", "--first", "2026-11-24", "--last", "2026-11-23"], "lies before"),
        (["invoices", "--schedule", "9"], "is no schedule"),
        (["pse-log", "--as", "pdf"], "a PDF goes into a file"),
    ],
)
def test_what_cannot_be_printed_is_one_clear_line_and_exit_code_two(pharmacy, words, says):
    made = runs(pharmacy, *words)
    assert made.exit_code == 2
    assert says in made.output


def test_a_worker_whom_nobody_knows_prints_nothing(pharmacy):
    made = CliRunner().invoke(inspect_papers, ["duties", "--worker", "nobody"])
    assert (made.exit_code, "no worker called" in made.output) == (2, True)
    made = CliRunner().invoke(inspect_papers, ["duties"])
    assert (made.exit_code, "say who prints it" in made.output) == (2, True)


def test_the_list_names_each_paper_with_what_it_asks():
    listed = CliRunner().invoke(inspect_papers, ["--list"]).output.splitlines()
    assert [line.split()[0] for line in listed] == list(PAPERS)
