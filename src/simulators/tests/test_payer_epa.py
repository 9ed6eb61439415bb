"""Electronic prior authorization at the payer, asked with documents of the test's own."""

import asyncio
import http.client
from collections.abc import Iterator
from datetime import date

import pytest
from lxml import etree

from simulators.payer.desk import Desk
from simulators.payer.epa import Epa
from simulators.payer.epa_questions import question_sets, questions_for
from simulators.payer.faults import Faults
from simulators.payer.line import Line
from simulators.payer.memory import Memory
from simulators.payer.plans import read_books

TODAY = date(2026, 11, 23)
CARD, MODAFINIL, LISINOPRIL = "LS1869953", "633040342", "000060207"
VERSIONS = " ".join(
    f'{name}Version="20170715"'
    for name in ("Datatypes", "Transport", "Transaction", "Structures", "ECL")
)
RIGHT = {"1": ["1Y"], "2": ["2A"], "3": ["2026-05-04"], "5": ["30"]}


@pytest.fixture
def epa() -> Iterator[Epa]:
    memory = Memory(":memory:")
    desk = Desk(read_books(), memory, seed=1, today=lambda: TODAY)
    yield Epa(Line(desk, Faults(1), host="127.0.0.1", port=0))
    memory.close()


def pa_drug(epa: Epa, plan: str = "lonestar-commercial") -> str:
    """A product that this plan pays for with an authorization only."""
    books = epa._billing.books
    rules = [r for r in books.rules if r.plan == plan and r.prior_authorization and r.covered]
    wanted = {rule.ingredient for rule in rules if rule.ingredient}
    return next(f"{ndc}01" for ndc, drug in books.drugs.items() if drug.ingredient in wanted)


def document(
    kind: str,
    *,
    ndc: str,
    number: str = "M1",
    case: str = "",
    inner: str = "",
    iin: str = "999999",
) -> bytes:
    """One request; only what this payer reads."""
    return f"""<Message {VERSIONS} TransactionDomain="SCRIPT"><Header>
    <To Qualifier="PY">{iin}</To><From Qualifier="P">1234567</From>
    <MessageID>{number}</MessageID></Header><Body><{kind}>
    <PAReferenceID>PA-1</PAReferenceID><PACaseID>{case}</PACaseID>
    <BenefitsCoordination><PayerIdentification>
    <ProcessorIdentificationNumber>TESTPCN</ProcessorIdentificationNumber>
    <IINNumber>{iin}</IINNumber></PayerIdentification>
    <CardholderID>{CARD}</CardholderID></BenefitsCoordination>
    <MedicationPrescribed><DrugCoded><ProductCode><Code>{ndc}</Code></ProductCode></DrugCoded>
    <Quantity><Value>30</Value></Quantity><NumberOfRefills>2</NumberOfRefills>
    </MedicationPrescribed>{inner}</{kind}></Body></Message>""".encode()


def answered(answers: dict[str, list[str]]) -> str:
    questions = "".join(
        f"<Question><QuestionID>{name}</QuestionID><Answer>"
        + "".join(f"<Value>{value}</Value>" for value in values)
        + "</Answer></Question>"
        for name, values in answers.items()
    )
    return f"<QuestionSet><Questions>{questions}</Questions></QuestionSet>"


def told(raw: bytes) -> etree._Element:
    return etree.fromstring(raw)


def end_of(raw: bytes) -> str:
    found = told(raw).find(".//ResponseStatus/*")
    assert found is not None
    return str(found.tag)


def began(epa: Epa, number: str = "M1") -> str:
    raw = epa.answer(document("PAInitiationRequest", ndc=pa_drug(epa), number=number))
    assert end_of(raw) == "Open"
    return told(raw).findtext(".//PACaseID") or ""


def judged(epa: Epa, case: str, answers: dict[str, list[str]], number: str = "M2") -> bytes:
    inner = answered(answers)
    raw = document("PARequest", ndc=pa_drug(epa), number=number, case=case, inner=inner)
    return epa.answer(raw)


def test_a_drug_that_needs_consent_is_answered_with_questions_and_a_day(epa):
    raw = epa.answer(document("PAInitiationRequest", ndc=pa_drug(epa)))
    root = told(raw)
    texts = [one.text for one in root.iterfind(".//QuestionText")]
    assert texts == [one.text for one in questions_for("").questions]
    assert root.findtext(".//DeadlineForReply/DateTime")
    assert root.findtext("Header/RelatesToMessageID") == "M1"


def test_a_drug_that_needs_none_is_closed_with_the_reason(epa):
    raw = epa.answer(document("PAInitiationRequest", ndc=LISINOPRIL + "01"))
    assert end_of(raw) == "Closed"
    assert told(raw).findtext(".//ReasonCode") == "CC"


