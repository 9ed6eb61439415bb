"""Orders as NCPDP SCRIPT 2017071 XML, children in the order the standard gives them."""

from lxml import etree

from simulators.prescriber.order import Order
from simulators.prescriber.world import Address, DrugLine, Part

VERSION = "20170715"
_SCHEDULE_CODES = {2: "C48675", 3: "C48676", 4: "C48677", 5: "C48679"}
_LANGUAGES = {"es": "SPA"}
Node = tuple[str, "str | list[Node]"]


def newrx(order: Order) -> bytes:
    """A NewRx message."""
    body: list[Node] = [
        *_benefits(order),
        ("Patient", [("HumanPatient", _patient(order))]),
        ("Pharmacy", _pharmacy(order)),
        ("Prescriber", [("NonVeterinarian", _prescriber(order))]),
        ("Observation", _observation(order)),
        ("MedicationPrescribed", _medication(order)),
    ]
    return _message(order, "NewRx", body)


def cancelrx(order: Order) -> bytes:
    """A CancelRx message; the order's `relates_to` names the NewRx that is taken back."""
    body: list[Node] = [
        ("Patient", [("HumanPatient", _patient(order))]),
        ("Pharmacy", _pharmacy(order)),
        ("Prescriber", [("NonVeterinarian", _prescriber(order))]),
        ("MedicationPrescribed", _medication(order)),
    ]
    return _message(order, "CancelRx", body)


def _message(order: Order, kind: str, body: list[Node]) -> bytes:
    versions = (
        ("DatatypesVersion", VERSION), ("TransportVersion", VERSION),
        ("TransactionDomain", "SCRIPT"), ("TransactionVersion", VERSION),
        ("StructuresVersion", VERSION), ("ECLVersion", VERSION),
    )  # fmt: skip
    root = etree.Element("Message")
    for name, value in versions:
        root.set(name, value)
    _grow(root, ("Header", _header(order)))
    for element, qualifier in (("To", "P"), ("From", "D")):
        found = root.find(f"Header/{element}")
        if found is not None:
            found.set("Qualifier", qualifier)
    signature = root.find("Header/DigitalSignature")
    if signature is not None:
        signature.set("Version", "1.0")
    top = etree.SubElement(etree.SubElement(root, "Body"), kind)
    for node in body:
        _grow(top, node)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _grow(parent: etree._Element, node: Node) -> None:
    """Hang a node below its parent; an element with nothing in it is left out."""
    tag, content = node
    if _is_empty(content):
        return
    element = etree.SubElement(parent, tag)
    if isinstance(content, str):
        element.text = content
        return
    for child in content:
        _grow(element, child)


def _is_empty(content: str | list[Node]) -> bool:
    if isinstance(content, str):
        return not content
    return all(_is_empty(inner) for _, inner in content)


def _header(order: Order) -> list[Node]:
    signed: list[Node] = [("DigitalSignatureIndicator", "true")] if order.line.schedule else []
    return [
        ("To", order.pharmacy.ncpdp_id),
        ("From", order.prescriber.npi),
        ("MessageID", order.message_id),
        ("RelatesToMessageID", order.relates_to),
        ("SentTime", order.sent_at),
        ("SenderSoftware", [
            ("SenderSoftwareDeveloper", "Apothecary"),
            ("SenderSoftwareProduct", "Prescriber simulator"),
            ("SenderSoftwareVersionRelease", "1"),
        ]),
        ("PrescriberOrderNumber", order.order_number),
        ("DigitalSignature", signed),
    ]  # fmt: skip


def _benefits(order: Order) -> list[Node]:
    card = order.person.card
    if not card.bin:
        return []
    payer: list[Node] = [("ProcessorIdentificationNumber", card.pcn), ("IINNumber", card.bin)]
    coverage: list[Node] = [
        ("PayerIdentification", payer),
        ("PayerName", card.payer),
        ("CardholderID", card.card),
        ("GroupID", card.group),
        ("PayerResponsibilityCode", "P"),
        ("PatientRelationship", card.relationship),
        ("PersonCode", card.person),
    ]
    return [("BenefitsCoordination", coverage)]


