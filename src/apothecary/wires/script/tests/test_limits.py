"""Each field of a prescription at its limit, beyond it, missing and with a foreign code."""

import pytest
from lxml import etree

from apothecary.wires.script import MalformedMessage, NewRx, parse_message
from apothecary.wires.script.tests.documents import CANCEL_RX, FULL_NEW_RX, HEADER, envelope

DRUG = "NewRx/MedicationPrescribed"
WHO = "NewRx/Patient/HumanPatient"
PEN = "NewRx/Prescriber/NonVeterinarian"
SHOP = "NewRx/Pharmacy"
CARD = "NewRx/BenefitsCoordination[1]"
HEAD = "Message/Header"
# Parts that the full message leaves out, at the place where they would stand.
ABSENT = (
    (f"{WHO}/Address", "AddressLine2"),
    (f"{PEN}/Address", "AddressLine2"),
    (f"{PEN}/Name", "MiddleName"),
    (f"{PEN}/Name", "Suffix"),
    (f"{PEN}/Name", "Prefix"),
    (CARD + "/CardHolderName", "FirstName"),
    (HEAD, "RelatesToMessageID"),
    (HEAD, "TestMessage"),
)


def tree(text: str = FULL_NEW_RX) -> etree._Element:
    """The message with every part in it that has a limit."""
    root = etree.fromstring(text.encode())
    for path, name in ABSENT:
        etree.SubElement(at(root, path), name).text = "1"
    return root


def at(root: etree._Element, path: str) -> etree._Element:
    """The element that a fault would name by that path."""
    top, _, rest = path.partition("/")
    found = root.find(rest) if top == "Message" else root.find(f"Body/{path}")
    assert found is not None, path
    return found


def faults(root: etree._Element) -> dict[str, str]:
    """Field and reason of each fault; none when the message is taken."""
    try:
        parse_message(etree.tostring(root))
    except MalformedMessage as error:
        fields = [fault.field for fault in error.faults]
        assert len(fields) == len(set(fields)), fields
        return {fault.field: fault.reason for fault in error.faults}
    return {}


LIMITS = [
    *((f"{DRUG}/{name}", most) for name, most in (
        ("DrugDescription", 105), ("DrugCoded/Strength/StrengthValue", 70),
        ("DrugCoded/Strength/StrengthForm/Code", 15),
        ("DrugCoded/Strength/StrengthUnitOfMeasure/Code", 15),
        ("DrugCoded/DrugDBCode/Code", 35), ("Quantity/QuantityUnitOfMeasure/Code", 15),
        ("Diagnosis/Primary/Code", 15), ("Diagnosis/Primary/Description", 255),
        ("Diagnosis/Secondary/Code", 15), ("PriorAuthorization", 35), ("Note", 210),
        ("DrugUseEvaluation/AcknowledgementReason", 100), ("Sig/SigText", 1000),
    )),
    *((f"{of}/Name/{name}", most) for of in (WHO, PEN) for name, most in (
        ("LastName", 35), ("FirstName", 35), ("MiddleName", 35), ("Suffix", 10), ("Prefix", 10),
    )),
    *((f"{of}/Address/{name}", most) for of in (WHO, PEN) for name, most in (
        ("AddressLine1", 40), ("AddressLine2", 40), ("City", 35), ("StateProvince", 9),
        ("PostalCode", 11), ("CountryCode", 2),
    )),
    (f"{WHO}/LanguageNameCode", 3),
    (f"{PEN}/Identification/DEANumber", 35), (f"{PEN}/Identification/StateLicenseNumber", 35),
    (f"{PEN}/Specialty", 35), (f"{PEN}/PracticeLocation/BusinessName", 70),
    (f"{SHOP}/Identification/NCPDPID", 35), (f"{SHOP}/Identification/NPI", 35),
    (f"{SHOP}/BusinessName", 70),
    *((f"{CARD}/{name}", most) for name, most in (
        ("PayerIdentification/IINNumber", 35), ("PayerIdentification/PayerID", 35),
        ("PayerIdentification/ProcessorIdentificationNumber", 35), ("PayerName", 70),
        ("CardholderID", 35), ("CardHolderName/LastName", 35), ("CardHolderName/FirstName", 35),
        ("GroupID", 35), ("GroupName", 70), ("PersonCode", 3), ("PBMMemberID", 80),
    )),
    *((f"{HEAD}/{name}", most) for name, most in (
        ("To", 80), ("From", 80), ("MessageID", 35), ("RelatesToMessageID", 35),
        ("TestMessage", 5), ("RxReferenceNumber", 35), ("PrescriberOrderNumber", 35),
        ("SenderSoftware/SenderSoftwareDeveloper", 35),
        ("SenderSoftware/SenderSoftwareProduct", 35),
        ("SenderSoftware/SenderSoftwareVersionRelease", 50),
    )),
]  # fmt: skip


