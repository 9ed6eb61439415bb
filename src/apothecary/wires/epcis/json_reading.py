"""EPCIS 2.0 as JSON-LD. Terms of the context GS1 publishes are known by name; no context is
ever fetched, and prefixes of a document's own are resolved from what it says.
"""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import isfinite

from apothecary.wires.epcis import words
from apothecary.wires.epcis.drafts import Draft, HeaderDraft, close_event, refuse
from apothecary.wires.epcis.model import Document, Event, Extra, Kind, Statement
from apothecary.wires.errors import Fault, Malformed

_KINDS = {kind.value: kind for kind in Kind}
_PREFIXES = {
    "gs1ushc": words.US_HEALTH,
    "cbvmda": words.MASTER,
    "sbdh": words.SBDH,
}
Json = dict[str, object]


def read_json(raw: bytes) -> Document:
    """Read a document. Raises Malformed, with every fault of its events, when it cannot be
    read or is not as the schema wants it.
    """
    return read_object(_loaded(raw))


def _loaded(raw: bytes) -> Json:
    if len(raw) > words.LARGEST:
        raise Malformed("document", f"has {len(raw)} bytes, at most {words.LARGEST} are read")
    try:
        found = json.loads(
            raw.decode("utf-8-sig"), parse_float=_number, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError as error:
        raise Malformed("document", "is not UTF-8 text", error.start) from None
    except RecursionError:
        raise Malformed("document", "holds values too deep inside each other") from None
    except ValueError as error:
        raise Malformed("document", f"is not JSON: {str(error)[:80]}") from None
    if not isinstance(found, dict):
        raise Malformed("document", "is no JSON object")
    return found


def _number(text: str) -> Decimal:
    if len(text) > 30:
        raise ValueError(f"a number of {len(text)} characters")
    return Decimal(text)


def _refuse_constant(text: str) -> object:
    raise ValueError(f"{text} is no number")


def read_object(obj: Json) -> Document:
    """Read a document from its JSON object. Raises Malformed."""
    if obj.get("type") != "EPCISDocument":
        raise Malformed("type", f"must be EPCISDocument, is {str(obj.get('type'))[:40]!r}")
    header = HeaderDraft(_text(obj, "schemaVersion"), _text(obj, "creationDate"))
    prefixes = _PREFIXES | _context(obj.get("@context"))
    for role in ("sender", "receiver"):
        if role in obj:
            header.partner(role.title(), _text(obj, role), "")
    header.instance = _text(obj, "instanceIdentifier")
    head = obj.get("epcisHeader")
    if isinstance(head, dict):
        _header(head, header, prefixes)
    for name, value in obj.items():
        if ":" in name:
            _beside(name, value, header, prefixes)
    events: list[Event] = []
    bad: list[Fault] = []
    for number, one in enumerate(_events(obj), 1):
        event = _event(one, number, prefixes, header, bad)
        if event is not None:
            events.append(event)
    refuse(bad)
    return header.document(tuple(events))


def _events(obj: Json) -> list[object]:
    body = obj.get("epcisBody")
    if not isinstance(body, dict):
        raise Malformed(
            "epcisBody", "must be an object" if "epcisBody" in obj else "is missing"
        )
    if "event" in body and "eventList" not in body:
        return [body["event"]]
    found = body.get("eventList")
    if not isinstance(found, list):
        raise Malformed("epcisBody.eventList", "must be a list")
    return found


def _context(context: object) -> dict[str, str]:
    """The prefixes a document declares beside the published context."""
    found: dict[str, str] = {}
    for one in context if isinstance(context, list) else [context]:
        if isinstance(one, dict):
            found.update({name: uri for name, uri in one.items() if isinstance(uri, str)})
    return found


def _text(obj: Json, name: str) -> str:
    """A text, empty when it is not there; anything else is refused."""
    value = obj.get(name, "")
    if not isinstance(value, str):
        raise Malformed(name, f"must be text, is {type(value).__name__}")
    return value.strip()


def _header(head: Json, header: HeaderDraft, prefixes: Mapping[str, str]) -> None:
    for name, value in head.items():
        if name == "epcisMasterData":
            for vocabulary in _objects(_object(value, name).get("vocabularyList"), name):
                _vocabulary(vocabulary, header)
        elif name == "sentAt" or name.endswith(":sentAt"):
            header.identification("CreationDateAndTime", str(value))
        elif ":" in name:
            _beside(name, value, header, prefixes)
        else:
            header.odd(f"epcisHeader.{name}", "is not read")


def _beside(name: str, value: object, header: HeaderDraft, prefixes: Mapping[str, str]) -> None:
    if name.endswith(":dscsaTransactionStatement"):
        header.statement = _statement(value)
    else:
        header.extras += _extras(name, value, prefixes)


def _statement(value: object) -> Statement:
    found = {name.rpartition(":")[2]: one for name, one in _object(value, "statement").items()}
    affirmed = found.get("affirmTransactionStatement", "")
    notice = found.get("legalNotice", "")
    said = "true" if affirmed is True else str(affirmed)
    return words.statement(said, notice if isinstance(notice, str) else "")


def _object(value: object, path: str) -> Json:
    if not isinstance(value, dict):
        raise Malformed(path, f"must be an object, is {type(value).__name__}")
    return value


def _objects(value: object, path: str) -> list[Json]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed(path, f"must be a list, is {type(value).__name__}")
    return [_object(one, path) for one in value]


def _vocabulary(vocabulary: Json, header: HeaderDraft) -> None:
    kind = _text(vocabulary, "type")
    whole = kind if ":" in kind[:4] else kind.replace("epcis:", "urn:epcglobal:epcis:vtype:")
    for element in _objects(vocabulary.get("vocabularyElementList"), "vocabularyElementList"):
        attributes = []
        for one in _objects(element.get("attributes"), "attributes"):
            attributes.append((words.attribute_name(_text(one, "id")), _text(one, "attribute")))
        header.vocabulary(whole, _text(element, "id"), tuple(attributes))


def _extras(
    name: str, value: object, prefixes: Mapping[str, str], depth: int = 1
) -> list[Extra]:
    """A key of somebody else's: a list is the same key several times."""
    if depth > words.DEEPEST:
        raise Malformed(name, f"holds values over {words.DEEPEST} deep")
    if isinstance(value, list):
        return [found for one in value for found in _extras(name, one, prefixes, depth + 1)]
    prefix, _, local = name.rpartition(":")
    namespace = prefixes.get(prefix, prefix)
    if isinstance(value, dict):
        children = [
            found
            for key, one in value.items()
            for found in _extras(str(key), one, prefixes, depth + 1)
        ]
        return [Extra(namespace, local, "", tuple(children))]
    if isinstance(value, bool):
        return [Extra(namespace, local, "true" if value else "false")]
    return [Extra(namespace, local, "" if value is None else str(value).strip())]


def _event(
    value: object,
    number: int,
    prefixes: Mapping[str, str],
    header: HeaderDraft,
    bad: list[Fault],
) -> Event | None:
    if not isinstance(value, dict):
        bad.append(Fault(f"event {number}", f"must be an object, is {type(value).__name__}"))
        return None
    kind = _KINDS.get(str(value.get("type")))
    if kind is None:
        found = str(value.get("type"))[:40]
        if found in ("TransformationEvent", "AssociationEvent"):
            header.odd(f"event {number}", f"{found} is a kind that is not read")
        else:
            bad.append(Fault(f"event {number} type", f"is no event: {found!r}"))
        return None
    own = {**prefixes, **_context(value["@context"])} if "@context" in value else prefixes
    draft = Draft(kind, number, own)
    for name, one in value.items():
        take = _TAKES.get(name)
        if take is not None:
            try:
                take(draft, one)
            except Malformed as fault:
                draft.wrong(name, fault.reason)
        elif ":" in name:
            _of_others(draft, name, one, own)
        elif name not in _PASSED:
            header.odd(f"event {number} {name}", "is not read")
    return close_event(draft, bad)


_PASSED = ("type", "@context")


def _of_others(draft: Draft, name: str, value: object, prefixes: Mapping[str, str]) -> None:
    try:
        if name.endswith(":dscsaTransactionStatement"):
            draft.statement = _statement(value)
        else:
            draft.extras += _extras(name, value, prefixes)
    except Malformed as fault:
        draft.wrong(name, fault.reason)


# One function for each key of an event; Malformed names what is wrong with the value


def _plain(value: object) -> str:
    if not isinstance(value, str):
        raise Malformed("", f"must be text, is {type(value).__name__}")
    return value.strip()


def _texts(value: object) -> list[str]:
    if not isinstance(value, list):
        raise Malformed("", f"must be a list, is {type(value).__name__}")
    return [_plain(one) for one in value]


def _time(draft: Draft, value: object) -> None:
    draft.instant("at", "eventTime", _plain(value))


def _recorded(draft: Draft, value: object) -> None:
    draft.instant("recorded_at", "recordTime", _plain(value))


def _zone(draft: Draft, value: object) -> None:
    draft.set_zone(_plain(value))


def _id(draft: Draft, value: object) -> None:
    draft.id = _plain(value)


def _error(draft: Draft, value: object) -> None:
    found = _object(value, "errorDeclaration")
    corrected_by = _texts(found.get("correctiveEventIDs", []))
    draft.declare_error(_text(found, "declarationTime"), _text(found, "reason"), corrected_by)


def _epcs(draft: Draft, value: object) -> None:
    draft.epcs = _texts(value)


def _parent(draft: Draft, value: object) -> None:
    draft.parent = _plain(value)


def _action(draft: Draft, value: object) -> None:
    draft.action = _plain(value)


def _step(draft: Draft, value: object) -> None:
    draft.step = words.bare(_plain(value), words.BIZSTEP)


def _disposition(draft: Draft, value: object) -> None:
    draft.disposition = words.bare(_plain(value), words.DISPOSITION)


def _read_point(draft: Draft, value: object) -> None:
    draft.read_point = _text(_object(value, "readPoint"), "id")


def _location(draft: Draft, value: object) -> None:
    draft.location = _text(_object(value, "bizLocation"), "id")


def _pairs(value: object, name: str, family: str) -> list[tuple[str, str]]:
    return [
        (words.bare(_text(one, "type"), family), _text(one, name))
        for one in _objects(value, name)
    ]


def _transactions(draft: Draft, value: object) -> None:
    draft.transactions = _pairs(value, "bizTransaction", words.TRANSACTION)


def _sources(draft: Draft, value: object) -> None:
    draft.sources = _pairs(value, "source", words.PARTY)


def _destinations(draft: Draft, value: object) -> None:
    draft.destinations = _pairs(value, "destination", words.PARTY)


def _quantities(draft: Draft, value: object) -> None:
    for one in _objects(value, "quantityElement"):
        count = one.get("quantity")
        if isinstance(count, float) and isfinite(count):
            # An object that another reader made; its shortest digits are those that were sent.
            count = Decimal(repr(count))
        if isinstance(count, bool) or not isinstance(count, int | Decimal | None):
            raise Malformed("", f"a quantity must be a number, is {str(count)[:40]!r}")
        text = None if count is None else format(Decimal(count), "f")
        draft.quantity(_text(one, "epcClass"), text, _text(one, "uom"))


def _ilmd(draft: Draft, value: object) -> None:
    for name, one in _object(value, "ilmd").items():
        local = name.rpartition(":")[2]
        if local == "lotNumber" and not draft.lot:
            draft.lot = _plain(one)
        elif local == "itemExpirationDate" and draft.expires_on is None:
            draft.set_expiry(_plain(one))
        else:
            draft.ilmd += _extras(name, one, draft.prefixes)


def _dispositions(draft: Draft, value: object) -> None:
    found = _object(value, "persistentDisposition")
    for name, words_of in (
        ("set", draft.dispositions_set),
        ("unset", draft.dispositions_unset),
    ):
        words_of += [words.bare(one, words.DISPOSITION) for one in _texts(found.get(name, []))]


_TAKES: dict[str, Callable[[Draft, object], None]] = {
    "eventTime": _time,
    "recordTime": _recorded,
    "eventTimeZoneOffset": _zone,
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
