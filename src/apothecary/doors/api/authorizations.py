"""Prior authorizations: what is asked of payers, what they ask, what they decided."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from apothecary.claims.authorization import actions
from apothecary.claims.authorization.fax import form_pdf
from apothecary.claims.authorization.paper import form_of
from apothecary.claims.authorization.queries import (
    Asked,
    Page,
    authorization_page,
    kind_of,
    open_list,
    sentence,
)
from apothecary.claims.authorization.rules import Decision
from apothecary.claims.authorization.states import Way
from apothecary.claims.models import PriorAuthorization
from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Day, Id, Sent, Word
from apothecary.doors.asking import worker_of
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty

router = Router(tags=["authorizations"])
PDF = "application/pdf"
LONGEST_ANSWER, MOST_ANSWERS, LONGEST_REASON = 2000, 200, 2000


class LineOut(Schema):
    """An authorization that somebody waits for, or must do something about."""

    id: int
    rx_number: int
    patient: str
    drug: str
    strength: str
    plan: str
    state: str
    says: str
    ours: bool
    key_says: str
    since: datetime
    due_at: datetime
    until_on: date | None


class AuthorizationOut(Schema):
    """A request for a payer's consent, and how it stands."""

    id: int
    prescription_id: int
    fill_id: int
    claim_id: int | None
    coverage_id: int
    kind: str
    state: str
    says: str = ""
    way: str
    because_codes: list[str]
    because: str
    reference: str
    number: str
    from_on: date | None
    until_on: date | None
    quantity: Decimal | None
    codes: list[str]
    problem: str
    deadline_at: datetime | None
    made_at: datetime
    asked_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None


class QuestionOut(Schema):
    """A question of the payer on its way, with its answer as far as there is one."""

    id: str
    text: str
    kind: str
    required: bool
    choices: dict[str, str]
    many: bool
    values: list[str]
    source: str
    from_records: bool


class PageOut(AuthorizationOut):
    """One authorization with its questions, and the ways to ask this payer."""

    ways: list[str]
    questions: list[QuestionOut]
    ready: bool
    left: Decimal | None
    renewable: str


class WayIn(Sent):
    """How the payer is asked."""

    way: Literal["line", "epa", "fax"]


class AnswerIn(Sent):
    """The answer to one question; without values it is taken back."""

    question: Word
    values: list[Annotated[str, Field(max_length=LONGEST_ANSWER)]] = Field(max_length=50)


class AnswersIn(Sent):
    """Answers known so far; ``told_by`` is who at the prescriber's gave them."""

    answers: list[AnswerIn] = Field(max_length=MOST_ANSWERS)
    told_by: Word = ""
    send: bool = False


class GroundsIn(Sent):
    """Why an authorization is appealed or taken back, in words a payer reads."""

    because: str = Field(max_length=LONGEST_REASON)


class DecisionIn(Sent):
    """What a payer decided by phone, fax or letter."""

    approved: bool
    number: Word = ""
    from_on: Day | None = None
    until_on: Day | None = None
    quantity: Decimal | None = Field(None, max_digits=12, decimal_places=3)
    because: str = Field(max_length=1000)


ONE = {200: AuthorizationOut, **REFUSALS}


def authorization_out(row: PriorAuthorization) -> AuthorizationOut:
    """An authorization as programs see it."""
    out = AuthorizationOut.from_orm(row)
    out.kind, out.says = kind_of(row), sentence(row)
    return out


def question_out(asked: Asked) -> QuestionOut:
    """A question as programs see it."""
    one, given = asked.question, asked.given
    return QuestionOut(
        id=one.id,
        text=one.text,
        kind=one.kind,
        required=one.required,
        choices={choice.id: choice.text for choice in one.choices},
        many=one.many,
        values=list(given.values) if given else [],
        source=given.source if given else "",
        from_records=asked.records,
    )


def page_of(request: HttpRequest, authorization_id: int) -> Page:
    """Everything about one authorization, or a refusal (5 queries)."""
    by = worker_of(request)
    by.must(Duty.WORK_CLAIMS)
    page = authorization_page(by=by, authorization_id=authorization_id)
    if page is None:
        raise refuse("No such authorization in this pharmacy.", code="no-authorization")
    return page


@router.get(
    "/authorizations", response={200: list[LineOut], **REFUSALS}, summary="Authorizations"
)
def listed(request: HttpRequest) -> list[LineOut]:
    """What is asked, what is ours to do, what must be renewed; ours first."""
    by = worker_of(request)
    by.must(Duty.WORK_CLAIMS)
    return [LineOut.from_orm(line) for line in open_list(by=by)]


