"""What others may read of a patient where it cannot be hidden from them."""

from collections.abc import Callable, Mapping
from datetime import date

from apothecary.law.tables import policy


def name_outside(last_name: str, first_name: str, *, on: date) -> str:
    """The patient's name as the house writes it on the outside of a bag.

    Enough to file a bag and to find it, no more (45 CFR 164.502(b), 164.514(d)); whose it is
    is settled at the register with two identifiers. LookupError for a style nobody knows.
    """
    return STYLES[policy("bag_tag_name", on=on).text()](last_name.strip(), first_name.strip())


def with_initial(last_name: str, first_name: str) -> str:
    """``DOE, J.``; of a single name the name alone."""
    return ", ".join(each for each in (last_name.upper(), initial(first_name)) if each)


def initials(last_name: str, first_name: str) -> str:
    """``J. D.``, the first name's letter first as people say it."""
    return " ".join(each for each in (initial(first_name), initial(last_name)) if each)


def initial(name: str) -> str:
    return f"{name[0].upper()}." if name else ""


STYLES: Mapping[str, Callable[[str, str], str]] = {
    "last_name": with_initial,
    "initials": initials,
}