def test_right_answers_are_approved_and_the_claims_line_knows_the_number(epa):
    raw = judged(epa, began(epa), RIGHT)
    assert end_of(raw) == "Approved"
    number = told(raw).findtext(".//AuthorizationNumber")
    assert told(raw).findtext(".//AuthorizationDetails/Quantity") == "90"
    drug = epa._billing.books.drug(pa_drug(epa))
    assert drug is not None
    on_file = epa._billing.memory.approvals_on("lonestar-commercial", CARD, drug.ingredient)
    assert [one.number for one in on_file] == [number]
    again = epa.answer(document("PAInitiationRequest", ndc=pa_drug(epa), number="M9"))
    assert told(again).findtext(".//ReasonCode") == "CF"


@pytest.mark.parametrize(
    "wrong", [{"2": ["2C"]}, {"5": ["0"]}, {"5": ["361"]}, {"5": ["many"]}]
)
def test_an_answer_against_the_criteria_is_denied_with_the_question(epa, wrong):
    raw = judged(epa, began(epa), RIGHT | wrong)
    assert end_of(raw) == "Denied"
    assert "Criteria not met" in (told(raw).findtext(".//DenialReason") or "")
    assert told(raw).findtext(".//IsEAppealSupported") == "Y"


@pytest.mark.parametrize("quantity", ["1", "360"])
def test_a_number_on_its_bound_is_within(epa, quantity):
    assert end_of(judged(epa, began(epa), RIGHT | {"5": [quantity]})) == "Approved"


def test_a_missing_answer_is_asked_for_again_and_the_other_branch_asks_other_questions(epa):
    case = began(epa)
    raw = judged(epa, case, {"1": ["1Y"]})
    assert told(raw).find(".//MoreInformationRequired/QuestionSet") is not None
    other = {"1": ["1N"], "4": ["The dose"], "5": ["30"]}
    assert end_of(judged(epa, case, other, number="M3")) == "Approved"


def test_a_repeat_gets_the_same_bytes_and_opens_no_second_case(epa):
    raw = document("PAInitiationRequest", ndc=pa_drug(epa))
    assert epa.answer(raw) == epa.answer(raw)
    assert epa._db.execute("SELECT count(*) FROM epa_cases").fetchone() == (1,)


def test_an_appeal_needs_grounds(epa):
    case = began(epa)
    judged(epa, case, RIGHT | {"2": ["2C"]})
    short = "<PANote>Please.</PANote>"
    long = f"<PANote>{'word ' * 10}</PANote>"
    ndc = pa_drug(epa)
    refused = document("PAAppealRequest", ndc=ndc, number="M4", case=case, inner=short)
    assert end_of(epa.answer(refused)) == "Denied"
    granted = document("PAAppealRequest", ndc=ndc, number="M5", case=case, inner=long)
    assert end_of(epa.answer(granted)) == "Approved"


def test_a_cancelled_case_takes_its_number_off_the_file(epa):
    case = began(epa)
    judged(epa, case, RIGHT)
    raw = document("PACancelRequest", ndc=pa_drug(epa), number="M4", case=case)
    assert told(epa.answer(raw)).find(".//Response/Approved") is not None
    drug = epa._billing.books.drug(pa_drug(epa))
    assert drug is not None
    approvals = epa._billing.memory.approvals_on("lonestar-commercial", CARD, drug.ingredient)
    assert approvals == []


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"nonsense", "document"),
        (b"<Letter/>", "Message"),
        (document("RxFill", ndc="1"), "RxFill"),
        (document("PARequest", ndc="1", case="EPA0000099"), "PACaseID"),
        (document("PAInitiationRequest", ndc=""), "ProductCode"),
        (document("PAInitiationRequest", ndc="1", iin="123456"), "IINNumber"),
        (document("PAInitiationRequest", ndc="1", number=""), "MessageID"),
    ],
)
def test_what_cannot_be_answered_is_an_error_that_names_the_field(epa, raw, says):
    root = told(epa.answer(raw))
    assert root.findtext("Body/Error/Code") == "900"
    assert says in (root.findtext("Body/Error/Description") or "")


def test_every_question_of_the_file_leads_somewhere():
    for one in question_sets():
        ids = {question.id for question in one.questions}
        for question in one.questions:
            leads = {question.next, *(choice.leads for choice in question.choices)}
            assert leads <= {"", *ids}
            assert set(question.right) <= {choice.id for choice in question.choices}


def posted(port: int, method: str, path: str, body: bytes) -> tuple[int, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    line.request(method, path, body)
    reply = line.getresponse()
    said = reply.status, reply.read()
    line.close()
    return said


def test_the_payer_answers_by_http_at_one_address_and_nowhere_else(epa):
    raw = document("PAInitiationRequest", ndc=LISINOPRIL + "01")

    async def conversation() -> list[tuple[int, bytes]]:
        port = await epa.start("127.0.0.1", 0)
        asked = [("POST", "/epa", raw), ("POST", "/claims", raw), ("GET", "/epa", b"")]
        answers = [await asyncio.to_thread(posted, port, *one) for one in asked]
        await epa.stop()
        return answers

    answers = asyncio.run(conversation())
    assert [status for status, _ in answers] == [200, 404, 404]
    assert end_of(answers[0][1]) == "Closed"
