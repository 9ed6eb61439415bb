import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.script import MalformedMessage, parse_message
from apothecary.wires.script.tests.documents import (
    ATTRIBUTES,
    CANCEL_RX,
    FULL_NEW_RX,
    HEADER,
    NEW_RX,
    PATIENT,
    PRESCRIBER,
    envelope,
)
from apothecary.wires.script.xml import LARGEST_DOCUMENT


def refusal(text: str | bytes) -> MalformedMessage:
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(MalformedMessage) as refused:
        parse_message(raw)
    return refused.value


def swapped(old: str, new: str) -> str:
    assert old in NEW_RX
    return NEW_RX.replace(old, new)


DRUG = "NewRx/MedicationPrescribed"
WHO = "NewRx/Patient/HumanPatient"
PEN = "NewRx/Prescriber/NonVeterinarian"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<Value>30<", "<Value>0<", f"{DRUG}/Quantity/Value: must be above zero, is 0"),
        ("<Value>30<", "<Value>-30<", f"{DRUG}/Quantity/Value: must be above zero, is -30"),
        ("<Value>30<", "<Value>10001<", f"{DRUG}/Quantity/Value: 10001 is absurd"),
        ("<Value>30<", "<Value>thirty<", f"{DRUG}/Quantity/Value: must be a number"),
        ("<Value>30<", "<Value>NaN<", f"{DRUG}/Quantity/Value: must be a number, is 'NaN'"),
        ("<Value>30<", "<Value>1e3<", f"{DRUG}/Quantity/Value: must be a number, is '1e3'"),
        ("<Value>30<", "<Value>1.0005<", f"{DRUG}/Quantity/Value: may have 3 decimals"),
        ("<Value>30<", "<Value>000000000030<", f"{DRUG}/Quantity/Value: may have 11 char"),
        ("<Value>30<", "<Value><", f"{DRUG}/Quantity/Value: is empty"),
        ("<CodeListQualifier>38", "<CodeListQualifier>99", "CodeListQualifier: must be one of"),
        ("<DaysSupply>30", "<DaysSupply>0", f"{DRUG}/DaysSupply: must be 1 to 999, is 0"),
        ("<DaysSupply>30", "<DaysSupply>1000", f"{DRUG}/DaysSupply: must be 1 to 999, is 1000"),
        ("<DaysSupply>30", "<DaysSupply>3.5", f"{DRUG}/DaysSupply: must be a whole number"),
        ("Refills>3<", "Refills>-1<", f"{DRUG}/NumberOfRefills: must be 0 to 99, is -1"),
        ("Refills>3<", "Refills>100<", f"{DRUG}/NumberOfRefills: must be 0 to 99, is 100"),
        ("Substitutions>0<", "Substitutions>2<", f"{DRUG}/Substitutions: must be one of 0, 1"),
        ("68180098001", "6818009801", f"{DRUG}/DrugCoded/ProductCode/Code: an NDC must be 11"),
        ("<Qualifier>ND<", "<Qualifier>XX<", "ProductCode/Qualifier: must be one of"),
        ("<Date>2026-03-02", "<Date>2026-02-30", f"{DRUG}/WrittenDate: is not a day"),
        ("<Date>2026-03-02", "<Date>03/02/2026", f"{DRUG}/WrittenDate: must be a date"),
        ("<Date>2026-03-02", "<Date>2026-03-04", f"{DRUG}/WrittenDate: 2026-03-04 is after"),
        ("<Date>2026-03-02</Date>", "", f"{DRUG}/WrittenDate: holds no date"),
        ("<Date>1984-07-09", "<Date>2026-03-03", f"{WHO}/DateOfBirth: 2026-03-03 is after"),
        ("<Date>1984-07-09", "<Date>1895-12-31", f"{WHO}/DateOfBirth: 1895-12-31 is more than"),
        ("<Date>1984-07-09", "<Date>1984-13-09", f"{WHO}/DateOfBirth: is not a day"),
        ("Gender>F<", "Gender>Q<", f"{WHO}/Gender: must be one of F, M, U, is 'Q'"),
        ("Okafor", "O" * 36, f"{WHO}/Name/LastName: may have 35 characters, has 36"),
        ("<FirstName>Ada</FirstName>", "", f"{WHO}/Name/FirstName: is missing"),
        ("1245319599", "124531959", f"{PEN}/Identification/NPI: must be 10 digits"),
        ("<NPI>1245319599</NPI>", "", f"{PEN}/Identification/NPI: is missing"),
        ("5125550123", "512-555-0123", f"{PEN}/CommunicationNumbers/PrimaryTelephone/Number"),
        ("<SigText>Take 1 tablet by mouth once daily</SigText>", "", f"{DRUG}/Sig/SigText: is"),
        ("Take 1 tablet by mouth once daily", "x" * 1001, "SigText: may have 1000 characters"),
        ("Lisinopril 10 MG Oral Tablet", "L" * 106, "DrugDescription: may have 105 characters"),
        (PATIENT, "", "NewRx/Patient: is missing"),
        (PATIENT, PATIENT * 2, "NewRx/Patient: may stand 1 times, stands 2 times"),
        (PATIENT, "<Patient/>", "NewRx/Patient/HumanPatient: is missing"),
        (PRESCRIBER, "", "NewRx/Prescriber: is missing"),
        (PRESCRIBER, "<Prescriber/>", "NewRx/Prescriber/NonVeterinarian: is missing"),
        ("<MessageID>M-1001<", "<MessageID><", "Message/Header/MessageID: is empty"),
        ("M-1001", "M" * 36, "Message/Header/MessageID: may have 35 characters, has 36"),
        ("2026-03-02T15:30:00.0Z", "yesterday", "Message/Header/SentTime: must be a date and"),
        ("2026-03-02T15:30:00.0Z", "2026-03-32T15:30:00Z", "Header/SentTime: must be a date"),
        (' Qualifier="D"', "", "Message/Header/From/@Qualifier: is missing"),
    ],
)
def test_each_wrong_field_is_named_with_its_reason(old: str, new: str, fault: str) -> None:
    error = refusal(swapped(old, new))
    assert any(str(found).startswith(fault) or fault in str(found) for found in error.faults)
    assert error.kind == "NewRx"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Value>30<", "<Value>0.001<"),
        ("<Value>30<", "<Value>10000<"),
        ("<DaysSupply>30", "<DaysSupply>1"),
        ("<DaysSupply>30", "<DaysSupply>999"),
        ("<DaysSupply>30</DaysSupply>", ""),
        ("Refills>3<", "Refills>0<"),
        ("Refills>3<", "Refills>99<"),
        ("<Date>2026-03-02", "<Date>2026-03-03"),
        ("<Date>1984-07-09", "<Date>2026-03-02"),
        ("<Date>1984-07-09", "<Date>1896-01-01"),
        ("Okafor", "O" * 35),
        ("Lisinopril 10 MG Oral Tablet", "L" * 105),
        ("Take 1 tablet by mouth once daily", "x" * 1000),
        ("2026-03-02T15:30:00.0Z", "2026-03-02T15:30:00"),
        ("2026-03-02T15:30:00.0Z", "2026-03-02T09:30:00.123-06:00"),
    ],
)
def test_a_value_just_inside_its_limit_is_taken(old: str, new: str) -> None:
    assert parse_message(swapped(old, new).encode()).kind == "NewRx"


