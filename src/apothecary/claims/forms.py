"""What the reject page posts, as typed values or a refusal that names the field."""

from datetime import date

from django.http import QueryDict

from apothecary.claims.rules import Changes
from apothecary.law.problem import refuse


def changes_in(post: QueryDict) -> Changes:
    """The corrections in a form; a field that was not on it is left as it is."""
    return Changes(
        cardholder_id=post.get("cardholder_id"),
        group=post.get("group"),
        person_code=post.get("person_code"),
        relationship=post.get("relationship"),
        daw=post.get("daw"),
        clarification=post.get("clarification"),
        prior_authorization=post.get("prior_authorization"),
        safety_codes=post.get("safety_codes"),
    )


def day_in(post: QueryDict, name: str) -> date:
    """A day as the browser's date field sends it."""
    text = post.get(name, "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refuse(f"{text or 'Nothing'} is not a day.", field=name) from None
