"""What the reject page posts, as typed values or a refusal that names the field."""

from datetime import date

from django.http import QueryDict

from apothecary.claims.rules import REASONS, Changes
from apothecary.law.problem import refuse
from apothecary.wires.telecom import codes_of


def changes_in(post: QueryDict) -> Changes:
    """The corrections in a form; a field that was not on it is left as it is."""
    return Changes(
        bin=post.get("bin"),
        pcn=post.get("pcn"),
        cardholder_id=post.get("cardholder_id"),
        group=post.get("group"),
        person_code=post.get("person_code"),
        relationship=post.get("relationship"),
        daw=post.get("daw"),
        clarification=post.get("clarification"),
        authorization_type=post.get("authorization_type"),
        prior_authorization=post.get("prior_authorization"),
        safety_codes=post.get("safety_codes"),
        other_coverage=post.get("other_coverage"),
        delay_reason=post.get("delay_reason"),
    )


def choices() -> dict[str, list[tuple[str, str]]]:
    """The lists of the form by field: code and words. The first of some says nothing."""
    return {
        "daw": coded("D8"),
        "relationship": coded("C6"),
        "other_coverage": [("", "as the house finds it"), *coded("C8")[1:]],
        "authorization_type": [("", "usual"), *coded("EU")[1:]],
        "delay_reason": [("", "not late"), *coded("NV")],
        "reason": [("", "—"), *((reason, reason) for reason in REASONS)],
    }


def coded(field_id: str) -> list[tuple[str, str]]:
    """The codes of a field with their words: ``3`` and ``3 Child``. Only those with digits."""
    codes = codes_of(field_id).items()
    return [(code, f"{code} {says}") for code, says in codes if code.isdigit()]


def because_in(post: QueryDict) -> str:
    """Why: a reason of the list, what was typed, or both."""
    said = (post.get("reason", ""), post.get("because", ""))
    return ": ".join(part.strip() for part in said if part.strip())


def day_in(post: QueryDict, name: str) -> date:
    """A day as the browser's date field sends it."""
    text = post.get(name, "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refuse(f"{text or 'Nothing'} is not a day.", field=name) from None
