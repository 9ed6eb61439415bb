"""Reading prior authorization messages (SCRIPT 2017071), or refusing them with every fault."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from apothecary.wires.errors import Fault
from apothecary.wires.script.authorization_model import (
    APPEAL,
    APPROVED,
    CANCEL,
    CLOSED,
    DAY,
    DENIED,
    END,
    INITIATION,
    KINDS,
    LONGEST_ANSWER,
    NUMBER,
    OPEN,
    REQUEST,
    REQUESTS,
    RESPONSES,
    SELECT,
    STATUSES,
    Answers,
    Asking,
    AuthorizationMessage,
    Choice,
    Parties,
    Question,
    QuestionSet,
    Verdict,
    Wanted,
)
from apothecary.wires.script.look import Look, Notes, read_instant
from apothecary.wires.script.medication import read_medication
from apothecary.wires.script.messages import MalformedMessage, parse_message
from apothecary.wires.script.model import Coverage
from apothecary.wires.script.people import read_patient, read_pharmacy, read_prescriber
from apothecary.wires.script.xml import local_name, parse_document

MOST_QUESTIONS = 200
# Which of the four ends a response of each step can have.
POSSIBLE = {
    INITIATION: (OPEN, CLOSED),
    REQUEST: STATUSES,
    APPEAL: STATUSES,
    CANCEL: (APPROVED, DENIED),
}


def read_authorization(raw: bytes) -> AuthorizationMessage:
    """Read one prior authorization request or response.

    Raises MalformedMessage with every fault at once: an envelope that is none, another message,
    missing or ill-typed fields, a question without a kind or with a next one that is not there,
    an answer that is none of the choices, a verdict without what it needs.
    """
    message = parse_message(raw)
    step = REQUESTS.get(message.kind) or RESPONSES.get(message.kind)
    if step is None:
        fault = Fault("Message/Body", f"{message.kind} is no prior authorization message")
        raise MalformedMessage([fault], message.header, message.kind)
    notes = Notes()
    root = Look(parse_document(raw), "Message", notes)
    # Named from the message on, as in the refusals of every other message.
    inner = Look(root.at("Body").at(message.kind).element, message.kind, notes)
    sent_on = message.header.sent_at.date() if message.header.sent_at else None
    if message.kind in REQUESTS:
        body: Asking | Verdict = _asking(inner, step, sent_on)
    else:
        body = _verdict(inner, step)
    if notes.faults:
        raise MalformedMessage(notes.faults, message.header, message.kind)
    return AuthorizationMessage(message.header, body, raw)


def _asking(look: Look, step: str, sent_on: date | None) -> Asking:
    case_id = look.text("PACaseID", most=35, need=step != INITIATION)
    answered = look.need("QuestionSet") if step == REQUEST else look.at("QuestionSet")
    questions = read_questions(answered) if answered else None
    return Asking(
        step=step,
        reference=look.text("PAReferenceID", most=35, need=True),
        case_id=case_id,
        parties=_parties(look, sent_on),
        questions=questions,
        answers=_answers(answered, questions) if questions else None,
        note=look.text("PANote", most=2000, need=step == APPEAL),
        urgent=look.text("PAPriorityIndicator", of=("X", "S")) == "X",
    )


def _parties(look: Look, sent_on: date | None) -> Parties:
    drug = read_medication(look, sent_on=sent_on, full=False)
    product, quantity = drug.product, drug.quantity
    place = look.at("MedicationPrescribed")
    if place and quantity is None:
        place.fault("Quantity", "is missing")
    if place and (product is None or product.qualifier != "ND"):
        place.fault("DrugCoded/ProductCode", "must be an NDC (ND)")
    return Parties(
        coverage=_coverage(look.need("BenefitsCoordination")),
        patient=read_patient(look, sent_on=sent_on, address_needed=False),
        pharmacy=read_pharmacy(look.at("Pharmacy")),
        prescriber=read_prescriber(look.need("Prescriber")),
        wanted=Wanted(
            description=drug.description,
            ndc11=product.code if product else "",
            quantity=quantity.value if quantity else Decimal(0),
            unit_code=quantity.unit_code if quantity else "",
            days_supply=drug.days_supply,
            refills=drug.refills or 0,
            written_on=drug.written_on,
            directions=drug.sig_text,
            diagnoses=tuple(one.code for one in drug.diagnoses),
            substitution_allowed=drug.substitution_allowed,
        ),
    )


def _coverage(look: Look) -> Coverage:
    payer = look.need("PayerIdentification")
    return Coverage(
        bin=payer.text("IINNumber", most=35, need=True),
        pcn=payer.text("ProcessorIdentificationNumber", most=35),
        payer_id=payer.text("PayerID", most=35),
        payer_name=look.text("PayerName", most=70),
        cardholder_id=look.text("CardholderID", most=35, need=True),
        cardholder_name=None,
        group_id=look.text("GroupID", most=35),
        group_name=look.text("GroupName", most=70),
        responsibility=look.text("PayerResponsibilityCode", of=("P", "S", "T", "U", "PP")),
        relationship=look.text("PatientRelationship", of=("1", "2", "3", "4")),
        person_code=look.text("PersonCode", most=3),
        member_id=look.text("PBMMemberID", most=80),
    )


def read_questions(look: Look) -> QuestionSet:
    """The payer's question set below the given element."""
    head = look.need("Header")
    questions = tuple(
        _question(one) for one in look.need("Questions").each("Question", most=MOST_QUESTIONS)
    )
    if look.at("Questions") and not questions:
        look.fault("Questions", "holds no question")
    _check_ids(look, questions)
    return QuestionSet(
        id=head.text("QuestionSetID", most=35, need=True),
        title=head.text("QuestionSetTitle", most=100),
        description=head.text("QuestionSetDescription", most=2000),
        questions=questions,
    )


