"""Prior authorization messages of our own for the tests; people and numbers are made up."""

from datetime import UTC, date, datetime
from decimal import Decimal

from apothecary.wires.script.authorization_model import (
    APPROVED,
    DAY,
    INITIATION,
    NUMBER,
    OPEN,
    REQUEST,
    SELECT,
    TEXT,
    Asking,
    Choice,
    Parties,
    Question,
    QuestionSet,
    Verdict,
    Wanted,
)
from apothecary.wires.script.authorization_write import write_asking, write_verdict
from apothecary.wires.script.model import (
    Address,
    Contact,
    Coverage,
    Identifier,
    Name,
    Patient,
    Pharmacy,
    PostalAddress,
    Prescriber,
)

AT = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
PAYER, PHARMACY = Address("999999", "PY"), Address("1234567", "P")
PLACE = PostalAddress("12 Cedar Lane", "", "Austin", "TX", "78701", "US")
PHONE = (Contact("PrimaryTelephone", "5125550123"), Contact("Fax", "5125550124"))

QUESTIONS = QuestionSet(
    id="QS-1",
    title="Wakefulness drugs",
    description="Answer all that apply.",
    questions=(
        Question(
            "1",
            "What is it for?",
            SELECT,
            choices=(
                Choice("1A", "Narcolepsy", "2"),
                Choice("1B", "Shift work", "3"),
                Choice("1C", "Something else", "5"),
            ),
        ),
        Question("2", "When was the sleep study?", DAY, next_id="3"),
        Question("3", "How many milligrams a day?", NUMBER),
        Question(
            "4",
            "What was tried before?",
            SELECT,
            required=False,
            next_id="END",
            many=True,
            choices=(Choice("4A", "Caffeine"), Choice("4B", "Armodafinil")),
        ),
        Question("5", "Then what is it for?", TEXT, next_id="3"),
    ),
)
ANSWERS = {"1": ("1A",), "2": ("2026-05-04",), "3": ("200",), "4": ("4A", "4B")}


def card(**changed: str) -> Coverage:
    values = {
        "bin": "999999",
        "pcn": "TESTPCN",
        "payer_id": "",
        "payer_name": "Lone Star Sample Health",
        "cardholder_id": "LS1869953",
        "group_id": "LSH1001",
        "group_name": "",
        "responsibility": "P",
        "relationship": "1",
        "person_code": "01",
        "member_id": "",
    } | changed
    return Coverage(cardholder_name=None, **values)


def parties(**changed: object) -> Parties:
    wanted: dict[str, object] = {
        "description": "modafinil 200 mg tablet",
        "ndc11": "00093703456",
        "quantity": Decimal("30"),
        "unit_code": "C48542",
        "days_supply": 30,
        "refills": 2,
        "written_on": date(2026, 11, 20),
        "directions": "Take 1 tablet by mouth once daily.",
        "diagnoses": ("G47419",),
        "substitution_allowed": True,
    }
    return Parties(
        coverage=card(),
        patient=Patient(
            name=Name("Baptiste", "Andre"),
            gender="M",
            born_on=date(1979, 11, 5),
            address=PLACE,
            contacts=PHONE[:1],
            identifiers=(),
            language="",
        ),
        pharmacy=Pharmacy(
            ncpdp_id="1234567",
            npi="1234567893",
            identifiers=(Identifier("NCPDPID", "1234567"), Identifier("NPI", "1234567893")),
            business_name="Corner Pharmacy",
            address=PLACE,
            contacts=PHONE[:1],
        ),
        prescriber=Prescriber(
            npi="1245319599",
            dea="",
            state_license="",
            identifiers=(Identifier("NPI", "1245319599"),),
            name=Name("Reyes", "Luz"),
            specialty="",
            practice="",
            address=PLACE,
            contacts=PHONE,
        ),
        wanted=Wanted(**(wanted | changed)),  # type: ignore[arg-type]  # values by field name
    )


def asking(step: str = INITIATION, **changed: object) -> Asking:
    values: dict[str, object] = {"step": step, "reference": "PA-17", "parties": parties()}
    if step != INITIATION:
        values["case_id"] = "CASE-9"
    if step == REQUEST:
        values |= {"questions": QUESTIONS, "answers": ANSWERS}
    return Asking(**(values | changed))  # type: ignore[arg-type]  # values by field name


def asked(body: Asking, *, message_id: str = "M-1", at: datetime = AT) -> bytes:
    return write_asking(body, to=PAYER, sender=PHARMACY, message_id=message_id, sent_at=at)


def verdict(status: str = APPROVED, step: str = REQUEST, **changed: object) -> Verdict:
    values: dict[str, object] = {
        "step": step,
        "reference": "PA-17",
        "status": status,
        "case_id": "CASE-9",
    }
    if status == APPROVED:
        values |= {
            "number": "PA0000001",
            "from_on": date(2026, 11, 23),
            "until_on": date(2027, 11, 22),
            "quantity": Decimal("90"),
            "refills": 2,
        }
    if status == OPEN:
        values |= {"questions": QUESTIONS, "deadline": datetime(2026, 11, 30, tzinfo=UTC)}
    return Verdict(**(values | changed))  # type: ignore[arg-type]  # values by field name


def decided(body: Verdict, *, relates_to: str = "M-1") -> bytes:
    return write_verdict(
        body,
        to=PHARMACY,
        sender=PAYER,
        message_id="R-1",
        sent_at=AT,
        relates_to=relates_to,
    )