@pytest.mark.parametrize(("path", "most"), LIMITS)
def test_a_text_may_be_as_long_as_its_field_and_not_one_character_longer(
    path: str, most: int
) -> None:
    root = tree()
    at(root, path).text = "x" * most
    assert faults(root) == {}
    at(root, path).text = "x" * (most + 1)
    assert faults(root) == {path: f"may have {most} characters, has {most + 1}"}


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (f"{WHO}/CommunicationNumbers/PrimaryTelephone/Number", 10),
        (f"{WHO}/CommunicationNumbers/PrimaryTelephone/Extension", 8),
    ],
)
def test_a_telephone_number_has_ten_digits_at_most(path: str, most: int) -> None:
    root = tree()
    at(root, path).text = "5" * most
    assert faults(root) == {}
    at(root, path).text = "5" * (most + 1)
    assert faults(root) == {path: f"may have {most} characters, has {most + 1}"}


def test_a_product_code_other_than_an_ndc_has_forty_characters_at_most() -> None:
    root = tree()
    at(root, f"{DRUG}/DrugCoded/ProductCode/Qualifier").text = "UP"
    code = at(root, f"{DRUG}/DrugCoded/ProductCode/Code")
    code.text = "x" * 40
    assert faults(root) == {}
    code.text = "x" * 41
    assert faults(root) == {
        f"{DRUG}/DrugCoded/ProductCode/Code": "may have 40 characters, has 41"
    }


NEEDED = [
    *(f"{DRUG}/{name}" for name in (
        "DrugDescription", "Quantity", "Quantity/Value", "Quantity/CodeListQualifier",
        "Quantity/QuantityUnitOfMeasure", "Quantity/QuantityUnitOfMeasure/Code", "WrittenDate",
        "Substitutions", "NumberOfRefills", "Sig", "Sig/SigText", "Diagnosis/Primary/Code",
        "DrugCoded/ProductCode/Code", "DrugCoded/ProductCode/Qualifier",
        "DrugCoded/DrugDBCode/Code", "DrugCoded/DrugDBCode/Qualifier",
        "DrugUseEvaluation/ServiceReasonCode",
    )),
    *(f"{of}/{name}" for of in (WHO, PEN) for name in (
        "Name", "Name/LastName", "Name/FirstName", "Address", "Address/AddressLine1",
        "Address/City", "Address/StateProvince", "Address/PostalCode",
    )),
    f"{WHO}/Gender", f"{WHO}/DateOfBirth",
    f"{WHO}/CommunicationNumbers/PrimaryTelephone/Number",
    f"{PEN}/Identification", f"{PEN}/Identification/NPI",
    f"{SHOP}/Identification", f"{SHOP}/Identification/NCPDPID", f"{SHOP}/Identification/NPI",
    f"{SHOP}/BusinessName",
    f"{CARD}/CardHolderName/LastName",
    "NewRx/Patient", "NewRx/Prescriber", DRUG,
    *(f"NewRx/Observation/Measurement[1]/{name}" for name in (
        "VitalSign", "Value", "UnitOfMeasure",
    )),
    *(f"{HEAD}/{name}" for name in ("To", "From", "MessageID", "SentTime")),
]  # fmt: skip


@pytest.mark.parametrize("path", NEEDED)
def test_what_a_prescription_must_say_is_missed_by_its_name_when_it_does_not(path: str) -> None:
    root = tree()
    gone = at(root, path)
    above = gone.getparent()
    assert above is not None
    above.remove(gone)
    assert faults(root)[path] == "is missing"


