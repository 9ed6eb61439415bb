"""What the page of an authorization posts, as typed values or a refusal naming the field."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.http import QueryDict

from apothecary.claims.authorization.rules import Decision
from apothecary.claims.authorization.states import Way
from apothecary.law.problem import refuse

QUESTION = "q-"
MOST_QUANTITY = Decimal(1_000_000)


def way_in(post: QueryDict) -> Way:
    """How the payer is to be asked."""
    try:
        return Way(post.get("way", ""))
    except ValueError:
        raise refuse("Say how the payer is asked.", field="way") from None


def answers_in(post: QueryDict) -> dict[str, tuple[str, ...]]:
    """The answers on the form by question; one that was left empty has no values."""
    found = {}
    for name in post:
        if name.startswith(QUESTION):
            values = (value.strip() for value in post.getlist(name))
            found[name.removeprefix(QUESTION)] = tuple(value for value in values if value)
    return found


def decision_in(post: QueryDict) -> Decision:
    """What the payer decided, as it was typed."""
    decided = post.get("decided", "")
    if decided not in ("yes", "no"):
        raise refuse("Say whether the payer agreed.", field="decided")
    return Decision(
        approved=decided == "yes",
        number=post.get("number", "").strip(),
        from_on=day_in(post, "from_on"),
        until_on=day_in(post, "until_on"),
        quantity=quantity_in(post),
        because=post.get("because", ""),
    )


def day_in(post: QueryDict, name: str) -> date | None:
    """A day as the browser's date field sends it; none when it was left empty."""
    text = post.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refuse(f"{text} is not a day.", field=name) from None


def quantity_in(post: QueryDict) -> Decimal | None:
    """How much is granted; none when the payer set no limit."""
    text = post.get("quantity", "").strip()
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise refuse(f"{text} is no quantity.", field="quantity") from None
    if not value.is_finite() or abs(value) > MOST_QUANTITY or value != round(value, 3):
        raise refuse(f"{text} is no quantity.", field="quantity")
    return value
