"""What a wholesaler's particulars must be, and which of several offers is the best. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from apothecary.drugs.ndc import check_digit
from apothecary.law.identifiers import dea_problems
from apothecary.law.problem import Problem
from apothecary.wires.x12.supply.dialect import NAMES

CODE = re.compile("[a-z][a-z0-9-]{0,29}")
# Qualifier and id of ISA05 to ISA08: two characters, then up to fifteen.
EDI_ID = re.compile("[A-Z0-9]{2}:[A-Z0-9][A-Z0-9 ]{0,14}")
ACCOUNT = re.compile("[A-Za-z0-9-]{1,30}")
LONGEST_LEAD, LONGEST_RECEIPT = 30, 10_080
GLN_DIGITS = 13
# Which price of a catalogue is ours, the first that is there: contract, net, catalogue, list.
PRICE_KINDS = ("CON", "NET", "UCP", "CAT", "WAC")


@dataclass(frozen=True, slots=True)
class Particulars:
    """A wholesaler as somebody typed it; times in the pharmacy's own zone."""

    code: str
    name: str
    account: str
    dialect: str
    edi_id: str
    our_edi_id: str
    account_340b: str = ""
    dea: str = ""
    gln: str = ""
    order_by: time | None = None
    lead_days: int = 1
    priority: int = 1
    receipt_minutes: int = 60
    phone: str = ""
    active: bool = True


def particulars_problems(given: Particulars, *, on: date) -> list[Problem]:
    """Everything that is wrong with a wholesaler's particulars, each by its field."""
    problems = [
        Problem(says, field=field, code="bad-wholesaler")
        for field, wrong, says in _checks(given)
        if wrong
    ]
    if given.dea:
        problems += [
            Problem(one.says, one.cite, one.code, one.verified, "dea")
            for one in dea_problems(given.dea, on=on)
        ]
    return problems


def _checks(given: Particulars) -> Iterable[tuple[str, bool, str]]:
    account_340b = given.account_340b
    names = ", ".join(NAMES)
    wants = "is needed: two characters, a colon, then up to fifteen, as in ZZ:NAME"
    yield "code", not CODE.fullmatch(given.code), "The code is small letters, digits, hyphens."
    yield "name", not given.name.strip(), "The name is missing."
    yield "account", not ACCOUNT.fullmatch(given.account), "The account number is missing."
    bad = bool(account_340b) and not ACCOUNT.fullmatch(account_340b)
    yield "account_340b", bad, "The 340B account is letters, digits and hyphens."
    same = bool(account_340b) and account_340b == given.account
    yield "account_340b", same, "340B stock is ordered on an account of its own."
    yield "dialect", given.dialect not in NAMES, f"The dialect is one of {names}."
    yield "edi_id", not EDI_ID.fullmatch(given.edi_id), f"Their interchange id {wants}."
    yield "our_edi_id", not EDI_ID.fullmatch(given.our_edi_id), f"Our interchange id {wants}."
    yield "gln", bool(given.gln) and not is_gln(given.gln), "The GLN has a wrong check digit."
    lead = 0 <= given.lead_days <= LONGEST_LEAD
    yield "lead_days", not lead, f"The lead time is 0 to {LONGEST_LEAD} days."
    window = 1 <= given.receipt_minutes <= LONGEST_RECEIPT
    yield "receipt_minutes", not window, "The receipt is due within 1 minute to 7 days."
    yield "priority", not 1 <= given.priority <= 99, "The priority is 1 to 99."


def is_gln(text: str) -> bool:
    """Thirteen digits with a right check digit (GS1 General Specifications)."""
    plain = text.isascii() and text.isdigit() and len(text) == GLN_DIGITS
    return plain and check_digit(text[:-1]) == text[-1]


@dataclass(frozen=True, slots=True)
class Offer:
    """One package of one wholesaler at today's price; the price is of one whole package."""

    item_id: int
    wholesaler_id: int
    wholesaler: str
    item_number: str
    package_id: int
    usd: Decimal
    priority: int
    contract: str = ""
    starts_on: date | None = None
    was_usd: Decimal | None = None
    description: str = ""


def cheapest(offers: Sequence[Offer], *, contract_only: bool = False) -> Offer | None:
    """The offer to order from: the lowest price, then priority, then the older item.

    ``contract_only`` leaves out what has no contract; none means nobody may be asked.
    """
    fit = [one for one in offers if one.contract or not contract_only]
    return min(fit, key=lambda one: (one.usd, one.priority, one.item_id), default=None)


def due_day(*, lead_days: int, order_by: time | None, now: datetime) -> date:
    """When goods ordered now arrive; after the cut-off a day later. ``now`` is local time.

    Weekends count: which days a wholesaler delivers, its acknowledgement says.
    """
    late = order_by is not None and now.time() > order_by
    return now.date() + timedelta(days=lead_days + late)