def test_fluids_may_be_many_but_not_absurdly_many() -> None:
    fluid = swapped("<Code>C48542<", "<Code>C28254<")
    many = fluid.replace("<Value>30<", "<Value>1000000<")
    assert parse_message(many.encode()).kind == "NewRx"
    assert "is absurd" in str(refusal(fluid.replace("<Value>30<", "<Value>1000001<")))


def test_a_signature_that_is_there_is_told_from_one_that_is_vouched_for() -> None:
    inside = (
        "<DigitalSignature><SignatureValue>abc</SignatureValue></DigitalSignature></Header>"
    )
    signed = parse_message(swapped("</Header>", inside).encode())
    assert signed.header.signature == "signed"
    assert parse_message(NEW_RX.encode()).header.signature == ""


def test_a_prescriber_nobody_can_call_back_is_a_warning() -> None:
    start, end = PRESCRIBER.index("<Communication"), PRESCRIBER.index("</NonVeterinarian")
    silent = PRESCRIBER[:start] + PRESCRIBER[end:]
    message = parse_message(swapped(PRESCRIBER, silent).encode())
    assert [str(warning) for warning in message.warnings] == [
        f"{PEN}/CommunicationNumbers: is missing: nobody to call back"
    ]


def test_an_address_for_mail_has_its_limit_too() -> None:
    mail = "<ElectronicMail>{}</ElectronicMail></CommunicationNumbers></NonVeterinarian>"
    old = "</CommunicationNumbers>\n</NonVeterinarian>"
    assert parse_message(swapped(old, mail.format("a" * 254)).encode()).warnings == ()
    error = refusal(swapped(old, mail.format("a" * 255)))
    assert "ElectronicMail: may have 254 characters, has 255" in str(error)