OPTIONAL = [
    *(f"{DRUG}/{name}" for name in (
        "DrugCoded", "DaysSupply", "LastFillDate", "Diagnosis", "PriorAuthorization", "Note",
        "DrugUseEvaluation", "DrugCoverageStatusCode", "PriorAuthorizationStatus", "DoNotFill",
        "NeedNoLaterThan", "DrugCoded/ProductCode", "DrugCoded/DEASchedule",
    )),
    f"{WHO}/Identification", f"{WHO}/CommunicationNumbers", f"{WHO}/LanguageNameCode",
    f"{PEN}/Specialty", f"{PEN}/PracticeLocation", f"{PEN}/CommunicationNumbers",
    f"{PEN}/Identification/DEANumber", SHOP, f"{SHOP}/CommunicationNumbers",
    CARD, f"{CARD}/CardHolderName", f"{CARD}/PayerIdentification", "NewRx/Supervisor",
    "NewRx/Observation", "NewRx/AllergyOrAdverseEvent", "NewRx/UrgencyIndicatorCode",
    f"{HEAD}/SenderSoftware", f"{HEAD}/PrescriberOrderNumber", f"{HEAD}/DigitalSignature",
]  # fmt: skip


@pytest.mark.parametrize("path", OPTIONAL)
def test_what_a_prescription_may_leave_out_is_not_missed(path: str) -> None:
    root = tree()
    gone = at(root, path)
    above = gone.getparent()
    assert above is not None
    above.remove(gone)
    assert faults(root) == {}


CODES = [
    (f"{DRUG}/Quantity/CodeListQualifier", "38 40 87 QS CF UQ QT"),
    (f"{DRUG}/Substitutions", "0 1"),
    (f"{DRUG}/PriorAuthorizationStatus", "A D F N R"),
    (f"{DRUG}/DoNotFill", "Y H E"),
    (f"{DRUG}/DrugUseEvaluation/ClinicalSignificanceCode", "1 2 3 9"),
    (f"{DRUG}/DrugCoded/ProductCode/Qualifier", "ND UP NH RT UN DI GMP GPI GSP"),
    (f"{WHO}/Gender", "M F U"),
    (f"{CARD}/PayerResponsibilityCode", "P S T U PP"),
    (f"{CARD}/PatientRelationship", "1 2 3 4"),
    ("NewRx/UrgencyIndicatorCode", "S X"),
]


@pytest.mark.parametrize(("path", "codes"), CODES)
def test_a_code_is_one_of_its_list_and_no_other(path: str, codes: str) -> None:
    root = tree()
    for code in codes.split():
        at(root, path).text = code
        assert faults(root) == {}, code
    at(root, path).text = "QQ"
    said = ", ".join(sorted(codes.split()))
    assert faults(root) == {path: f"must be one of {said}, is 'QQ'"}


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (f"{DRUG}/Diagnosis", 2),
        (f"{DRUG}/DrugUseEvaluation", 5),
        (f"{DRUG}/DrugCoverageStatusCode", 5),
        ("NewRx/Observation/Measurement[1]", 10),
        (CARD, 4),
    ],
)
def test_a_part_repeats_as_often_as_the_standard_lets_it(path: str, most: int) -> None:
    root = tree()
    one = at(root, path)
    above = one.getparent()
    assert above is not None
    while len(above.findall(str(one.tag))) < most:
        one.addnext(etree.fromstring(etree.tostring(one, with_tail=False)))
    assert faults(root) == {}
    one.addnext(etree.fromstring(etree.tostring(one, with_tail=False)))
    reason = f"may stand {most} times, stands {most + 1} times"
    assert faults(root) == {path.removesuffix("[1]"): reason}


@pytest.mark.parametrize(
    ("code", "schedule"),
    [
        *(("C48672", "I"), ("C48675", "II"), ("C48676", "III")),
        *(("C48677", "IV"), ("C48679", "V"), ("C38046", "")),
    ],
)
def test_each_schedule_of_the_law_has_its_code(code: str, schedule: str) -> None:
    root = tree()
    at(root, f"{DRUG}/DrugCoded/DEASchedule/Code").text = code
    body = parse_message(etree.tostring(root)).body
    assert isinstance(body, NewRx)
    assert body.medication.dea_schedule == schedule


@pytest.mark.parametrize(
    ("unit", "most"), [("C28254", 1_000_000), ("C48155", 1_000_000), ("C48542", 10_000)]
)
def test_what_is_measured_may_be_more_than_what_is_counted(unit: str, most: int) -> None:
    root = tree()
    at(root, f"{DRUG}/Quantity/QuantityUnitOfMeasure/Code").text = unit
    value = at(root, f"{DRUG}/Quantity/Value")
    value.text = str(most)
    assert faults(root) == {}
    value.text = f"{most}.001"
    said = f"{most}.001 is absurd, more than {most} of one unit"
    assert faults(root) == {f"{DRUG}/Quantity/Value": said}


