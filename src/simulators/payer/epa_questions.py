"""The questions of this payer: as data, as a QuestionSet, and whether answers speak for it."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

FILE = Path(__file__).parent / "data" / "questions.toml"
Tree = etree._Element


@dataclass(frozen=True)
class Choice:
    """An answer one can choose, and the question it leads to."""

    id: str
    text: str
    leads: str


@dataclass(frozen=True)
class Question:
    """One question and what this payer thinks of its answers."""

    id: str
    text: str
    kind: str
    choices: tuple[Choice, ...]
    right: tuple[str, ...]
    many: bool
    optional: bool
    next: str
    least: Decimal | None
    most: Decimal | None

    def takes(self, answer: list[str]) -> bool:
        """Whether an answer speaks for consent."""
        if self.right and not set(answer) & set(self.right):
            return False
        if self.least is None or self.most is None:
            return True
        value = number_in(answer[0])
        return value is not None and self.least <= value <= self.most


@dataclass(frozen=True)
class Questions:
    """A set of questions about one ingredient, or about any."""

    id: str
    ingredient: str
    title: str
    questions: tuple[Question, ...]

    def after(self, one: Question, answer: list[str]) -> Question | None:
        """Which question comes next."""
        leads = [choice.leads for choice in one.choices if choice.id in answer and choice.leads]
        wanted = leads[0] if leads else one.next
        place = self.questions.index(one) + 1
        if not wanted:
            return self.questions[place] if place < len(self.questions) else None
        return next((other for other in self.questions if other.id == wanted), None)

    def judged(self, given: dict[str, list[str]]) -> tuple[list[str], str]:
        """The questions that lack an answer, and the first one answered against consent."""
        missing, wrong = [], ""
        at: Question | None = self.questions[0]
        while at is not None:
            answer = given.get(at.id, [])
            if not answer and not at.optional:
                missing.append(at.id)
            if answer and not at.takes(answer):
                wrong = wrong or at.text
            at = self.after(at, answer)
        return missing, wrong

    def tree(self) -> Tree:
        """As a QuestionSet."""
        top = etree.Element("QuestionSet")
        head = etree.SubElement(top, "Header")
        put(head, "QuestionSetID", self.id)
        put(head, "QuestionSetTitle", self.title)
        inner = etree.SubElement(top, "Questions")
        for place, one in enumerate(self.questions, start=1):
            inner.append(_question(one, place))
        return top


def _question(one: Question, place: int) -> Tree:
    question = etree.Element("Question")
    put(question, "QuestionID", one.id)
    put(question, "SequenceNumber", str(place))
    put(question, "QuestionText", one.text)
    if one.optional:
        put(question, "RequiredIndicator", "N")
    kind = etree.SubElement(etree.SubElement(question, "QuestionType"), one.kind)
    if one.choices:
        put(kind, "SelectMultiple", "Y" if one.many else "N")
    for number, each in enumerate(one.choices, start=1):
        choice = etree.SubElement(kind, "Choice")
        put(choice, "ChoiceID", each.id)
        put(choice, "SequenceNumber", str(number))
        put(choice, "ChoiceText", each.text)
        if each.leads:
            put(choice, "NextQuestionID", each.leads)
    if one.next:
        put(question, "DefaultNextQuestionID", one.next)
    return question


@cache
def question_sets() -> tuple[Questions, ...]:
    """All sets of the file."""
    sets = tomllib.loads(FILE.read_text(encoding="utf-8"))["set"]
    return tuple(
        Questions(
            one["id"], one["ingredient"], one["title"], tuple(map(_read, one["question"]))
        )
        for one in sets
    )


def _read(one: dict[str, Any]) -> Question:
    return Question(
        id=one["id"],
        text=one["text"],
        kind=one["kind"],
        choices=tuple(Choice(*[*each, ""][:3]) for each in one.get("choices", [])),
        right=tuple(one.get("right", [])),
        many=one.get("many", False),
        optional=one.get("optional", False),
        next=one.get("next", ""),
        least=number_in(one.get("least", "")),
        most=number_in(one.get("most", "")),
    )


def questions_for(ingredient: str) -> Questions:
    """The set about an ingredient, else the one about any."""
    named = [one for one in question_sets() if one.ingredient in (ingredient, "")]
    return max(named, key=lambda one: bool(one.ingredient))


def answers_in(asked: Tree) -> dict[str, list[str]]:
    """What was answered, by question."""
    found = {}
    for one in asked.findall("QuestionSet/Questions/Question"):
        values = [(value.text or "").strip() for value in one.findall("Answer/Value")]
        found[(one.findtext("QuestionID") or "").strip()] = [v for v in values if v]
    return found


def number_in(text: str) -> Decimal | None:
    """A number, or none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def put(parent: Tree, name: str, text: str) -> None:
    """One element with a text."""
    etree.SubElement(parent, name).text = text