def test_every_fault_is_listed_at_once() -> None:
    text = NEW_RX
    for old, new in [
        ("<Value>30<", "<Value>-1<"),
        ("<DaysSupply>30", "<DaysSupply>x"),
        ("Gender>F<", "Gender>?<"),
        ("<NPI>1245319599</NPI>", ""),
        ("<Sig><SigText>Take 1 tablet by mouth once daily</SigText></Sig>", ""),
        ("<Date>1984-07-09", "<Date>1984-02-30"),
    ]:
        text = text.replace(old, new)
    fields = {fault.field for fault in refusal(text).faults}
    assert fields == {
        f"{DRUG}/Quantity/Value",
        f"{DRUG}/DaysSupply",
        f"{DRUG}/Sig",
        f"{WHO}/Gender",
        f"{WHO}/DateOfBirth",
        f"{PEN}/Identification/NPI",
    }


def test_a_missing_part_is_named_once_and_not_for_each_of_its_fields() -> None:
    faults = refusal(swapped(PRESCRIBER, "")).faults
    assert [fault.field for fault in faults] == ["NewRx/Prescriber"]


def test_a_refused_message_can_still_be_answered() -> None:
    error = refusal(swapped("<Value>30<", "<Value>0<"))
    assert error.header is not None
    assert error.header.message_id == "M-1001"
    assert error.header.sender.value == "7001112223334"


def test_an_unknown_message_is_refused_by_name() -> None:
    error = refusal(envelope("<SellMyData/>"))
    assert str(error) == "Message/Body/SellMyData: is not a known SCRIPT message"
    assert error.header is not None
    assert error.kind == "SellMyData"


@pytest.mark.parametrize(
    ("body", "count"), [("", 0), ("<Status><Code>000</Code></Status><NewRx/>", 2)]
)
def test_a_body_holds_exactly_one_message(body: str, count: int) -> None:
    error = refusal(envelope(body))
    assert f"Message/Body: must hold exactly one message, holds {count}" in str(error)


@pytest.mark.parametrize(
    "attributes",
    [
        ATTRIBUTES.replace('TransactionVersion="20170715"', 'TransactionVersion="20230115"'),
        ATTRIBUTES.replace('TransactionVersion="20170715"', ""),
        'version="010" release="006"',
        "",
    ],
)
def test_another_version_is_refused(attributes: str) -> None:
    error = refusal(NEW_RX.replace(ATTRIBUTES, attributes))
    assert "Message/@TransactionVersion: must be 20170715" in str(error)
    assert error.header is not None


def test_an_answer_that_answers_nothing_is_refused() -> None:
    error = refusal(envelope("<Status><Code>000</Code></Status>"))
    assert "Header/RelatesToMessageID: is missing" in str(error)
    lone_error = parse_message(envelope("<Error><Code>900</Code></Error>").encode())
    assert "RelatesToMessageID" in str(lone_error.warnings[0])


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<Status><Code>999</Code></Status>", "Status/Code: must be one of 000"),
        ("<Error><Code>000</Code></Error>", "Error/Code: must be one of 600"),
        ("<CancelRxResponse/>", "CancelRxResponse/Response: is missing"),
        (
            "<CancelRxResponse><Response/></CancelRxResponse>",
            "CancelRxResponse/Response: must hold exactly one of",
        ),
        (
            "<CancelRxResponse><Response><Approved/><Denied/></Response></CancelRxResponse>",
            "CancelRxResponse/Response: must hold exactly one of",
        ),
    ],
)
def test_an_answer_with_an_unknown_outcome_is_refused(body: str, fault: str) -> None:
    header = HEADER.replace(
        "<SentTime>", "<RelatesToMessageID>A</RelatesToMessageID><SentTime>"
    )
    assert fault in str(refusal(envelope(body, header=header)))


