"""What leaves no doubt is read with a warning; what could mean two things is refused."""

import pytest

from apothecary.wires.errors import Fault, Malformed
from apothecary.wires.script import (
    MalformedMessage,
    NewRx,
    cancel_response,
    describe,
    parse_message,
    status_reply,
)
from apothecary.wires.script.tests.documents import (
    ATTRIBUTES,
    CANCEL_RX,
    HEADER,
    NEW_RX,
    PHARMACY,
    envelope,
)
from apothecary.wires.script.tests.test_replies import NOW, answered, header

RELATED = HEADER.replace("<SentTime>", "<RelatesToMessageID>A</RelatesToMessageID><SentTime>")


def warnings(text: str) -> list[str]:
    return [str(one) for one in parse_message(text.encode()).warnings]


def faults(text: str) -> list[str]:
    with pytest.raises(MalformedMessage) as refused:
        parse_message(text.encode())
    return [str(one) for one in refused.value.faults]


@pytest.mark.parametrize("number", ["512555012x", "555-0123", "+512555012", "512 555"])
def test_a_telephone_number_that_fits_but_is_not_all_digits_is_refused(number: str) -> None:
    place = "NewRx/Prescriber/NonVeterinarian/CommunicationNumbers/PrimaryTelephone/Number"
    said = faults(NEW_RX.replace("5125550123", number))
    assert said == [f"{place}: must be digits, is {number!r}"]


@pytest.mark.parametrize("code", ["6818009800A", "6818009800²", "6818009800", "681800980010"])
def test_an_ndc_is_eleven_digits_and_nothing_else(code: str) -> None:
    place = "NewRx/MedicationPrescribed/DrugCoded/ProductCode/Code"
    said = faults(NEW_RX.replace("68180098001", code))
    assert said == [f"{place}: an NDC must be 11 digits, is {code!r}"]


@pytest.mark.parametrize(
    "name", ["DatatypesVersion", "TransportVersion", "StructuresVersion", "ECLVersion"]
)
def test_a_lesser_version_that_differs_is_a_warning(name: str) -> None:
    text = NEW_RX.replace(f'{name}="20170715"', f'{name}="20160101"')
    assert warnings(text) == [f"Message/@{name}: must be 20170715, is '20160101'"]


@pytest.mark.parametrize(("domain", "fine"), [("SPECIALIZED", True), ("TELECOM", False)])
def test_a_message_of_another_domain_is_a_warning(domain: str, fine: bool) -> None:
    text = NEW_RX.replace('Domain="SCRIPT"', f'Domain="{domain}"')
    said = f"Message/@TransactionDomain: must be SCRIPT or SPECIALIZED, is '{domain}'"
    assert warnings(text) == ([] if fine else [said])


def test_a_version_under_its_short_name_counts() -> None:
    short = ATTRIBUTES.replace("TransactionVersion", "version")
    assert parse_message(NEW_RX.replace(ATTRIBUTES, short).encode()).kind == "NewRx"


def test_a_sender_that_hides_its_software_is_a_warning() -> None:
    start, end = NEW_RX.index("<SenderSoftware>"), NEW_RX.index("<PrescriberOrderNumber>")
    said = warnings(NEW_RX[:start] + NEW_RX[end:])
    assert said == ["Message/Header/SenderSoftware: is missing"]


def test_a_cancellation_out_of_order_is_read_and_noted() -> None:
    moved = CANCEL_RX.replace(PHARMACY, "").replace("</CancelRx>", f"{PHARMACY}</CancelRx>")
    assert warnings(moved) == ["CancelRx: has its parts in another order than the standard"]


def test_an_animal_of_no_named_species_is_still_an_animal() -> None:
    text = NEW_RX.replace("HumanPatient>", "NonHumanPatient>")
    body = parse_message(text.encode()).body
    assert isinstance(body, NewRx)
    assert body.patient.species == "animal"


@pytest.mark.parametrize("kind", ["Status", "Error"])
def test_an_answer_without_its_code_answers_nothing(kind: str) -> None:
    said = faults(envelope(f"<{kind}><Description>x</Description></{kind}>", header=RELATED))
    assert said == [f"{kind}/Code: is missing"]


@pytest.mark.parametrize(("reasons", "text"), [(["AC"], ""), ([], "Sold yesterday")])
def test_one_reason_is_enough_for_a_denial(reasons: list[str], text: str) -> None:
    raw = cancel_response(
        header(), approved=False, message_id="C", sent_at=NOW,
        reason_codes=reasons, denial_reason=text,
    )  # fmt: skip
    assert answered(raw).kind == "CancelRxResponse"


@pytest.mark.parametrize(
    ("note", "reference", "fault"),
    [
        ("n" * 70, "r" * 35, ""),
        ("n" * 71, "", "Note: may have 70 characters, has 71"),
        ("", "r" * 36, "ReferenceNumber: may have 35 characters, has 36"),
    ],
)
def test_no_answer_is_longer_than_its_reader_can_take(
    note: str, reference: str, fault: str
) -> None:
    def send() -> bytes:
        return cancel_response(
            header(), approved=True, message_id="C", sent_at=NOW, note=note, reference=reference
        )

    if fault:
        with pytest.raises(Malformed, match=fault):
            send()
    else:
        assert answered(send()).kind == "CancelRxResponse"


def test_every_answer_says_whose_software_gave_it() -> None:
    raw = status_reply(header(), message_id="A1", sent_at=NOW)
    assert answered(raw).header.software == ("Apothecary", "Apothecary", "1")


def test_a_description_that_just_fits_is_not_cut() -> None:
    fits = Fault("A", "x" * 67)
    assert describe([fits]) == f"A: {'x' * 67}"
    assert describe([Fault("A", "x" * 68)]) == f"A: {'x' * 66}…"
    assert describe([Fault("Value", "is bad")] * 2) == "Value: is bad (+1 more)"
