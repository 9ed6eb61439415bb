"""What is kept how long: every rule cited, every row counted, and nothing that deletes one."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from apothecary.config.kept import KINDS as OURS
from apothecary.config.tests.world_days import TODAY, WRITTEN
from apothecary.law.retention import Kept as KeptLaw
from apothecary.law.retention import kept_until
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill, Origin, Prescription
from apothecary.staff.models import Pharmacy
from apothecary.vault.inspection import printed
from apothecary.vault.keeping.kinds import KINDS, RecordKind, add_kind, guards_of, kept
from apothecary.vault.keeping.rules import Rule, federal_rule, free_before, state_rule
from apothecary.vault.orders.tests.pages_of_orders import client_of, text
from apothecary.wires.models import Incoming


def standing(world, *, state=None):
    house = Pharmacy.objects.get(pk=world.pharmacy.pk)
    if state:
        house.state = state
    return {each.kind.key: each for each in kept(house, today=TODAY)}


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.key)
def test_the_database_refuses_to_delete_a_record_of_each_kind(pharmacy, kind):
    table = kind.model._meta.db_table
    assert guards_of([table]).get(table), f"nothing refuses a deletion from {table}"


def test_a_table_without_such_a_trigger_is_said_to_have_none(pharmacy):
    assert guards_of(["stock_shelfitem"]) == {}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE claims_claim DISABLE TRIGGER claims_claim_is_kept")
    assert standing(pharmacy)["claims"].guard == ""
    assert "nothing does" in text(client_of(pharmacy).get("/vault/retention/"))


def test_neither_a_prescription_nor_its_fill_is_deleted_past_the_house(pharmacy):
    fill = pharmacy.enter()
    for table, number in (("fill", fill.pk), ("prescription", fill.prescription_id)):
        with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM prescriptions_{table} WHERE id = %s", [number])
    assert Fill.objects.filter(pk=fill.pk).exists()


def test_a_message_is_deleted_by_nobody(pharmacy):
    row = Incoming.objects.create(
        pharmacy_id=pharmacy.pharmacy.pk, partner="p", format="script", message_id="1",
        received_at=pharmacy.system.at, raw=b"x", sha256=b"y",
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
        row.delete()


@pytest.mark.parametrize(("state", "years"), [("TX", 10), ("MI", 10), ("CA", 10)])
def test_prescriptions_are_kept_as_long_as_the_longest_rule_asks(pharmacy, state, years):
    rx = standing(pharmacy, state=state)["rx"]
    assert rx.longest.years == years
    assert [rule.years for rule in rx.rules] == sorted(
        (rule.years for rule in rx.rules), reverse=True
    )


@pytest.mark.parametrize(
    ("state", "years", "cite"),
    [("MI", 5, "R 338.3153"), ("CA", 3, "4081"), ("TX", 2, "1304.04(a)")],
)
def test_controlled_paper_is_kept_two_years_or_what_the_state_asks(
    pharmacy, state, years, cite
):
    paper = standing(pharmacy, state=state)["paper-2"]
    assert paper.longest.years == years
    assert any(cite in rule.cite for rule in paper.rules)


def test_a_state_that_is_not_on_file_is_named_and_no_end_is_said(pharmacy):
    rx = standing(pharmacy, state="ZZ")["rx"]
    assert rx.unknown
    assert "ZZ" in rx.unknown[0].says
    assert rx.says.startswith("at least")


@pytest.mark.parametrize(
    ("key", "years", "cite"),
    [
        ("claims", 10, "423"),
        ("form222", 2, "1305.17"),
        ("epcs", 2, "1311.305"),
        ("tracing", 6, "582(d)(1)(A)(iii)"),
        ("counter", 2, "1314"),
        ("inventories", 2, "1304.04"),
    ],
)
def test_each_kind_says_its_rule_with_citation_and_mark(pharmacy, key, years, cite):
    found = standing(pharmacy)[key]
    assert found.longest.years == years
    assert any(cite in rule.cite and rule.verified for rule in found.rules)


def test_rows_and_the_oldest_are_counted_of_this_pharmacy_alone(pharmacy):
    assert (standing(pharmacy)["rx"].rows, standing(pharmacy)["rx"].oldest) == (0, None)
    pharmacy.enter()
    rx = standing(pharmacy)["rx"]
    assert (rx.rows, rx.oldest) == (1, WRITTEN)
    theirs = kept(pharmacy.other, today=TODAY)
    assert next(each for each in theirs if each.kind.key == "rx").rows == 0


@pytest.mark.parametrize(
    ("drug", "origin", "file"),
    [
        ("oxycodone", Origin.WRITTEN, "paper-2"),
        ("alprazolam", Origin.FAX, "paper-3"),
        ("lisinopril", Origin.WRITTEN, "paper-0"),
        ("lisinopril", Origin.ELECTRONIC, ""),
    ],
)
def test_paper_lies_in_three_files_and_what_came_by_wire_in_none(pharmacy, drug, origin, file):
    refills = 0 if drug == "oxycodone" else 2
    order = pharmacy.order(drug, refills=refills, origin=origin)
    enter_prescription(by=pharmacy.technician, order=order)
    assert Prescription.objects.count() == 1
    counted = {key: each.rows for key, each in standing(pharmacy).items() if each.kind.file}
    assert {key for key, many in counted.items() if many} == ({file} if file else set())


def test_the_day_before_which_a_record_was_kept_long_enough():
    rules = [Rule(2, "a", "V1"), Rule(10, "b", "K")]
    assert free_before(rules, today=date(2026, 11, 23)) == date(2016, 11, 23)
    assert free_before(rules[:1], today=date(2024, 2, 29)) == date(2022, 2, 28)


def test_the_years_are_those_of_the_rule_of_law():
    two = federal_rule("DEA-080", on=TODAY)
    last = kept_until(KeptLaw.CONTROLLED, TODAY, on=TODAY)
    assert last.on.year - TODAY.year == two.years
    assert two.cite == last.row.cite
    assert not isinstance(state_rule("ZZ", "keep_prescription_years", on=TODAY), Rule)


def test_a_kind_without_a_rule_of_law_is_not_put_on_the_list():
    with pytest.raises(LookupError):
        add_kind(RecordKind(key="x", title="X", model=Fill, day="created_at"))
    assert "x" not in KINDS


def test_the_page_and_the_paper_say_the_same_and_that_there_is_no_purge(pharmacy):
    pharmacy.enter()
    shown = text(client_of(pharmacy).get("/vault/retention/"))
    paper = printed(by=pharmacy.technician, key="retention", kind="csv", said={}).decode()
    for kind in OURS:
        assert kind.title in paper
        assert kind.title in shown or kind.file
    assert "there is no purge" in shown
    assert "File 1: c-ii" in shown
    assert "lies in a file of its own" in shown
    assert printed(by=pharmacy.technician, key="retention", kind="pdf", said={})[:4] == b"%PDF"
