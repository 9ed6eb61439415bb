"""What the prescribers write: plausible orders, standard order of elements, named flaws."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from simulators.check_digits import dea_is_valid, npi_is_valid
from simulators.prescriber.flaws import FLAWS, Setting
from simulators.prescriber.order import Order, choose, may_write
from simulators.prescriber.practice import KINDS, Practice
from simulators.prescriber.script import cancelrx, newrx
from simulators.prescriber.world import World, read_world

ON = date(2026, 3, 2)
WORLD = read_world()
NEWRX_ORDER = [
    "MessageRequestCode", "ReturnReceipt", "RequestReferenceNumber", "UrgencyIndicatorCode",
    "AllergyOrAdverseEvent", "BenefitsCoordination", "Facility", "Patient", "Pharmacy",
    "Prescriber", "Observation", "MedicationPrescribed",
]  # fmt: skip
MEDICATION_ORDER = [
    "DrugDescription", "DrugCoded", "Quantity", "DaysSupply", "WrittenDate", "LastFillDate",
    "Substitutions", "NumberOfRefills", "Diagnosis", "PriorAuthorization", "Note",
    "DrugUseEvaluation", "DrugCoverageStatusCode", "PriorAuthorizationStatus", "Sig",
]  # fmt: skip
HEADER_ORDER = [
    "To", "From", "MessageID", "RelatesToMessageID", "SentTime", "Security", "SenderSoftware",
    "Mailbox", "TestMessage", "RxReferenceNumber", "TertiaryIdentifier",
    "PrescriberOrderNumber",
    "DigitalSignature",
]  # fmt: skip


def order(seed: int = 1, world: World = WORLD) -> Order:
    return choose(
        world, Random(seed), message_id=f"SIM{seed}", sent_at="2026-03-02T15:00:00.0Z", on=ON
    )


def spoiled(name: str, seed: int = 1) -> tuple[Order, bytes]:
    return FLAWS[name].written(order(seed), Setting(WORLD, Random(seed), ON))


def tags(root: etree._Element, path: str) -> list[str]:
    found = root.find(path)
    assert found is not None
    return [str(child.tag) for child in found]


def assert_in_order(got: list[str], standard: list[str]) -> None:
    assert [standard.index(tag) for tag in got] == sorted(standard.index(tag) for tag in got)


@given(st.integers(0, 5000))
def test_an_order_suits_its_patient_and_its_prescriber(seed: int) -> None:
    one = order(seed)
    age = one.person.age(ON)
    assert may_write(one.prescriber, one.line)
    assert one.person.standing in {"known", "new"}
    assert one.line.suits not in {"adult", "man", "woman"} or age >= 18
    assert one.line.suits != "child" or age < 18
    assert one.line.suits != "woman" or one.person.sex == "F"


@given(st.integers(0, 500))
def test_a_newrx_has_its_elements_in_the_standard_order(seed: int) -> None:
    root = etree.fromstring(newrx(order(seed)))
    assert_in_order(tags(root, "Header"), HEADER_ORDER)
    assert_in_order(tags(root, "Body/NewRx"), NEWRX_ORDER)
    assert_in_order(tags(root, "Body/NewRx/MedicationPrescribed"), MEDICATION_ORDER)
    assert [
        element for element in root.iter() if element.text is None and not len(element)
    ] == []


def test_a_newrx_says_what_was_ordered() -> None:
    one = next(o for o in map(order, range(500)) if o.line.schedule == 2)
    root = etree.fromstring(newrx(one))
    prescribed = "Body/NewRx/MedicationPrescribed/"
    assert root.findtext("Header/MessageID") == one.message_id
    assert root.findtext(prescribed + "DrugCoded/ProductCode/Code") == one.line.ndc
    assert Decimal(root.findtext(prescribed + "Quantity/Value") or "") == one.line.quantity
    assert root.findtext(prescribed + "Sig/SigText") == one.line.directions
    assert root.findtext(prescribed + "DrugCoded/DEASchedule/Code") == "C48675"
    assert root.findtext("Header/DigitalSignature/DigitalSignatureIndicator") == "true"
    assert dea_is_valid(root.findtext(".//DEANumber") or "")
    assert root.findtext(prescribed + "NumberOfRefills") == "0"
    assert root.get("TransactionVersion") == "20170715"


def test_a_plain_drug_carries_neither_dea_number_nor_signature() -> None:
    one = next(o for o in map(order, range(500)) if not o.line.schedule)
    root = etree.fromstring(newrx(one))
    assert root.find(".//DEANumber") is None
    assert root.find("Header/DigitalSignature") is None


def test_a_card_travels_as_benefits_coordination() -> None:
    one = next(o for o in map(order, range(500)) if o.person.card.bin)
    root = etree.fromstring(newrx(one))
    benefits = "Body/NewRx/BenefitsCoordination/"
    assert root.findtext(benefits + "PayerIdentification/IINNumber") == one.person.card.bin
    assert root.findtext(benefits + "CardholderID") == one.person.card.card


@pytest.mark.parametrize(
    ("flaw", "path", "value"),
    [
        ("zero-quantity", ".//Quantity/Value", "0"),
        ("absurd-quantity", ".//Quantity/Value", "10000000"),
        ("future-date", ".//WrittenDate/Date", "2026-03-05"),
        ("impossible-date", ".//WrittenDate/Date", "2026-02-30"),
        ("impossible-birth", ".//DateOfBirth/Date", "1980-04-31"),
        ("expired", ".//WrittenDate/Date", "2023-12-23"),
        ("unknown-drug", ".//ProductCode/Code", "99999888877"),
        ("c2-refills", ".//NumberOfRefills", "3"),
        ("c2-refills", ".//DEASchedule/Code", "C48675"),
        ("missing-sig", ".//SigText", None),
    ],
)
def test_a_flaw_is_really_in_the_message(flaw: str, path: str, value: str | None) -> None:
    assert etree.fromstring(spoiled(flaw)[1]).findtext(path) == value


def test_flawed_numbers_fail_their_check_digit() -> None:
    for seed in range(20):
        npi = etree.fromstring(spoiled("bad-npi", seed)[1]).findtext(".//NonVeterinarian//NPI")
        dea = etree.fromstring(spoiled("bad-dea", seed)[1]).findtext(".//DEANumber")
        assert not npi_is_valid(npi or "")
        assert dea
        assert not dea_is_valid(dea)


def test_a_negative_quantity_and_contradictory_days_differ_from_the_plain_order() -> None:
    plain = order()
    assert spoiled("negative-quantity")[0].quantity == f"-{plain.quantity}"
    assert spoiled("contradictory-days")[0].days != plain.days


def test_a_malformed_message_cannot_be_parsed() -> None:
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(spoiled("malformed")[1])


def test_the_entity_message_declares_entities_and_the_unknown_one_is_unknown() -> None:
    assert b"<!ENTITY" in spoiled("entities")[1]
    assert tags(etree.fromstring(spoiled("unknown-message")[1]), "Body") == ["RxCarrierPigeon"]


def test_two_patients_share_the_name_and_birth_date_that_is_sent() -> None:
    person = spoiled("two-patients")[0].person
    same = [
        p
        for p in WORLD.people
        if (p.last_name, p.first_name, p.born_on)
        == (person.last_name, person.first_name, person.born_on)
    ]
    assert len(same) == 2
    assert person.phone == ""
    assert all(p.address.line_1 != person.address.line_1 for p in same)


def test_a_cancel_names_the_order_it_takes_back_and_a_repeat_is_the_same_bytes() -> None:
    practice = Practice(WORLD, seed=3, run="x", today=ON)
    assert practice.compose("cancel").kind == "newrx"
    first = practice.compose("newrx")
    practice.accepted(first)
    assert practice.compose("repeat").raw == first.raw
    cancel = practice.compose("cancel")
    root = etree.fromstring(cancel.raw)
    assert cancel.kind == "cancel"
    assert root.findtext("Header/RelatesToMessageID") == first.order.message_id
    assert root.findtext("Header/MessageID") != first.order.message_id
    assert root.findtext("Header/PrescriberOrderNumber") == first.order.order_number
    assert tags(root, "Body") == ["CancelRx"]
    assert practice.compose("cancel").kind == "newrx"
    assert cancelrx(cancel.order) == cancel.raw


def test_the_same_seed_writes_the_same_prescriptions() -> None:
    def written(seed: int) -> list[tuple[str, str, str]]:
        practice = Practice(WORLD, seed=seed, run="x", today=ON)
        drafts = [practice.compose(practice.next_kind(0.3)) for _ in range(40)]
        return [(d.kind, d.order.message_id, d.order.description) for d in drafts]

    assert written(1) == written(1)
    assert written(1) != written(2)


def test_message_ids_are_unique_and_short_enough() -> None:
    practice = Practice(WORLD, seed=1, run="19b2c3d4e5f", today=ON)
    ids = [practice.compose("newrx").order.message_id for _ in range(200)]
    assert len(set(ids)) == 200
    assert max(map(len, ids)) <= 35


@pytest.mark.parametrize(
    ("flawed", "low", "high"), [(0.0, 0, 0), (0.3, 200, 400), (1.0, 999, 1000)]
)
def test_the_share_of_flawed_messages_is_as_set(flawed: float, low: int, high: int) -> None:
    practice = Practice(WORLD, seed=9, run="x", today=ON)
    kinds = [practice.next_kind(flawed) for _ in range(1000)]
    assert low <= sum(kind != "newrx" for kind in kinds) <= high
    assert set(kinds) <= set(KINDS)
