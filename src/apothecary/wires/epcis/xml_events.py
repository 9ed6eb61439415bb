"""One event of EPCIS as XML: each element is taken by a function of its own."""

from collections.abc import Callable

from lxml import etree

from apothecary.wires.epcis import words
from apothecary.wires.epcis.drafts import Draft, close_event
from apothecary.wires.epcis.model import Event, Extra, Kind, Statement
from apothecary.wires.errors import Fault, Malformed

Element = etree._Element
KINDS = {kind.value: kind for kind in Kind}
# Where each element stands in its event, flat (2.0) and with extensions (1.2).
_ORDER = [
    "eventTime",
    "recordTime",
    "eventTimeZoneOffset",
    "baseExtension",
    "eventID",
    "errorDeclaration",
    "certificationInfo",
    "parentID",
    "epcList",
    "childEPCs",
    "action",
    "bizStep",
    "disposition",
    "readPoint",
    "bizLocation",
    "bizTransactionList",
    "quantityList",
    "childQuantityList",
    "sourceList",
    "destinationList",
    "sensorElementList",
    "persistentDisposition",
    "ilmd",
    "extension",
]
_RANK = {name: place for place, name in enumerate(_ORDER)}
# A transaction event begins with its transactions, ahead of parent and things.
_RANK_OF_TRANSACTION = _RANK | {"bizTransactionList": _RANK["parentID"] - 1}
_LAST = len(_ORDER)


def local_name(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(element: Element) -> str:
    return (element.text or "").strip()


def statement_of(element: Element) -> Statement:
    """The transaction statement, wherever it stands."""
    found = {local_name(child): child.text or "" for child in element}
    affirmed, notice = found.get("affirmTransactionStatement", ""), found.get("legalNotice", "")
    return words.statement(affirmed, notice)


def read_event(element: Element, kind: Kind, number: int, bad: list[Fault]) -> Event | None:
    """One event, or None with every reason added to ``bad``."""
    draft = Draft(kind, number)
    ranks = _RANK_OF_TRANSACTION if kind is Kind.TRANSACTION else _RANK
    last = -1
    for child in element:
        name = child.tag
        rank = ranks.get(name, _LAST)
        if rank < last:
            draft.wrong(name, "stands behind what must follow it")
        elif rank == last and rank < _LAST:
            draft.wrong(name, "stands twice")
        last = rank
        take = _TAKES.get(name)
        if take is not None:
            take(draft, child)
        else:
            _other(draft, child)
    return close_event(draft, bad)


def _other(draft: Draft, element: Element) -> None:
    name = local_name(element)
    if name == "dscsaTransactionStatement":
        draft.statement = statement_of(element)
    elif element.tag.startswith("{"):
        draft.extras.append(extra(element))
    else:
        draft.wrong(name, "is no element of this event")


def extra(element: Element, depth: int = 1) -> Extra:
    """An element of somebody else's, attributes left out. Raises Malformed when too deep."""
    if depth > words.DEEPEST:
        raise Malformed(local_name(element), f"holds elements over {words.DEEPEST} deep")
    namespace, _, name = element.tag.rpartition("}")
    children = tuple([extra(child, depth + 1) for child in element])
    return Extra(namespace.lstrip("{"), name, "" if children else text_of(element), children)


# One function for each element of an event


def _time(draft: Draft, element: Element) -> None:
    draft.instant("at", "eventTime", text_of(element))


def _recorded(draft: Draft, element: Element) -> None:
    draft.instant("recorded_at", "recordTime", text_of(element))


def _zone(draft: Draft, element: Element) -> None:
    draft.set_zone(text_of(element))


def _inside(draft: Draft, element: Element) -> None:
    """An extension: what 1.2 puts into a box of its own, 2.0 has beside the others."""
    for child in element:
        take = _TAKES.get(child.tag)
        if take is not None:
            take(draft, child)
        else:
            _other(draft, child)


def _id(draft: Draft, element: Element) -> None:
    draft.id = text_of(element)


def _error(draft: Draft, element: Element) -> None:
    found = {local_name(child): child for child in element}
    at = found.get("declarationTime")
    reason = found.get("reason")
    events = found.get("correctiveEventIDs")
    draft.declare_error(
        text_of(at) if at is not None else "",
        text_of(reason) if reason is not None else "",
        [text_of(one) for one in events] if events is not None else [],
    )


def _epcs(draft: Draft, element: Element) -> None:
    draft.epcs = [(child.text or "").strip() for child in element]


def _parent(draft: Draft, element: Element) -> None:
    draft.parent = text_of(element)


def _action(draft: Draft, element: Element) -> None:
    draft.action = text_of(element)


def _step(draft: Draft, element: Element) -> None:
    draft.step = words.bare(text_of(element), words.BIZSTEP)


def _disposition(draft: Draft, element: Element) -> None:
    draft.disposition = words.bare(text_of(element), words.DISPOSITION)


def _read_point(draft: Draft, element: Element) -> None:
    draft.read_point = _first(element)


def _location(draft: Draft, element: Element) -> None:
    draft.location = _first(element)


def _first(element: Element) -> str:
    """The id inside a place."""
    for child in element:
        if child.tag == "id":
            return text_of(child)
    return ""


def _transactions(draft: Draft, element: Element) -> None:
    draft.transactions = _typed(element, words.TRANSACTION)


def _sources(draft: Draft, element: Element) -> None:
    draft.sources = _typed(element, words.PARTY)


def _destinations(draft: Draft, element: Element) -> None:
    draft.destinations = _typed(element, words.PARTY)


def _typed(element: Element, family: str) -> list[tuple[str, str]]:
    return [
        (words.bare(child.get("type", ""), family), (child.text or "").strip())
        for child in element
    ]


def _quantities(draft: Draft, element: Element) -> None:
    for child in element:
        found = {local_name(one): text_of(one) for one in child}
        count = found.get("quantity")
        draft.quantity(found.get("epcClass", ""), count, found.get("uom", ""))


def _ilmd(draft: Draft, element: Element) -> None:
    for child in element:
        name = local_name(child)
        if name == "lotNumber" and not draft.lot:
            draft.lot = text_of(child)
        elif name == "itemExpirationDate" and draft.expires_on is None:
            draft.set_expiry(text_of(child))
        elif name == "extension":
            _ilmd(draft, child)
        elif name:
            draft.ilmd.append(extra(child))


def _dispositions(draft: Draft, element: Element) -> None:
    for child in element:
        word = words.bare(text_of(child), words.DISPOSITION)
        if child.tag == "set":
            draft.dispositions_set.append(word)
        elif child.tag == "unset":
            draft.dispositions_unset.append(word)


_TAKES: dict[str, Callable[[Draft, Element], None]] = {
    "eventTime": _time,
    "recordTime": _recorded,
    "eventTimeZoneOffset": _zone,
    "baseExtension": _inside,
    "extension": _inside,
    "eventID": _id,
    "errorDeclaration": _error,
    "epcList": _epcs,
    "childEPCs": _epcs,
    "parentID": _parent,
    "action": _action,
    "bizStep": _step,
    "disposition": _disposition,
    "readPoint": _read_point,
    "bizLocation": _location,
    "bizTransactionList": _transactions,
    "quantityList": _quantities,
    "childQuantityList": _quantities,
    "sourceList": _sources,
    "destinationList": _destinations,
    "ilmd": _ilmd,
    "persistentDisposition": _dispositions,
}