@pytest.mark.parametrize("name", ["EffectiveDate", "ExpirationDate"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_date_is_known_by_its_qualifier_wherever_the_sender_puts_it(
    name: str, wrapped: bool
) -> None:
    root = tree()
    drug = at(root, DRUG)
    for old in drug.findall("OtherMedicationDate"):
        drug.remove(old)
    day = "<Date>2026-03-09</Date>"
    inner = f"<{name}>{day}</{name}>" if wrapped else (
        f"<OtherMedicationDate>{day}</OtherMedicationDate>"
        f"<OtherMedicationDateQualifier>{name}</OtherMedicationDateQualifier>"
    )  # fmt: skip
    other = "<OtherMedicationDate><OtherMedicationDateQualifier>SoldDate"
    for text in (f"{other}</OtherMedicationDateQualifier></OtherMedicationDate>", inner):
        whole = text if text.startswith(other) else f"<OtherMedicationDate>{text}"
        end = "" if whole == text else "</OtherMedicationDate>"
        drug.append(etree.fromstring(whole + end))
    body = parse_message(etree.tostring(root)).body
    assert isinstance(body, NewRx)
    found = {"EffectiveDate": body.medication.effective_on}
    found["ExpirationDate"] = body.medication.expires_on
    assert {key for key, value in found.items() if value} == {name}


@pytest.mark.parametrize("flag", ["C", "D"])
def test_a_cancellation_says_cancel_or_change_and_nothing_else(flag: str) -> None:
    path = "CancelRx/ChangeOfPrescriptionStatusFlag"
    root = etree.fromstring(CANCEL_RX.encode())
    at(root, path).text = flag
    assert faults(root) == {}
    at(root, path).text = "X"
    assert faults(root) == {path: "must be one of C, D, is 'X'"}


@pytest.mark.parametrize("name", ["Quantity", "WrittenDate", "Substitutions", "Sig"])
def test_a_cancellation_only_has_to_name_the_drug_not_how_it_is_taken(name: str) -> None:
    root = etree.fromstring(CANCEL_RX.encode())
    drug = at(root, "CancelRx/MedicationPrescribed")
    drug.remove(at(root, f"CancelRx/MedicationPrescribed/{name}"))
    assert faults(root) == {}
    drug.remove(at(root, "CancelRx/MedicationPrescribed/DrugDescription"))
    assert faults(root) == {"CancelRx/MedicationPrescribed/DrugDescription": "is missing"}


def test_a_cancellation_needs_no_address_and_a_prescription_does() -> None:
    root = etree.fromstring(CANCEL_RX.encode())
    who = at(root, "CancelRx/Patient/HumanPatient")
    who.remove(at(root, "CancelRx/Patient/HumanPatient/Address"))
    assert faults(root) == {}


ANSWER = HEADER.replace("<SentTime>", "<RelatesToMessageID>A</RelatesToMessageID><SentTime>")


@pytest.mark.parametrize(
    ("name", "most"), [("DenialReason", 260), ("Note", 260), ("ReferenceNumber", 35)]
)
def test_the_words_of_an_answer_have_their_limits(name: str, most: int) -> None:
    said = "<CancelRxResponse><Response><Denied><{0}>{1}</{0}></Denied></Response>"
    said += "</CancelRxResponse>"

    def answer(length: int) -> dict[str, str]:
        text = envelope(said.format(name, "x" * length), header=ANSWER)
        return faults(etree.fromstring(text.encode()))

    assert answer(most) == {}
    path = f"CancelRxResponse/Response/Denied/{name}"
    assert answer(most + 1) == {path: f"may have {most} characters, has {most + 1}"}


@pytest.mark.parametrize("kind", ["Status", "Verify", "CancelRxResponse"])
def test_ten_codes_of_reason_are_read_and_an_eleventh_is_a_fault(kind: str) -> None:
    frames = {
        "Status": ("<Status><Code>000</Code>", "DescriptionCode", "</Status>"),
        "Verify": (
            "<Verify><VerifyStatus><Code>010</Code>",
            "DescriptionCode",
            "</VerifyStatus></Verify>",
        ),
        "CancelRxResponse": (
            "<CancelRxResponse><Response><Denied>",
            "ReasonCode",
            "</Denied></Response></CancelRxResponse>",
        ),
    }
    start, name, end = frames[kind]

    def answer(count: int) -> list[str]:
        text = envelope(start + f"<{name}>AA</{name}>" * count + end, header=ANSWER)
        return list(faults(etree.fromstring(text.encode())).values())

    assert answer(10) == []
    assert answer(11) == ["may stand 10 times, stands 11 times"]