def _question(look: Look) -> Question:
    kinds = [local_name(child) for child in look.need("QuestionType").children()]
    kind = kinds[0] if len(kinds) == 1 and kinds[0] in KINDS else ""
    if look.at("QuestionType") and not kind:
        look.fault("QuestionType", f"must hold exactly one of {', '.join(KINDS)}")
    asked = look.at("QuestionType").at(SELECT)
    choices = tuple(_choice(one) for one in asked.each("Choice"))
    if asked and not choices:
        asked.fault("Choice", "is missing: nothing to choose from")
    return Question(
        id=look.text("QuestionID", most=35, need=True),
        text=look.text("QuestionText", most=1000, need=True),
        kind=kind,
        required=look.text("RequiredIndicator", of=("Y", "N")) != "N",
        next_id=look.text("DefaultNextQuestionID", most=35),
        choices=choices,
        many=asked.text("SelectMultiple", of=("Y", "N", "true", "false")) in ("Y", "true"),
    )


def _choice(look: Look) -> Choice:
    return Choice(
        id=look.text("ChoiceID", most=35, need=True),
        text=look.text("ChoiceText", most=500, need=True),
        next_id=look.text("NextQuestionID", most=35),
    )


def _check_ids(look: Look, questions: Sequence[Question]) -> None:
    """Each question and each choice once, and nothing leads where nothing is."""
    ids = [one.id for one in questions]
    for one in sorted({one for one in ids if one and ids.count(one) > 1}):
        look.fault("Questions", f"the question {one!r} stands twice")
    for question in questions:
        named = [choice.id for choice in question.choices]
        if len(set(named)) != len(named):
            look.fault("Questions", f"a choice of question {question.id!r} stands twice")
        leads = {question.next_id, *(choice.next_id for choice in question.choices)}
        for lead in sorted(leads - {"", END, *ids}):
            look.fault("Questions", f"question {question.id!r} leads to {lead!r}: no such one")


def _answers(look: Look, questions: QuestionSet) -> Answers:
    found: dict[str, tuple[str, ...]] = {}
    for place in look.at("Questions").each("Question"):
        question = questions.one(place.text("QuestionID"))
        given = tuple(
            one.own_text() for one in place.at("Answer").each("Value") if one.own_text()
        )
        if question is not None and given:
            found[question.id] = given
            for problem in answer_faults(question, given):
                place.fault("Answer", problem)
    return found


