"""What the pages of payers post, as typed values or a refusal that names the field."""

from datetime import date

from django.http import QueryDict

from apothecary.law.problem import refuse
from apothecary.patients.cards import Card
from apothecary.patients.models import CoverageKind

TEXTS = (
    "plan_name", "bin", "cardholder_id", "pcn", "group", "person_code", "claim_reference",
    "employer",
)  # fmt: skip
# The places a card can have, and from how many digits on a number is no row of ours.
PLACES, LONGEST_ID = frozenset("123456789"), 19


def card_in(post: QueryDict) -> Card:
    """An insurance card as it was typed."""
    plan_name, bin_number, holder, pcn, group, person, reference, employer = (
        post.get(name, "").strip() for name in TEXTS
    )
    return Card(
        plan_name=plan_name,
        bin=bin_number,
        cardholder_id=holder,
        pcn=pcn,
        group=group,
        person_code=person,
        relationship=post.get("relationship", "1"),
        kind=post.get("kind", CoverageKind.COMMERCIAL.value),
        starts_on=day_or_none(post, "starts_on"),
        ends_on=day_or_none(post, "ends_on"),
        injured_on=day_or_none(post, "injured_on"),
        claim_reference=reference,
        employer=employer,
    )


def day_or_none(post: QueryDict, name: str) -> date | None:
    """A day as the browser's date field sends it; an empty field is none."""
    text = post.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise refuse(f"{text} is not a day.", field=name) from None


def order_in(post: QueryDict) -> list[int]:
    """The chosen cards, first to last: each field ``card-<id>`` says the card's place.

    An empty place leaves a card out. Refuses a place that is no number or stands twice.
    """
    places: dict[int, int] = {}
    for name, text in post.items():
        prefix, _, number = name.partition("-")
        is_card = number.isascii() and number.isdigit() and len(number) < LONGEST_ID
        if prefix != "card" or not is_card or not str(text).strip():
            continue
        place = str(text).strip()
        if place not in PLACES:
            raise refuse(f"{place!r} is no place in the order.", field=name)
        if int(place) in places:
            raise refuse(f"Two cards have the place {place}.", field=name)
        places[int(place)] = int(number)
    return [places[place] for place in sorted(places)]
