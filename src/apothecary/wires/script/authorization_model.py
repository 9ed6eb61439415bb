"""What an electronic prior authorization says (SCRIPT 2017071), as frozen values.

Four requests (``Asking``) and their four responses (``Verdict``); the payer's questions with
their kinds, their choices and which one comes next. Names of elements as found in public
software; the schema itself is the standard body's and is not at hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apothecary.wires.script.model import Coverage, Header, Leaf, Patient, Pharmacy, Prescriber

INITIATION, REQUEST, APPEAL, CANCEL = "PAInitiation", "PA", "PAAppeal", "PACancel"
STEPS = (INITIATION, REQUEST, APPEAL, CANCEL)
REQUESTS = {f"{step}Request": step for step in STEPS}
RESPONSES = {f"{step}Response": step for step in STEPS}
# Kinds of question: the element below QuestionType.
TEXT, NUMBER, DAY, SELECT = "FreeText", "Numeric", "Date", "Select"
KINDS = (TEXT, NUMBER, DAY, SELECT)
# Where a question leads when nothing comes after it.
END = "END"
OPEN, CLOSED, APPROVED, DENIED = "Open", "Closed", "Approved", "Denied"
STATUSES = (OPEN, CLOSED, APPROVED, DENIED)
LONGEST_ANSWER = 2000
# By question: the answer's words, or the ids of what was chosen.
Answers = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers to a question; ``next_id`` is the question it leads to."""

    id: str
    text: str
    next_id: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the payer. ``next_id`` comes after it unless the chosen answer says."""

    id: str
    text: str
    kind: str
    required: bool = True
    next_id: str = ""
    choices: tuple[Choice, ...] = ()
    many: bool = False

    @property
    def yes_no(self) -> bool:
        """Whether it is answered with yes or no and nothing else."""
        said = {choice.text.strip().lower() for choice in self.choices}
        return not self.many and said == {"yes", "no"}


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The payer's questions in their order; the first of them is asked first."""

    id: str
    title: str
    questions: tuple[Question, ...]
    description: str = ""

    def one(self, question_id: str) -> Question | None:
        """The question of that id."""
        return next((one for one in self.questions if one.id == question_id), None)

    def path(self, answers: Answers) -> tuple[Question, ...]:
        """The questions that are asked with these answers, in their order.

        Where a question names nothing next, the one that stands after it comes. It goes no
        further than the first choice that is not made, as what follows depends on it.
        """
        order = [one.id for one in self.questions]
        found: list[Question] = []
        at = order[0] if order else END
        while (question := self.one(at)) is not None and question not in found:
            found.append(question)
            told = {choice.next_id for choice in question.choices if choice.next_id}
            chosen = answers.get(question.id, ())
            if told and not chosen:
                break
            leads = [one.next_id for one in question.choices if one.id in chosen]
            place = order.index(question.id) + 1
            after = order[place] if place < len(order) else END
            at = next((lead for lead in leads if lead), "") or question.next_id or after
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The drug an authorization is asked for, as prescribed. ``ndc11`` has eleven digits."""

    description: str
    ndc11: str
    quantity: Decimal
    unit_code: str
    days_supply: int | None
    refills: int
    written_on: date | None
    directions: str
    diagnoses: tuple[str, ...] = ()
    substitution_allowed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Who an authorization is about: card, patient, pharmacy, prescriber, drug."""

    coverage: Coverage
    patient: Patient
    pharmacy: Pharmacy | None
    prescriber: Prescriber
    wanted: Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A request. ``reference`` is ours, ``case_id`` the payer's once it has given one.

    ``questions`` names the set that ``answers`` belong to. ``note`` says why: of an appeal the
    grounds, of a cancellation the reason.
    """

    step: str
    reference: str
    parties: Parties
    case_id: str = ""
    questions: QuestionSet | None = None
    answers: Answers | None = None
    note: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A response. Of an open one ``questions`` are to be answered before ``deadline``;

    without questions the payer decides later. ``rest`` holds every sent value without a name.
    """

    step: str
    reference: str
    status: str
    case_id: str = ""
    note: str = ""
    deadline: datetime | None = None
    questions: QuestionSet | None = None
    number: str = ""
    from_on: date | None = None
    until_on: date | None = None
    quantity: Decimal | None = None
    days_supply: int | None = None
    refills: int | None = None
    reason_codes: tuple[str, ...] = ()
    reason: str = ""
    appeals: bool = False
    rest: tuple[Leaf, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorizationMessage:
    """One message: its envelope and what it says. ``warnings`` as in ``Message``."""

    header: Header
    body: Asking | Verdict
    raw: bytes