def test_elements_where_a_value_belongs_are_refused() -> None:
    error = refusal(swapped("<LastName>Okafor", "<LastName><b>Okafor</b>"))
    assert f"{WHO}/Name/LastName: holds elements where a value belongs" in str(error)


def test_an_unknown_schedule_is_refused_not_ignored() -> None:
    schedule = "<DEASchedule><Code>C99999</Code></DEASchedule></DrugCoded>"
    error = refusal(swapped("</DrugCoded>", schedule))
    assert "DEASchedule: is no known schedule: 'C99999'" in str(error)


def test_a_cancellation_without_a_drug_is_refused() -> None:
    text = re.sub(r"<MedicationPrescribed>.*</MedicationPrescribed>", "", CANCEL_RX, flags=re.S)
    assert "CancelRx/MedicationPrescribed: is missing" in str(refusal(text))


def test_entities_are_refused_before_they_can_grow() -> None:
    tenfold = {n: f"&l{n - 1};" * 10 for n in range(1, 10)}
    levels = "".join(f'<!ENTITY l{n} "{text}">' for n, text in tenfold.items())
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY l0 "ha">{levels}]><Message>&l9;</Message>'
    )
    error = refusal(bomb)
    assert "document type declaration" in str(error)
    assert error.header is None


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE Message SYSTEM "file:///etc/passwd">',
        '<!-- <Message> --><!DOCTYPE Message [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "<?a b?>\n<!DOCTYPE Message>",
    ],
)
def test_a_document_type_is_refused_wherever_it_hides(prolog: str) -> None:
    assert "document type declaration" in str(refusal(prolog + "<Message>&x;</Message>"))


def test_a_document_in_another_encoding_is_refused() -> None:
    assert "is not UTF-8" in str(refusal(NEW_RX.encode("utf-16")))
    latin = NEW_RX.replace("Okafor", "Müller").encode("latin-1")
    assert refusal(latin).at == latin.index(b"\xfc")
    declared = NEW_RX.replace("encoding='UTF-8'", "encoding='UTF-7'")
    assert "declares the encoding 'UTF-7'" in str(refusal(declared))


def test_a_document_beyond_the_size_limit_is_refused() -> None:
    padded = NEW_RX.encode() + b" " * (LARGEST_DOCUMENT - len(NEW_RX.encode()))
    assert parse_message(padded).kind == "NewRx"
    assert "bytes, at most 1000000 are read" in str(refusal(padded + b" "))


def test_nesting_without_end_is_refused() -> None:
    deep = "<a>" * 5000 + "</a>" * 5000
    assert "is not well-formed XML" in str(refusal(deep))


@pytest.mark.parametrize("raw", [b"", b" ", b"<", b"\x00", b"hello", b"<a></b>", b"<a/><b/>"])
def test_what_is_no_xml_is_refused(raw: bytes) -> None:
    assert "document" in str(refusal(raw))


def test_xml_that_is_no_script_message_is_refused() -> None:
    assert "is not a SCRIPT message" in str(refusal("<html/>"))


@pytest.mark.parametrize("text", [FULL_NEW_RX, CANCEL_RX])
def test_a_document_cut_at_any_byte_is_refused_and_nothing_else(text: str) -> None:
    raw = text.encode()
    for length in range(len(raw)):
        with pytest.raises(Malformed):
            parse_message(raw[:length])


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_and_nothing_else(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse_message(raw)


_PLACES = [match.start() for match in re.finditer(">", FULL_NEW_RX)]


@given(st.sampled_from(_PLACES), st.text(max_size=20))
def test_text_thrown_in_anywhere_is_read_or_refused_and_nothing_else(
    place: int, text: str
) -> None:
    mixed = FULL_NEW_RX[: place + 1] + text + FULL_NEW_RX[place + 1 :]
    raw = mixed.encode("utf-8", "surrogatepass")
    try:
        kind = parse_message(raw).kind
    except Malformed as error:
        kind = error.faults[0].field and "NewRx"
    assert kind == "NewRx"