@router.get(
    "/authorizations/{authorization_id}",
    response={200: PageOut, **REFUSALS},
    summary="One authorization",
)
def one(request: HttpRequest, authorization_id: Id) -> PageOut:
    """How it stands, the payer's questions with their answers, and how it can be asked."""
    page = page_of(request, authorization_id)
    return PageOut(
        **authorization_out(page.row).dict(),
        ways=[way.value for way in page.ways],
        questions=[question_out(asked) for asked in page.questions],
        ready=page.ready,
        left=page.left,
        renewable=page.renewable,
    )


@router.get("/authorizations/{authorization_id}/form.pdf", summary="The paper form")
def form(request: HttpRequest, authorization_id: Id) -> HttpResponse:
    """The form as PDF, to be faxed to the prescriber or the payer."""
    page = page_of(request, authorization_id)
    return HttpResponse(form_pdf(form_of(page, by=worker_of(request))), content_type=PDF)


@router.post("/claims/{claim_id}/authorization", response=ONE, summary="Start an authorization")
def start(request: HttpRequest, claim_id: Id) -> AuthorizationOut:
    """Start asking for the consent that a refused claim lacks."""
    row = actions.start_authorization(by=worker_of(request), claim_id=claim_id)
    return authorization_out(row)


@router.post("/authorizations/{authorization_id}/ask", response=ONE, summary="Ask the payer")
def ask(request: HttpRequest, authorization_id: Id, sent: WayIn) -> AuthorizationOut:
    """Ask electronically, over the claims line, or on paper."""
    by, way = worker_of(request), Way(sent.way)
    return authorization_out(actions.ask(by=by, authorization_id=authorization_id, way=way))


@router.post(
    "/authorizations/{authorization_id}/answers", response=ONE, summary="Answer the payer"
)
def answers(request: HttpRequest, authorization_id: Id, sent: AnswersIn) -> AuthorizationOut:
    """Keep answers to the payer's questions; with ``send`` they go out when all are there."""
    given = {
        each.question: tuple(value.strip() for value in each.values if value.strip())
        for each in sent.answers
    }
    if len(given) < len(sent.answers):
        raise refuse("A question is answered twice.", field="answers", code="answered-twice")
    row = actions.answer_questions(
        by=worker_of(request),
        authorization_id=authorization_id,
        given=given,
        told_by=sent.told_by,
        send=sent.send,
    )
    return authorization_out(row)


@router.post("/authorizations/{authorization_id}/appeal", response=ONE, summary="Appeal")
def appeal(request: HttpRequest, authorization_id: Id, sent: GroundsIn) -> AuthorizationOut:
    """Contradict a denial."""
    by = worker_of(request)
    row = actions.appeal(by=by, authorization_id=authorization_id, because=sent.because)
    return authorization_out(row)


@router.post("/authorizations/{authorization_id}/withdraw", response=ONE, summary="Withdraw")
def withdraw(request: HttpRequest, authorization_id: Id, sent: GroundsIn) -> AuthorizationOut:
    """Take a request or a consent back."""
    by = worker_of(request)
    row = actions.withdraw(by=by, authorization_id=authorization_id, because=sent.because)
    return authorization_out(row)


@router.post("/authorizations/{authorization_id}/renew", response=ONE, summary="Renew")
def renew(request: HttpRequest, authorization_id: Id) -> AuthorizationOut:
    """Start the next one before this one ends."""
    row = actions.renew(by=worker_of(request), authorization_id=authorization_id)
    return authorization_out(row)


@router.post(
    "/authorizations/{authorization_id}/decision", response=ONE, summary="What was decided"
)
def decision(request: HttpRequest, authorization_id: Id, sent: DecisionIn) -> AuthorizationOut:
    """Write down what the payer decided by phone, fax or letter."""
    by, said = worker_of(request), Decision(**sent.dict())
    row = actions.note_decision(by=by, authorization_id=authorization_id, said=said)
    return authorization_out(row)


@router.post(
    "/authorizations/{authorization_id}/put-away", response=ONE, summary="Off the list"
)
def put_away(request: HttpRequest, authorization_id: Id) -> AuthorizationOut:
    """Nothing more is to be done about it."""
    row = actions.put_away(by=worker_of(request), authorization_id=authorization_id)
    return authorization_out(row)
