"""What screens say about the codes of a message."""

import csv
from importlib.resources import files

import pytest

from apothecary.wires.command import decode
from apothecary.wires.telecom import code_meaning, codes_of, explain_code, read
from apothecary.wires.telecom.answers import STATUS_WORDS
from apothecary.wires.telecom.codes import LISTS
from apothecary.wires.telecom.tables import REQUEST_PLACES, VERSIONS
from apothecary.wires.telecom.tests.messages import BILLING

TABLE = files("apothecary.wires.telecom").joinpath("codes.tsv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TABLE.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
HEADER_FIELDS = {"B2", "F1"}
# How many codes of each list have words of ours.
SIZES = {
    "benefit_stage": 13,
    "clarification": 60,
    "compound": 3,
    "compound_form": 16,
    "compound_unit": 3,
    "cost_basis": 14,
    "coverage_order": 9,
    "daw": 11,
    "delay": 14,
    "diagnosis_kind": 2,
    "dispensing": 2,
    "effort": 6,
    "header_status": 2,
    "help_desk": 4,
    "message": 10,
    "origin": 6,
    "other_coverage": 6,
    "other_paid": 20,
    "other_pharmacy": 4,
    "pa_type": 10,
    "part_d_order": 10,
    "patient_share": 19,
    "payer_id": 9,
    "pharmacy_id": 16,
    "place": 48,
    "prescriber_id": 17,
    "product_id": 15,
    "reason": 63,
    "reimbursement": 6,
    "relationship": 5,
    "residence": 16,
    "result": 44,
    "rx_kind": 2,
    "service": 27,
    "service_type": 9,
    "sex": 3,
    "significance": 4,
    "status": 8,
    "unit": 3,
}


@pytest.mark.parametrize(
    ("field", "code", "says"),
    [
        ("D8", "1", "Prescriber forbids a substitute"),
        ("DK", "42", "Prescriber's number and right to prescribe were checked"),
        ("DJ", "3", "Electronic"),
        ("C8", "02", "Other coverage exists, it paid"),
        ("C8", "2", "Other coverage exists, it paid"),
        ("5C", "01", "First payer"),
        ("EU", "9", "Emergency preparedness"),
        ("E4", "DD", "Interaction of two drugs"),
        ("E5", "M0", "Prescriber was asked"),
        ("E5", "00", "Nothing done"),
        ("E6", "1G", "Dispensed, prescriber approved"),
        ("UH", "10", "Next day a fill is payable"),
        ("28", "ML", "Millilitre"),
        ("4X", "03", "Nursing facility"),
        ("C7", "21", "Hospital ward"),
        ("DN", "01", "Average wholesale price (AWP)"),
        ("FM", "6", "Maximum allowable cost (MAC)"),
        ("7F", "03", "Processor"),
        ("EZ", "12", "DEA number"),
        ("B2", "07", "NCPDP number"),
        ("E1", "03", "National drug code (NDC)"),
        ("6C", "1C", "Medicare number"),
        ("NP", "06", "Patient pays, as the payer before said"),
        ("MV", "04", "Part D: catastrophic coverage"),
        ("AN", "R", "Rejected"),
        ("F1", "A", "Transmission accepted"),
        ("D6", "2", "Compound"),
        ("HD", "P", "Part of the quantity"),
        ("A3", "B2", "Reversal of a billing"),
    ],
)
def test_a_code_is_shown_in_words(field: str, code: str, says: str) -> None:
    assert code_meaning(field, code) == says
    assert explain_code(field, code).known


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("E1", "31"),
        ("DK", "44"),
        ("D8", "Z"),
        ("C8", "5"),
        ("A3", "X9"),
        ("D2", "7001234"),
        ("CA", "JANE"),
        ("ZZ", "1"),
        ("D8", ""),
    ],
)
def test_a_code_we_have_no_words_for_is_shown_as_it_came(field: str, code: str) -> None:
    meaning = explain_code(field, code)
    assert not meaning.known
    assert (meaning.says, meaning.code, meaning.mark) == (code, code, "")


def test_padding_and_leading_zeros_make_no_difference_but_letters_do() -> None:
    words = {code_meaning("DK", sent) for sent in ("8", "08", "008", "8 ", "08 ")}
    assert words == {"Pay the compound's covered ingredients only"}
    assert explain_code("DK", "08 ").code == "08"
    assert not explain_code("E5", "MO").known
    assert not explain_code("E4", "dd").known


def test_each_list_is_as_long_as_it_should_be_and_belongs_to_a_field() -> None:
    found: dict[str, int] = {}
    for row in ROWS:
        found[row["list"]] = found.get(row["list"], 0) + 1
    assert found == SIZES
    assert set(LISTS.values()) == set(SIZES)
    known = set(VERSIONS["D0"].by_id) | HEADER_FIELDS
    assert set(LISTS) <= known


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['list']}-{row['code']}")
def test_each_code_has_a_short_sentence_and_a_mark(row: dict[str, str]) -> None:
    assert row["mark"] in ("V", "K")
    assert 0 < len(row["says"]) < 75
    assert not row["says"].endswith(".")
    assert row["code"] == "0" or not row["code"].startswith("0")


def test_no_code_stands_twice_in_a_list() -> None:
    pairs = [(row["list"], row["code"]) for row in ROWS]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("field", sorted(LISTS))
def test_every_code_of_a_list_fits_its_field(field: str) -> None:
    choices = codes_of(field)
    assert choices
    if field in HEADER_FIELDS:
        return
    length = VERSIONS["F6"].by_id[field].length
    assert all(len(code) <= length for code in choices)
    assert all(code_meaning(field, code) == says for code, says in choices.items())


def test_a_field_without_a_list_has_no_choices() -> None:
    assert codes_of("D2") == {}


def test_every_status_the_answers_know_has_words_here_too() -> None:
    assert set(codes_of("AN")) == set(STATUS_WORDS)


def test_every_transaction_code_has_a_name() -> None:
    assert all(explain_code("A3", code).known for code in REQUEST_PLACES)


def test_a_claim_can_be_shown_in_words() -> None:
    claim = read(BILLING).transactions[0].segments[0]
    words = {name: code_meaning(name, raw) for name, raw in claim.fields if name in LISTS}
    assert words == {
        "EM": "Prescription",
        "E1": "National drug code (NDC)",
        "D6": "Not a compound",
        "D8": "No product was asked for",
        "DJ": "Electronic",
        "28": "Each",
    }


def test_the_decoded_claim_carries_the_words_beside_the_codes() -> None:
    transactions = decode("telecom", BILLING)["transactions"]
    assert isinstance(transactions, list)
    fields = {one["id"]: one for one in transactions[0][0]["fields"]}
    assert fields["DJ"]["means"] == "Electronic"
    assert fields["DJ"]["raw"] == "3"
    assert "means" not in fields["D2"]
