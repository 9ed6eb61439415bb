"""An inspector's request: everything that fits, whole, and where it is now."""

from datetime import timedelta

import pytest

from apothecary.law.problem import Refused
from apothecary.purchasing.receiving.corrections import take_back
from apothecary.purchasing.tracing.answering import LONGEST, as_rows, codes_of, trace
from apothecary.purchasing.tracing.taking import take_document
from apothecary.purchasing.tracing.tests.seller import GTIN, Told
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed


@pytest.fixture
def told(yard):
    """Two documents: two bottles of lot L7, one of L8."""
    for told in (Told(), Told(serials=("S3",), lot="L8", instance="D2")):
        assert not take_document(by=yard.by, partner="plains", raw=told.xml()).problem
    return yard


def found(yard, said):
    return [one.serial for one in trace(by=yard.world.pharmacist, said=said).packages]


@pytest.mark.parametrize(
    ("said", "serials"),
    [
        ("68180-0980-1", ["S1", "S2", "S3"]),
        ("68180098001", ["S1", "S2", "S3"]),
        (GTIN, ["S1", "S2", "S3"]),
        (" L7 ", ["S1", "S2"]),
        ("L8", ["S3"]),
        ("S2", ["S2"]),
        ("0093-1713-01", []),
        ("l7", []),
        ("S", []),
    ],
)
def test_every_package_that_fits_is_named_and_no_other(told, said, serials):
    assert found(told, said) == serials


def test_the_answer_holds_transaction_information_and_statement(told):
    (one,) = trace(by=told.world.pharmacist, said="S3").packages
    assert (one.ndc, one.gtin, one.lot) == ("68180098001", GTIN, "L8")
    assert (one.name, one.strength, one.form, one.container) == (
        "lisinopril",
        "10 mg",
        "tablet",
        "100 tablets",
    )
    assert (one.seller, one.buyer, one.containers) == ("Plains Drug", "A Pharmacy", 1)
    assert one.buyer_address == "100 Main St, Austin, TX 78701, US"
    assert "581(27)" in one.statement
    assert (one.document, one.received_at, one.lot_now) == ("D2", None, "")


def test_it_says_when_the_package_came_and_where_its_lot_is_now(told):
    receipt = told.begun(told.sent(lisinopril=1))
    row = told.takes_in(receipt, told.came(serial="S1"))
    one, other = trace(by=told.world.pharmacist, said="L7").packages
    assert (one.serial, one.received_at, one.condition) == ("S1", told.by.at, "good")
    assert one.lot_now == "Receiving 100"
    assert (other.serial, other.received_at) == ("S2", None)
    take_back(by=told.by, received_id=row.pk, because="a mistake")
    assert trace(by=told.world.pharmacist, said="S1").packages[0].received_at is None


def test_the_answer_counts_by_lot(told):
    answer = trace(by=told.world.pharmacist, said=GTIN)
    assert answer.by_lot == {("68180098001", "L7"): 2, ("68180098001", "L8"): 1}


def test_lines_for_programs_are_text_with_dates_as_written_in_standards(told):
    lines = list(as_rows(trace(by=told.world.pharmacist, said="L7")))
    assert [line["serial"] for line in lines] == ["S1", "S2"]
    assert (lines[0]["expires_on"], lines[0]["received_at"]) == ("2028-06-30", "")
    assert lines[0]["containers"] in {"2", "2.000"}
    assert all(isinstance(value, str) for value in lines[0].values())


@pytest.mark.parametrize("said", ["", "   ", "x" * (LONGEST + 1)])
def test_nothing_or_too_much_asked_is_refused_by_field(told, said):
    with pytest.raises(Refused) as refusal:
        trace(by=told.world.pharmacist, said=said)
    assert [one.field for one in refusal.value.problems] == ["said"]


def test_the_other_pharmacy_is_told_nothing(told, pharmacy):
    assert trace(by=pharmacy.stranger, said="L7").packages == ()


def test_an_administrator_reads_no_tracing(told):
    with pytest.raises(NotAllowed):
        trace(by=told.world.workers[Role.ADMINISTRATOR], said="L7")


def test_six_years_on_it_is_all_there(told):
    by = told.world.pharmacist
    later = by.at_time(by.at + timedelta(days=6 * 365 + 2), by.today)
    assert len(trace(by=later, said="L7").packages) == 2


def test_it_takes_three_questions_however_much_fits(told, django_assert_num_queries):
    by = told.world.pharmacist
    with django_assert_num_queries(3):
        trace(by=by, said=GTIN)


@pytest.mark.parametrize(
    ("said", "codes"),
    [("68180-980-01", ["68180098001"]), ("L7", []), ("00681800980", ["00681800980"])],
)
def test_a_code_is_read_in_any_shape_or_is_none(said, codes):
    assert codes_of(said) == codes
