"""Writing prior authorization messages (SCRIPT 2017071): the four requests and responses."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from lxml import etree

from apothecary.wires.errors import Fault, malformed
from apothecary.wires.script.authorization_model import (
    APPROVED,
    CANCEL,
    INITIATION,
    OPEN,
    REQUEST,
    SELECT,
    Answers,
    Asking,
    Question,
    QuestionSet,
    Verdict,
    Wanted,
)
from apothecary.wires.script.messages import VERSION
from apothecary.wires.script.model import (
    Address,
    Contact,
    Coverage,
    Name,
    Patient,
    Pharmacy,
    PostalAddress,
    Prescriber,
)

SOFTWARE = ("Apothecary", "Apothecary", "1")
_VERSIONS = (
    *("DatatypesVersion", "TransportVersion", "TransactionDomain", "TransactionVersion"),
    *("StructuresVersion", "ECLVersion"),
)
_DIRECT = frozenset({"ElectronicMail", "DirectAddress"})
ICD_10, ORIGINAL = "ABF", "38"
# An element: its name and its text, what stands in it, or None for one that is there and empty.
# What has nothing in it is left out.
Node = tuple[str, "str | list[Node] | None"]


def write_asking(
    asking: Asking, *, to: Address, sender: Address, message_id: str, sent_at: datetime
) -> bytes:
    """The bytes of a request. Raises Malformed naming every field that is missing or too long.

    ``to`` is the payer (PY), ``sender`` the pharmacy (P); ``sent_at`` needs a time zone.
    """
    faults = _asking_faults(asking)
    if faults:
        raise malformed(faults)
    body: list[Node] = [
        ("PAReferenceID", asking.reference),
        ("PACaseID", asking.case_id),
        ("PAPriorityIndicator", "X" if asking.urgent else ""),
        ("BenefitsCoordination", _coverage(asking.parties.coverage)),
        ("Patient", [("HumanPatient", _patient(asking.parties.patient))]),
        ("Pharmacy", _pharmacy(asking.parties.pharmacy)),
        ("Prescriber", [("NonVeterinarian", _prescriber(asking.parties.prescriber))]),
        ("MedicationPrescribed", _medication(asking.parties.wanted)),
        ("QuestionSet", _questions(asking.questions, asking.answers)),
        ("PANote", asking.note),
    ]
    head = _header(to, sender, message_id, sent_at, relates_to="")
    return _document(f"{asking.step}Request", head, body, (to, sender))


def write_verdict(
    verdict: Verdict,
    *,
    to: Address,
    sender: Address,
    message_id: str,
    sent_at: datetime,
    relates_to: str,
) -> bytes:
    """The bytes of a response, for training and for tests; ``rest`` is not written."""
    said: list[Node] = [
        ("PACaseID", verdict.case_id),
        ("AuthorizationNumber", verdict.number),
        *(("ReasonCode", code) for code in verdict.reason_codes),
        ("DenialReason", verdict.reason if verdict.status != OPEN else ""),
        ("Reason", [("OtherReason", verdict.reason)] if verdict.status == OPEN else []),
        ("AuthorizationPeriod", _period(verdict)),
        ("AuthorizationDetails", _details(verdict)),
        ("Appeal", [("IsEAppealSupported", "Y" if verdict.appeals else "")]),
        ("PANote", verdict.note),
        ("DeadlineForReply", [("DateTime", _instant(verdict.deadline))]),
        ("QuestionSet", _questions(verdict.questions, None)),
    ]
    # An end without anything to say is still an end: a cancellation may just be approved.
    end: Node = (verdict.status, said if _holds(said) else None)
    inner: list[Node] = [end] if verdict.step == CANCEL else [("ResponseStatus", [end])]
    body: list[Node] = [("PAReferenceID", verdict.reference), ("Response", inner)]
    head = _header(to, sender, message_id, sent_at, relates_to=relates_to)
    return _document(f"{verdict.step}Response", head, body, (to, sender))


def _asking_faults(asking: Asking) -> list[Fault]:
    wanted, card = asking.parties.wanted, asking.parties.coverage
    needed: Mapping[str, bool] = {
        "PAReferenceID": bool(asking.reference),
        "PACaseID": asking.step == INITIATION or bool(asking.case_id),
        "QuestionSet": asking.step != REQUEST or asking.questions is not None,
        "IINNumber": bool(card.bin),
        "CardholderID": bool(card.cardholder_id),
        "ProductCode": len(wanted.ndc11) == 11 and wanted.ndc11.isdigit(),
        "Quantity": wanted.quantity > 0,
        "Prescriber/NPI": bool(asking.parties.prescriber.npi),
    }
    faults = [Fault(name, "is missing") for name, there in needed.items() if not there]
    lengths = {
        "PAReferenceID": (asking.reference, 35),
        "PANote": (asking.note, 2000),
        "DrugDescription": (wanted.description, 105),
        "SigText": (wanted.directions, 1000),
    }
    return faults + [
        Fault(name, f"may have {most} characters, has {len(text)}")
        for name, (text, most) in lengths.items()
        if len(text) > most
    ]


def _header(
    to: Address, sender: Address, message_id: str, sent_at: datetime, *, relates_to: str
) -> list[Node]:
    if sent_at.tzinfo is None:
        raise malformed([Fault("SentTime", "needs a time zone")])
    if not 0 < len(message_id) <= 35:
        raise malformed([Fault("MessageID", f"may have 1 to 35 characters: {message_id!r}")])
    names = ("SenderSoftwareDeveloper", "SenderSoftwareProduct", "SenderSoftwareVersionRelease")
    return [
        ("To", to.value),
        ("From", sender.value),
        ("MessageID", message_id),
        ("RelatesToMessageID", relates_to),
        ("SentTime", _instant(sent_at)),
        ("SenderSoftware", list(zip(names, SOFTWARE, strict=True))),
    ]


def _coverage(card: Coverage) -> list[Node]:
    return [
        (
            "PayerIdentification",
            [
                ("PayerID", card.payer_id),
                ("ProcessorIdentificationNumber", card.pcn),
                ("IINNumber", card.bin),
            ],
        ),
        ("PayerName", card.payer_name),
        ("CardholderID", card.cardholder_id),
        ("GroupID", card.group_id),
        ("GroupName", card.group_name),
        ("PayerResponsibilityCode", card.responsibility),
        ("PatientRelationship", card.relationship),
        ("PersonCode", card.person_code),
        ("PBMMemberID", card.member_id),
    ]


def _name(name: Name) -> list[Node]:
    return [
        ("LastName", name.last),
        ("FirstName", name.first),
        ("MiddleName", name.middle),
        ("Suffix", name.suffix),
        ("Prefix", name.prefix),
    ]


def _address(place: PostalAddress | None) -> list[Node]:
    if place is None:
        return []
    return [
        ("AddressLine1", place.line1),
        ("AddressLine2", place.line2),
        ("City", place.city),
        ("StateProvince", place.state),
        ("PostalCode", place.postal_code),
        ("CountryCode", place.country),
    ]


def _contacts(contacts: Iterable[Contact]) -> list[Node]:
    return [
        (one.kind, one.value)
        if one.kind in _DIRECT
        else (one.kind, [("Number", one.value), ("Extension", one.extension)])
        for one in contacts
    ]


def _patient(who: Patient) -> list[Node]:
    born = who.born_on.isoformat() if who.born_on else ""
    return [
        ("Name", _name(who.name)),
        ("Gender", who.gender),
        ("DateOfBirth", [("Date", born)]),
        ("Address", _address(who.address)),
        ("CommunicationNumbers", _contacts(who.contacts)),
        ("LanguageNameCode", who.language),
    ]


def _pharmacy(who: Pharmacy | None) -> list[Node]:
    if who is None:
        return []
    return [
        ("Identification", [("NCPDPID", who.ncpdp_id), ("NPI", who.npi)]),
        ("BusinessName", who.business_name),
        ("Address", _address(who.address)),
        ("CommunicationNumbers", _contacts(who.contacts)),
    ]


def _prescriber(who: Prescriber) -> list[Node]:
    numbers: list[Node] = [
        ("NPI", who.npi),
        ("DEANumber", who.dea),
        ("StateLicenseNumber", who.state_license),
    ]
    return [
        ("Identification", numbers),
        ("Specialty", who.specialty),
        ("PracticeLocation", [("BusinessName", who.practice)]),
        ("Name", _name(who.name)),
        ("Address", _address(who.address)),
        ("CommunicationNumbers", _contacts(who.contacts)),
    ]


def _medication(wanted: Wanted) -> list[Node]:
    quantity: list[Node] = [
        ("Value", f"{wanted.quantity.normalize():f}"),
        ("CodeListQualifier", ORIGINAL),
        ("QuantityUnitOfMeasure", [("Code", wanted.unit_code)]),
    ]
    return [
        ("DrugDescription", wanted.description),
        (
            "DrugCoded",
            [("ProductCode", [("Code", wanted.ndc11), ("Qualifier", "ND")])],
        ),
        ("Quantity", quantity),
        ("DaysSupply", str(wanted.days_supply or "")),
        ("WrittenDate", [("Date", wanted.written_on.isoformat() if wanted.written_on else "")]),
        ("Substitutions", "0" if wanted.substitution_allowed else "1"),
        ("NumberOfRefills", str(wanted.refills)),
        *(("Diagnosis", _diagnosis(code)) for code in wanted.diagnoses[:2]),
        ("Sig", [("SigText", wanted.directions)]),
    ]


def _diagnosis(code: str) -> list[Node]:
    # 1: the prescriber said it. What the pharmacy only infers is never sent.
    stated: list[Node] = [("Code", code), ("Qualifier", ICD_10)]
    return [("ClinicalInformationQualifier", "1"), ("Primary", stated)]


def _questions(questions: QuestionSet | None, answers: Answers | None) -> list[Node]:
    if questions is None:
        return []
    head: list[Node] = [
        ("QuestionSetID", questions.id),
        ("QuestionSetTitle", questions.title),
        ("QuestionSetDescription", questions.description),
    ]
    given = answers or {}
    listed: list[Node] = [
        ("Question", _question(one, number, given.get(one.id, ())))
        for number, one in enumerate(questions.questions, start=1)
    ]
    return [("Header", head), ("Questions", listed)]


def _question(one: Question, number: int, given: tuple[str, ...]) -> list[Node]:
    inner: list[Node] = [("SelectMultiple", "Y" if one.many else "N")]
    inner += [
        (
            "Choice",
            [
                ("ChoiceID", choice.id),
                ("SequenceNumber", str(place)),
                ("ChoiceText", choice.text),
                ("NextQuestionID", choice.next_id),
            ],
        )
        for place, choice in enumerate(one.choices, start=1)
    ]
    kind: Node = (one.kind, inner if one.kind == SELECT else None)
    answer: list[Node] = [("Value", value) for value in given]
    return [
        ("QuestionID", one.id),
        ("SequenceNumber", str(number)),
        ("QuestionText", one.text),
        ("RequiredIndicator", "" if one.required else "N"),
        ("QuestionType", [kind]),
        ("DefaultNextQuestionID", one.next_id),
        ("Answer", answer),
    ]


def _period(verdict: Verdict) -> list[Node]:
    days = {"EffectiveDate": verdict.from_on, "ExpirationDate": verdict.until_on}
    return [(name, [("Date", day.isoformat() if day else "")]) for name, day in days.items()]


def _details(verdict: Verdict) -> list[Node]:
    if verdict.status != APPROVED:
        return []
    quantity = "" if verdict.quantity is None else f"{verdict.quantity.normalize():f}"
    days = "" if verdict.days_supply is None else str(verdict.days_supply)
    refills = "" if verdict.refills is None else str(verdict.refills)
    return [("Quantity", quantity), ("DaysSupply", days), ("NumberOfRefills", refills)]


def _instant(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.0Z}" if at else ""


def _document(
    kind: str, head: list[Node], body: list[Node], addresses: tuple[Address, Address]
) -> bytes:
    root = etree.Element("Message")
    for name in _VERSIONS:
        root.set(name, "SCRIPT" if name == "TransactionDomain" else VERSION)
    _grow(root, ("Header", head))
    for name, address in zip(("To", "From"), addresses, strict=True):
        found = root.find(f"Header/{name}")
        if found is None:
            raise malformed([Fault(f"Header/{name}", "is missing")])
        found.set("Qualifier", address.qualifier)
    _grow(etree.SubElement(root, "Body"), (kind, body))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _grow(parent: etree._Element, node: Node) -> None:
    name, content = node
    if not _holds(content):
        return
    element = etree.SubElement(parent, name)
    if isinstance(content, str):
        element.text = content
        return
    for inner in content or ():
        _grow(element, inner)


def _holds(content: "str | list[Node] | None") -> bool:
    if content is None or isinstance(content, str):
        return content is None or bool(content)
    return any(_holds(inner) for _, inner in content)
