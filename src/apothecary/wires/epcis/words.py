"""Words and values as both syntaxes send them: vocabulary, instants, master data, limits."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from apothecary.wires.epcis.model import Item, Place, Statement, Typed

EPCIS_1, EPCIS_2 = "urn:epcglobal:epcis:xsd:1", "urn:epcglobal:epcis:xsd:2"
SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
US_HEALTH = "http://epcis.gs1us.org/hc/ns"
MASTER = "urn:epcglobal:cbv:mda"
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
EPC_CLASS = "urn:epcglobal:epcis:vtype:EPCClass"
LOCATION = "urn:epcglobal:epcis:vtype:Location"
LOCATION_OLD = "urn:epcglobal:epcis:vtype:BusinessLocation"
PARTY_KIND = "urn:epcglobal:epcis:vtype:SourceDest"
BIZSTEP, DISPOSITION = "urn:epcglobal:cbv:bizstep:", "urn:epcglobal:cbv:disp:"
TRANSACTION, PARTY = "urn:epcglobal:cbv:btt:", "urn:epcglobal:cbv:sdt:"
ERROR = "urn:epcglobal:cbv:er:"
LARGEST = 256_000_000  # bytes read at once; `stream_events` has no such end
DEEPEST = 20  # elements of others inside each other

_LINKS = {
    BIZSTEP: "https://ref.gs1.org/cbv/BizStep-",
    DISPOSITION: "https://ref.gs1.org/cbv/Disp-",
    TRANSACTION: "https://ref.gs1.org/cbv/BTT-",
    PARTY: "https://ref.gs1.org/cbv/SDT-",
    ERROR: "https://ref.gs1.org/cbv/ER-",
}
_ZONE = re.compile(r"[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_WORD = re.compile("[a-z][A-Za-z0-9_]*", re.ASCII)


@lru_cache(maxsize=4096)
def bare(text: str, family: str) -> str:
    """A word of the core vocabulary without its family, others as they are."""
    for prefix in (family, _LINKS[family]):
        if text.startswith(prefix):
            return text[len(prefix) :]
    return text


def full(word: str, family: str) -> str:
    """A word with its family, as 1.2 wants it; what has a family of its own stays."""
    return family + word if _WORD.fullmatch(word) else word


@lru_cache(maxsize=4096)
def instant(text: str) -> datetime:
    """An instant with its zone. Raises ValueError."""
    if _INSTANT.fullmatch(text) is None:
        raise ValueError(f"must be a date, a time and a zone, is {text[:40]!r}")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"is no instant of the calendar: {text[:40]!r}") from None


@lru_cache(maxsize=256)
def zone(text: str) -> str:
    """A zone as ``+hh:mm``. Raises ValueError."""
    if text == "Z":
        return "+00:00"
    if _ZONE.fullmatch(text) is None:
        raise ValueError(f"must be a zone as +hh:mm, is {text[:40]!r}")
    return text


def local(at: datetime, zone: str) -> datetime:
    """The same instant on the clock of a zone (``-05:00``), if the calendar reaches so far."""
    try:
        return at.astimezone(datetime.strptime(zone, "%z").tzinfo)
    except OverflowError:
        return at


@lru_cache(maxsize=1024)
def day(text: str) -> date:
    """A day as CCYY-MM-DD; one with a zone or a time behind it is read as that day. Raises
    ValueError.
    """
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(f"must be a day as CCYY-MM-DD, is {text[:40]!r}") from None


def number(text: str) -> Decimal:
    """A quantity, exact. Raises ValueError."""
    if _NUMBER.fullmatch(text) is None or len(text) > 30:
        raise ValueError(f"must be a number, is {text[:40]!r}")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"must be a number, is {text[:40]!r}") from None


def instant_text(at: datetime) -> str:
    """An instant as it is written: UTC as Z, milliseconds where there are any."""
    fine = "microseconds" if at.microsecond % 1000 else "milliseconds"
    text = at.isoformat(timespec=fine if at.microsecond else "seconds")
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def statement(affirmed: str, notice: str) -> Statement:
    """The transaction statement; anything but ``true`` or ``1`` affirms nothing."""
    return Statement(affirmed.strip().lower() in ("true", "1"), notice.strip())


@lru_cache(maxsize=1024)
def attribute_name(text: str) -> str:
    """The bare name of a master data attribute."""
    return text.removeprefix(MASTER).lstrip("#:").removeprefix("cbvmda:")


def item(epc_class: str, attributes: Typed) -> Item:
    """A product from its attributes; one that is sent again stands among the others."""
    named, again = _by_name(attributes)
    take = named.pop
    return Item(
        epc_class,
        take("regulatedProductName", ""),
        take("strengthDescription", ""),
        take("dosageFormType", ""),
        take("netContentDescription", ""),
        take("manufacturerOfTradeItemPartyName", ""),
        take("additionalTradeItemIdentification", ""),
        take("additionalTradeItemIdentificationTypeCode", ""),
        (*named.items(), *again),
    )


def place(location: str, attributes: Typed) -> Place:
    """A business or location from its attributes."""
    named, again = _by_name(attributes)
    take = named.pop
    lines = (take("streetAddressOne", ""), take("streetAddressTwo", ""))
    return Place(
        location,
        take("name", ""),
        tuple([line for line in lines if line]),
        take("city", ""),
        take("state", ""),
        take("postalCode", ""),
        take("countryCode", ""),
        (*named.items(), *again),
    )


def _by_name(attributes: Typed) -> tuple[dict[str, str], Typed]:
    """The first attribute of each name, and those that come again."""
    named = dict(attributes)
    if len(named) == len(attributes):
        return named, ()
    named, again = {}, []
    for name, value in attributes:
        if name in named:
            again.append((name, value))
        else:
            named[name] = value
    return named, tuple(again)


def item_attributes(one: Item) -> Typed:
    """The attributes of a product, as they are sent."""
    values = {
        "additionalTradeItemIdentification": one.ndc_sent,
        "additionalTradeItemIdentificationTypeCode": one.ndc_kind,
        "regulatedProductName": one.name,
        "manufacturerOfTradeItemPartyName": one.manufacturer,
        "dosageFormType": one.form,
        "strengthDescription": one.strength,
        "netContentDescription": one.container,
    }
    return (*((name, value) for name, value in values.items() if value), *one.others)


def place_attributes(one: Place) -> Typed:
    """The attributes of a place, as they are sent."""
    street = zip(("streetAddressOne", "streetAddressTwo"), one.street, strict=False)
    values = {
        "name": one.name,
        **dict(street),
        "city": one.city,
        "state": one.state,
        "postalCode": one.postal_code,
        "countryCode": one.country,
    }
    return (*((name, value) for name, value in values.items() if value), *one.others)
