"""The pages of the vault: what stands on them, what their buttons do, what they cost."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apothecary.config.tests.world import PIN, TODAY
from apothecary.journal.models import Entry
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.states import FillState
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in
from apothecary.stock.kinds import PlaceKind
from apothecary.vault import inspection
from apothecary.vault.book.models import (
    AccessRecord,
    DiscrepancyCase,
    Inventory,
    PowerOfAttorney,
    VaultCount,
)
from apothecary.vault.book.tests.hands import counting, short_case, spot
from apothecary.vault.losses.tests.hands import to_the_form
from apothecary.vault.orders.tests.desk import begun
from apothecary.vault.paper import Column, Paper, paper_csv, paper_pdf, parted, plain

MOST_QUERIES = 14
# Papers that are of a drug, a prescriber or a patient, whichever is said.
ONE_IS_ENOUGH = {"refill-trail"}


def page_of(world, role=Role.TECHNICIAN):
    token = worker_token(person=world.people[role], station="x", at=world.technician.at)
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def text(answer):
    """What a page says, without its marks."""
    said = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return " ".join(said.split())


@pytest.fixture
def filled(pharmacy):
    """A day: a bottle came, thirty were filled, a case waits, a count is open."""
    pharmacy.receive("oxycodone", "100")
    order = pharmacy.order("oxycodone", refills=0)
    fill = enter_prescription(by=pharmacy.technician, order=order)
    pharmacy.walk(fill, until=FillState.READY)
    pharmacy.receive("alprazolam", "60")
    return pharmacy


def test_the_first_page_names_every_controlled_drug_with_what_stands_here(filled):
    said = text(page_of(filled).get("/vault/"))
    assert "70 tablets 30 tablets" in said
    assert "alprazolam" in said
    assert "No inventory was ever taken" in said


def test_the_book_of_a_drug_shows_each_line_with_its_prescription_and_balance(filled):
    product = filled.drugs["oxycodone"].product_id
    answer = page_of(filled).get(f"/vault/book/{product}/")
    said = text(answer)
    assert "dispensed, Rx 7000000" in said
    assert "70 ea" in said
    assert '<polyline class="line"' in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "status"),
    [("first=2026-11-30&last=2026-11-01", 409), ("first=soon", 409), ("page=99", 200),
     ("page=x", 200), ("alone=1", 200)],
)  # fmt: skip
def test_a_period_that_cannot_be_is_refused_and_a_page_that_is_not_there_is_the_last(
    filled, asked, status
):
    product = filled.drugs["oxycodone"].product_id
    assert page_of(filled).get(f"/vault/book/{product}/?{asked}").status_code == status


def test_a_drug_that_is_not_controlled_has_no_page_here(filled):
    product = filled.drugs["lisinopril"].product_id
    answer = page_of(filled).get(f"/vault/book/{product}/")
    assert answer.status_code == 409
    assert "not controlled" in text(answer)


@pytest.mark.parametrize(
    "where",
    ["", "counts/", "discrepancies/", "inventories/", "door/", "attorneys/", "inspection/"],
)
def test_a_page_asks_few_questions_however_much_stands_on_it(filled, where):
    short_case(filled, lot=filled.receive("testosterone", "20"), units="18")
    counting(filled)
    page = page_of(filled)
    page.get(f"/vault/{where}")
    with CaptureQueriesContext(connection) as asked:
        assert page.get(f"/vault/{where}").status_code == 200
    assert len(asked) <= MOST_QUERIES


def test_a_count_walks_from_line_to_line_and_shows_no_books(filled):
    page = page_of(filled)
    begun = page.post("/vault/counts/start", {
        "place": spot(filled), "initials": filled.people[Role.CERTIFIED].initials, "pin": PIN,
    })  # fmt: skip
    count = VaultCount.objects.get()
    assert begun.headers["Location"] == f"/vault/counts/{count.pk}/"
    first, second = count.lines.order_by("id")
    said = text(page.get(begun.headers["Location"]))
    assert "2 of 2 to count" in said
    assert "60 tablets" not in said
    page.post(f"/vault/counts/line/{first.pk}/enter", {"counted": "60"})
    page.post(f"/vault/counts/line/{second.pk}/enter", {"counted": "70"})
    assert "closed" in text(page.get(begun.headers["Location"]))


@pytest.mark.parametrize(("typed", "status"), [("", 409), ("many", 409), ("0.0001", 409)])
def test_a_count_that_is_no_number_is_refused(filled, typed, status):
    line = counting(filled).lines.order_by("id")[0]
    answer = page_of(filled).post(f"/vault/counts/line/{line.pk}/enter", {"counted": typed})
    assert answer.status_code == status


def test_a_count_can_be_given_up_on_its_page(filled):
    count = counting(filled)
    page_of(filled).post(f"/vault/counts/{count.pk}/give-up", {"because": "fire drill"})
    assert "given up: fire drill" in text(page_of(filled).get("/vault/counts/"))


def test_a_case_shows_its_facts_and_only_a_pharmacist_the_way_to_close_it(filled):
    case = short_case(filled, "68", lot=filled.drugs["oxycodone"].lot_set.get())
    tech, rph = page_of(filled), page_of(filled, Role.PHARMACIST)
    here = f"/vault/discrepancies/{case.pk}/"
    said = text(tech.get(here))
    assert "2 tablets short" in said
    assert "Rx 7000000" in said
    assert "look at everything since it came" in said
    tech.post(here + "note", {"text": "asked the night shift"})
    tech.post(here + "explain", {"explanation": "two on the floor"})
    assert "asked the night shift" in text(rph.get(here))
    assert "Why it is closed" not in text(tech.get(here))
    assert "Why it is closed" in text(rph.get(here))
    turned_away = tech.post(here + "close", {"because": "b", "correct": "yes"})
    assert turned_away.status_code == 403
    assert "may not close a discrepancy" in text(turned_away)
    rph.post(here + "close", {"because": "found broken", "correct": "yes"})
    assert "found broken" in text(tech.get(here))
    assert DiscrepancyCase.objects.get().state == "closed"


def test_a_case_is_handed_on_from_its_page(filled):
    case = short_case(filled, "68", lot=filled.drugs["oxycodone"].lot_set.get())
    rph, here = page_of(filled, Role.PHARMACIST), f"/vault/discrepancies/{case.pk}/"
    rph.post(here + "unexplained", {"explanation": "all looked at"})
    rph.post(here + "hand-on", {"because": "theft is suspected"})
    assert DiscrepancyCase.objects.get().state == "handed on as a suspected loss"


def test_an_inventory_is_taken_signed_and_printed_from_its_pages(filled):
    tech, rph = page_of(filled), page_of(filled, Role.PHARMACIST)
    tech.post("/vault/inventories/start", {"kind": "biennial", "business": "close"})
    inventory = Inventory.objects.get()
    here = f"/vault/inventories/{inventory.pk}/"
    assert "count exactly" in text(tech.get(here))
    for line in inventory.lines.all():
        opened = {"Shelf": "70", "Will-call": "30"}[line.where] if line.schedule == 2 else "60"
        tech.post(f"/vault/inventories/line/{line.pk}/count", {"full": "0", "opened": opened})
    assert "A pharmacist signs it" in text(tech.get(here))
    by = filled.people[Role.TECHNICIAN].initials
    rph.post(here + "sign", {"initials": by, "pin": PIN})
    assert Inventory.objects.get().state == "signed"
    assert not DiscrepancyCase.objects.exists()
    paper = rph.get("/vault/inspection/inventory.pdf")
    assert paper.content.startswith(b"%PDF")
    rows = table(rph, "inventory.csv")
    assert [(row["C"], row["Drug"], row["Total"], row["How"]) for row in rows] == [
        ("II", "oxycodone hydrochloride", "100", "exact"),
        ("IV", "alprazolam", "60", "exact"),
    ]


def test_an_inventory_can_be_given_up_on_its_page(filled):
    tech = page_of(filled)
    tech.post("/vault/inventories/start", {"kind": "initial", "business": "opening"})
    here = f"/vault/inventories/{Inventory.objects.get().pk}/"
    tech.post(here + "give-up", {"because": "the fire bell"})
    assert "Given up: the fire bell" in text(tech.get(here))


def test_the_door_is_written_down_on_its_page_and_later_with_a_reason(filled):
    page, vault = page_of(filled), spot(filled, PlaceKind.VAULT)
    page.post("/vault/door/log", {"place": vault, "kind": "opened"})
    assert AccessRecord.objects.get().kind == "opened"
    bad = page.post("/vault/door/log", {"place": vault, "kind": "shut", "at": "yesterday"})
    assert bad.status_code == 409
    back = page.post("/vault/door/log", {
        "place": vault, "kind": "shut", "at": "2020-01-01T10:00", "because": "no power",
    })  # fmt: skip
    assert back.status_code == 409
    assert "Was the clock set back?" in text(page.get("/vault/door/"))


def test_a_power_of_attorney_is_granted_and_revoked_on_its_page(filled):
    boss = page_of(filled, Role.IN_CHARGE)
    granted = {
        "person": filled.people[Role.PHARMACIST].pk, "granted_on": TODAY.isoformat(),
        "registrant_name": "Olivia Owner", "registrant_title": "president",
        "first_witness": "Wanda One", "second_witness": "Will Two",
    }  # fmt: skip
    boss.post("/vault/attorneys/grant", granted)
    row = PowerOfAttorney.objects.get()
    assert "Olivia Owner, president" in text(boss.get("/vault/attorneys/"))
    boss.post(f"/vault/attorneys/{row.pk}/revoke", {
        "revoked_on": TODAY.isoformat(), "by_name": "Olivia Owner", "because": "left",
        "first_witness": "Wanda One", "second_witness": "Will Two",
    })  # fmt: skip
    assert "revoked 11/23/2026 by Olivia Owner: left" in text(boss.get("/vault/attorneys/"))


def test_policy_is_said_on_the_page_of_inspection(filled):
    boss = page_of(filled, Role.IN_CHARGE)
    boss.post("/vault/policy", {"access_witness": "on", "camera_days": "14"})
    said = text(page_of(filled).get("/vault/inspection/"))
    assert "with a witness" in said
    assert "14 days" in said
    assert page_of(filled).post("/vault/policy", {"camera_days": "1"}).status_code == 403


def table(page, name, asked=""):
    answer = page.get(f"/vault/inspection/{name}{asked}")
    assert answer.status_code == 200, text(answer)
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_the_paper_of_a_book_opens_and_closes_with_its_balance(filled):
    product = filled.drugs["oxycodone"].product_id
    rows = table(page_of(filled), "book.csv", f"?product={product}")
    assert [(row["What"], row["In"], row["Out"], row["Balance"]) for row in rows] == [
        ("opening balance", "", "", "0"),
        ("received", "100", "", "100"),
        ("dispensed, Rx 7000000", "", "30", "70"),
    ]


def test_every_paper_on_the_list_prints_as_pdf_and_csv_or_says_what_is_missing(filled):
    boss = page_of(filled, Role.IN_CHARGE)
    said = {
        "product": filled.drugs["oxycodone"].product_id, "patient": filled.patient.pk,
        "rx": "7000000", "form": begun(filled).serial, "loss": to_the_form(filled).number,
        "day": f"{TODAY}",
    }  # fmt: skip
    Inventory.objects.create(
        pharmacy=filled.pharmacy, kind="initial", business="close", taken_on=TODAY,
        started_at=filled.technician.at, started_by_id=1, state="signed",
    )  # fmt: skip
    for key, paper in inspection.PAPERS.items():
        asked = {name: value for name, value in said.items() if name in paper.asks}
        made = boss.get(f"/vault/inspection/{key}.pdf", asked)
        assert made.content.startswith(b"%PDF"), (key, text(made))
        assert boss.get(f"/vault/inspection/{key}.csv", asked).status_code == 200
        if key in ONE_IS_ENOUGH:
            assert boss.get(f"/vault/inspection/{key}.csv").status_code == 409
            continue
        for needed in asked:
            less = {name: value for name, value in asked.items() if name != needed}
            assert boss.get(f"/vault/inspection/{key}.csv", less).status_code == 409
    printed = Entry.objects.filter(deed="printed a paper for an inspector")
    assert printed.count() == 2 * len(inspection.PAPERS)


@pytest.mark.parametrize(
    "name", ["nothing.pdf", "book.xls", "reads.csv?patient=999999", "changes.csv?rx=1"]
)
def test_a_paper_that_cannot_be_is_refused_in_words(filled, name):
    answer = page_of(filled, Role.PHARMACIST).get(f"/vault/inspection/{name}")
    assert answer.status_code == 409


def test_reads_of_a_patient_are_shown_to_whoever_may_read_the_journal(filled):
    page = page_of(filled)
    page.get(f"/patients/{filled.patient.pk}/")
    (row,) = table(page, "reads.csv", f"?patient={filled.patient.pk}")
    assert (row["By"], row["What"]) == ("Technician S", "read a patient record")


def test_another_pharmacys_records_are_on_no_paper(filled):
    case = short_case(filled, "68", lot=filled.drugs["oxycodone"].lot_set.get())
    theirs = Client(headers={"authorization": f"Bearer {token_of(filled)}"})
    assert theirs.get(f"/vault/discrepancies/{case.pk}/").status_code == 404
    product = filled.drugs["oxycodone"].product_id
    rows = table(theirs, "book.csv", f"?product={product}")
    assert [row["What"] for row in rows] == ["opening balance"]
    assert table(theirs, "discrepancies.csv") == []


def token_of(world):
    """A pharmacist of the other pharmacy signs on."""

    stand_in(world.other.pk)
    person = Person.objects.get(pharmacy=world.other, role=Role.PHARMACIST.value)
    return worker_token(person=person, station="x", at=world.technician.at)


def long_paper(rows, signatures=()):
    """A paper of so many rows."""
    columns = [Column("No", 60, right=True), Column("What", 300)]
    cells = [(str(number), "a line of words") for number in range(rows)]
    return Paper("Paper", [("Head", "value")], columns, cells, ["below"], signatures)


@pytest.mark.parametrize(("rows", "pages"), [(0, 1), (1, 1), (40, 1), (60, 2), (500, 12)])
def test_a_paper_goes_on_to_as_many_pages_as_it_takes(rows, pages):
    made = parted(long_paper(rows))
    assert len(made) == pages
    assert sum(len(page) for page in made) == rows
    assert paper_pdf(long_paper(rows)).count(b"/Type /Page\n") == pages


def test_signatures_that_do_not_fit_below_the_table_get_a_page_of_their_own():
    assert len(parted(long_paper(41))) == 1
    assert len(parted(long_paper(41, ["a", "b"]))) == 2


def test_a_word_wider_than_its_column_is_broken_and_nothing_is_cut_off():
    row = ("1", "x" * 200)
    made = parted(Paper("P", [], [Column("N", 40), Column("W", 100)], [row]))
    assert "".join(made[0][0].cells[1]) == "x" * 200


@pytest.mark.parametrize(
    ("cell", "kept"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("-3", "-3"), ("plain", "plain")]
)
def test_no_cell_is_a_formula_to_a_spreadsheet(cell, kept):
    assert plain(cell) == kept
    made = paper_csv(Paper("P", [], [Column("W", 10)], [(cell,)]))
    assert made.splitlines()[1] == kept


def test_letters_the_typeface_lacks_are_printed_as_the_nearest_it_has():
    assert paper_pdf(Paper("Nguyễn", [("Who", "Nguyễn")], [Column("W", 90)], [("ễ",)]))


def test_a_paper_that_asks_for_what_no_form_knows_is_not_put_on_the_list():
    book = inspection.PAPERS["book"]
    with pytest.raises(LookupError, match="colour"):
        inspection.add_paper(
            inspection.InspectorPaper("x", "t", "s", "c", book.duty, book.make, ("colour",))
        )
    assert "x" not in inspection.PAPERS
