"""Prescription messages as a prescriber's system sends them, from plain values."""

from dataclasses import dataclass, field

HEAD = (
    '<Message DatatypesVersion="20170715" TransportVersion="20170715" '
    'TransactionDomain="SCRIPT" TransactionVersion="20170715" '
    'StructuresVersion="20170715" ECLVersion="20170715">'
)


@dataclass(frozen=True)
class Rx:
    """What a test varies; the rest is a clean prescription of the test world's patient."""

    message_id: str = "MSG0001"
    order_number: str = "PON0001"
    relates_to: str = ""
    to: str = "1234567"
    sender: str = "6301875277001"
    sent_at: str = "2026-11-23T17:05:00.0Z"
    last_name: str = "Doe"
    first_name: str = "Jane"
    sex: str = "F"
    born_on: str = "1980-02-29"
    street: str = "200 Oak Ave"
    postal_code: str = "78701"
    phone: str = "5125550111"
    npi: str = "1234567893"
    dea: str = ""
    prescriber_last_name: str = "Smith"
    signed: bool = False
    drug: str = "lisinopril 10 MG Oral Tablet"
    ndc: str = "68180098001"
    rxcui: str = ""
    schedule: str = ""
    quantity: str = "30"
    unit: str = "C48542"
    days: str = "30"
    refills: str = "2"
    substitutions: str = "0"
    written_on: str = "2026-11-20"
    directions: str = "Take 1 tablet by mouth once daily"
    note: str = ""
    card: dict[str, str] = field(default_factory=dict)
    # A compound: the NCI code of its form, and words, NDC, quantity, unit of each ingredient.
    form: str = ""
    parts: tuple[tuple[str, str, str, str], ...] = ()
    kind: str = "NewRx"

    def xml(self) -> bytes:
        """The message's bytes."""
        return (
            f"<?xml version='1.0' encoding='UTF-8'?>\n{HEAD}{self.header()}"
            f"<Body><{self.kind}>{self.body()}</{self.kind}></Body></Message>"
        ).encode()

    def header(self) -> str:
        signature = "<DigitalSignatureIndicator>true</DigitalSignatureIndicator>"
        return (
            f'<Header><To Qualifier="P">{self.to}</To><From Qualifier="D">{self.sender}</From>'
            f"<MessageID>{self.message_id}</MessageID>"
            f"{tag('RelatesToMessageID', self.relates_to)}<SentTime>{self.sent_at}</SentTime>"
            "<SenderSoftware><SenderSoftwareDeveloper>Example</SenderSoftwareDeveloper>"
            "<SenderSoftwareProduct>Tests</SenderSoftwareProduct>"
            "<SenderSoftwareVersionRelease>1</SenderSoftwareVersionRelease></SenderSoftware>"
            f"{tag('PrescriberOrderNumber', self.order_number)}"
            f"{f'<DigitalSignature>{signature}</DigitalSignature>' if self.signed else ''}"
            "</Header>"
        )

    def body(self) -> str:
        return f"{self.coverage()}{self.patient()}{self.prescriber()}{self.medication()}"

    def coverage(self) -> str:
        if not self.card:
            return ""
        return (
            "<BenefitsCoordination><PayerIdentification>"
            f"{tag('ProcessorIdentificationNumber', self.card.get('pcn', ''))}"
            f"{tag('IINNumber', self.card['bin'])}</PayerIdentification>"
            f"{tag('PayerName', self.card.get('name', ''))}"
            f"{tag('CardholderID', self.card['holder'])}"
            "<PayerResponsibilityCode>P</PayerResponsibilityCode></BenefitsCoordination>"
        )

    def patient(self) -> str:
        return (
            "<Patient><HumanPatient>"
            f"<Name><LastName>{self.last_name}</LastName>"
            f"<FirstName>{self.first_name}</FirstName></Name><Gender>{self.sex}</Gender>"
            f"<DateOfBirth><Date>{self.born_on}</Date></DateOfBirth>"
            f"{self.address(self.street)}{telephone(self.phone)}</HumanPatient></Patient>"
        )

    def address(self, street: str) -> str:
        return (
            f"<Address><AddressLine1>{street}</AddressLine1><City>Anytown</City>"
            f"<StateProvince>TX</StateProvince><PostalCode>{self.postal_code}</PostalCode>"
            "<CountryCode>US</CountryCode></Address>"
        )

    def prescriber(self) -> str:
        return (
            "<Prescriber><NonVeterinarian><Identification>"
            f"{tag('DEANumber', self.dea)}<NPI>{self.npi}</NPI></Identification>"
            f"<Name><LastName>{self.prescriber_last_name}</LastName>"
            f"<FirstName>Alex</FirstName></Name>{self.address('300 Clinic Rd')}"
            f"{telephone('5125550199')}</NonVeterinarian></Prescriber>"
        )

    def medication(self) -> str:
        codes = coded("ProductCode", self.ndc, "ND") + coded("DrugDBCode", self.rxcui, "SCD")
        schedule = f"<DEASchedule><Code>{self.schedule}</Code></DEASchedule>"
        return (
            f"<MedicationPrescribed><DrugDescription>{self.drug}</DrugDescription>"
            f"<DrugCoded>{codes}{schedule if self.schedule else ''}</DrugCoded>"
            f"<Quantity><Value>{self.quantity}</Value><CodeListQualifier>38</CodeListQualifier>"
            f"<QuantityUnitOfMeasure><Code>{self.unit}</Code></QuantityUnitOfMeasure></Quantity>"
            f"{tag('DaysSupply', self.days)}"
            f"<WrittenDate><Date>{self.written_on}</Date></WrittenDate>"
            f"<Substitutions>{self.substitutions}</Substitutions>"
            f"<NumberOfRefills>{self.refills}</NumberOfRefills>{tag('Note', self.note)}"
            f"<Sig><SigText>{self.directions}</SigText></Sig>{self.compound()}"
            "</MedicationPrescribed>"
        )

    def compound(self) -> str:
        if not self.form and not self.parts:
            return ""
        form = tag("FinalCompoundPharmaceuticalDosageForm", self.form)
        return tag("CompoundInformation", form + "".join(map(ingredient, self.parts)))


def ingredient(part: tuple[str, str, str, str]) -> str:
    """One ingredient of a compound."""
    words, ndc, quantity, unit = part
    named = tag("CompoundIngredientItemDescription", words) + coded("ItemNumber", ndc, "ND")
    amount = f"<Value>{quantity}</Value><CodeListQualifier>38</CodeListQualifier>"
    amount += f"<QuantityUnitOfMeasure><Code>{unit}</Code></QuantityUnitOfMeasure>"
    inner = tag("CompoundIngredient", named) + tag("Quantity", amount)
    return tag("CompoundIngredientsLotNotUsed", inner)


def tag(name: str, text: str) -> str:
    """An element, left out when empty."""
    return f"<{name}>{text}</{name}>" if text else ""


def coded(name: str, code: str, qualifier: str) -> str:
    """A code with its qualifier."""
    if not code:
        return ""
    return f"<{name}><Code>{code}</Code><Qualifier>{qualifier}</Qualifier></{name}>"


def telephone(number: str) -> str:
    """A primary telephone number."""
    if not number:
        return ""
    inner = f"<PrimaryTelephone><Number>{number}</Number></PrimaryTelephone>"
    return f"<CommunicationNumbers>{inner}</CommunicationNumbers>"