def answer_faults(question: Question, given: Sequence[str]) -> list[str]:
    """What is wrong with an answer to a question, in words; empty when it fits its kind."""
    if question.kind == SELECT:
        ids = {choice.id for choice in question.choices}
        unknown = [one for one in given if one not in ids]
        if unknown:
            return [f"{unknown[0]!r} is none of the choices"]
        if len(given) > 1 and not question.many:
            return ["only one may be chosen"]
        return []
    if len(given) != 1:
        return ["needs one answer"]
    text = given[0]
    if question.kind == NUMBER and not _is_number(text):
        return [f"must be a number, is {text!r}"]
    if question.kind == DAY and not _is_day(text):
        return [f"must be a date YYYY-MM-DD, is {text!r}"]
    return [f"may have {LONGEST_ANSWER} characters"] if len(text) > LONGEST_ANSWER else []


def _is_number(text: str) -> bool:
    whole, _, part = text.removeprefix("-").partition(".")
    digits = whole + part
    return bool(whole) and digits.isascii() and digits.isdigit() and len(digits) <= 18


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _verdict(look: Look, step: str) -> Verdict:
    holder = look.need("Response")
    # A cancellation is answered without the element around its two ends.
    status_look = holder.at("ResponseStatus") or holder
    found = [name for name in map(local_name, status_look.children()) if name in STATUSES]
    status = found[0] if len(found) == 1 and found[0] in POSSIBLE[step] else ""
    if holder and not status:
        says = ", ".join(POSSIBLE[step])
        status_look.fault("", f"must hold exactly one of {says}")
    said = status_look.at(status) if status else Look(None, look.path, look.notes)
    more = said.at("Reason").at("MoreInformationRequired")
    asked = said.at("QuestionSet") or (more.at("QuestionSet") if more else more)
    if step == INITIATION and status == OPEN and not asked:
        said.fault("QuestionSet", "is missing")
    period = said.at("AuthorizationPeriod")
    body = Verdict(
        step=step,
        reference=look.text("PAReferenceID", most=35, need=True),
        status=status,
        case_id=said.text("PACaseID", most=35) or look.text("PACaseID", most=35),
        note=said.text("PANote", most=2000) or look.text("PANote", most=2000),
        deadline=_deadline(more if more else said),
        questions=read_questions(asked) if asked else None,
        number=said.text(
            "AuthorizationNumber", most=35, need=status == APPROVED and step != CANCEL
        ),
        from_on=period.day("EffectiveDate"),
        until_on=period.day("ExpirationDate"),
        quantity=said.at("AuthorizationDetails").number("Quantity", most=11),
        days_supply=said.at("AuthorizationDetails").whole("DaysSupply", most=999, least=1),
        refills=said.at("AuthorizationDetails").whole("NumberOfRefills", most=99),
        reason_codes=tuple(one.own_text() for one in said.each("ReasonCode", most=10)),
        reason=said.text("DenialReason", most=2000)
        or said.at("Reason").text("OtherReason", most=2000),
        appeals=said.at("Appeal").text("IsEAppealSupported", of=("Y", "N", "true", "false"))
        in ("Y", "true"),
    )
    _check_verdict(body, said)
    return replace(body, rest=tuple(look.leaves()))


def _check_verdict(body: Verdict, said: Look) -> None:
    if body.from_on and body.until_on and body.until_on < body.from_on:
        said.fault("AuthorizationPeriod", f"ends {body.until_on}, before {body.from_on}")
    if body.quantity is not None and body.quantity <= 0:
        said.fault("AuthorizationDetails/Quantity", f"must be above zero, is {body.quantity}")
    if body.status == DENIED and not (body.reason_codes or body.reason or body.note):
        said.fault("DenialReason", "is missing: a denial says why")


def _deadline(look: Look) -> datetime | None:
    place = look.at("DeadlineForReply")
    text = place.text("DateTime") or place.text("Date")
    if not text:
        return None
    found = read_instant(text if "T" in text else f"{text}T23:59:59")
    if found is None:
        place.fault("", f"must be a date and time, is {text!r}")
    return found