def _patient(order: Order) -> list[Node]:
    person = order.person
    return [
        ("Name", _name(person.last_name, person.first_name, person.middle_name, person.suffix)),
        ("Gender", person.sex),
        ("DateOfBirth", [("Date", order.born_on)]),
        ("Address", _address(person.address)),
        ("CommunicationNumbers", _phone(person.phone)),
        ("LanguageNameCode", _LANGUAGES.get(person.language, "")),
    ]


def _pharmacy(order: Order) -> list[Node]:
    pharmacy = order.pharmacy
    return [
        ("Identification", [("NCPDPID", pharmacy.ncpdp_id), ("NPI", pharmacy.npi)]),
        ("BusinessName", pharmacy.name),
        ("Address", _address(pharmacy.address)),
        ("CommunicationNumbers", _phone(pharmacy.phone)),
    ]


def _prescriber(order: Order) -> list[Node]:
    who = order.prescriber
    ids: list[Node] = [
        ("StateLicenseNumber", who.license),
        ("DEANumber", order.dea),
        ("NPI", order.npi),
    ]
    return [
        ("Identification", ids),
        ("Name", _name(who.last_name, who.first_name, who.middle_name, "")),
        ("Address", _address(who.address)),
        ("CommunicationNumbers", [*_phone(who.phone), ("Fax", [("Number", who.fax)])]),
    ]


def _observation(order: Order) -> list[Node]:
    if order.line.suits != "child" or order.person.weight_kg is None:
        return []
    weight: list[Node] = [
        ("VitalSign", "29463-7"),
        ("LOINCVersion", "2.63"),
        ("Value", f"{order.person.weight_kg.normalize():f}"),
        ("UnitOfMeasure", "kg"),
        ("UCUMVersion", "2.0"),
        ("ObservationDate", [("Date", order.written_on)]),
    ]
    return [("Measurement", weight)]


def _medication(order: Order) -> list[Node]:
    line = order.line
    schedule = _SCHEDULE_CODES.get(line.schedule, "")
    coded: list[Node] = [
        ("ProductCode", [("Code", order.ndc), ("Qualifier", "ND")] if order.ndc else []),
        ("DrugDBCode", [("Code", order.rxcui), ("Qualifier", line.rxcui_kind)]
         if order.rxcui else []),
        ("DEASchedule", [("Code", schedule)]),
    ]  # fmt: skip
    quantity: list[Node] = [
        ("Value", order.quantity),
        ("CodeListQualifier", "38"),
        ("QuantityUnitOfMeasure", [("Code", line.unit_code)]),
    ]
    return [
        ("DrugDescription", order.description),
        ("DrugCoded", coded),
        ("Quantity", quantity),
        ("DaysSupply", order.days),
        ("WrittenDate", [("Date", order.written_on)]),
        ("Substitutions", "0" if order.generic_allowed else "1"),
        ("NumberOfRefills", order.refills),
        ("Sig", [("SigText", order.directions)]),
        ("CompoundInformation", _compound(order.line)),
    ]


def _compound(line: DrugLine) -> list[Node]:
    """The dosage form and each ingredient; nothing for a finished product."""
    if not line.parts:
        return []
    form: Node = ("FinalCompoundPharmaceuticalDosageForm", line.form_code)
    return [form, *(("CompoundIngredientsLotNotUsed", _part(part)) for part in line.parts)]


def _part(part: Part) -> list[Node]:
    number: list[Node] = [("Code", part.ndc), ("Qualifier", "ND")] if part.ndc else []
    return [
        ("CompoundIngredient", [
            ("CompoundIngredientItemDescription", part.description),
            ("ItemNumber", number),
        ]),
        ("Quantity", [
            ("Value", f"{part.quantity.normalize():f}"),
            ("CodeListQualifier", "38"),
            ("QuantityUnitOfMeasure", [("Code", part.unit_code)]),
        ]),
    ]  # fmt: skip


def _name(last: str, first: str, middle: str, suffix: str) -> list[Node]:
    return [
        ("LastName", last),
        ("FirstName", first),
        ("MiddleName", middle),
        ("Suffix", suffix),
    ]


def _address(where: Address) -> list[Node]:
    return [
        ("AddressLine1", where.line_1),
        ("AddressLine2", where.line_2),
        ("City", where.city),
        ("StateProvince", where.state),
        ("PostalCode", where.postal_code),
        ("CountryCode", "US"),
    ]


def _phone(number: str) -> list[Node]:
    return [("PrimaryTelephone", [("Number", number)])]
