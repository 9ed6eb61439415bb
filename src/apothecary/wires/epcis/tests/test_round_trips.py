"""What is written in either syntax is read back as the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apothecary.wires.command import decode, encode
from apothecary.wires.epcis import (
    Document,
    ErrorDeclaration,
    Event,
    Extra,
    Item,
    Kind,
    Partner,
    Place,
    Quantity,
    Statement,
    read,
    write_json,
    write_xml,
)

SLOW_TO_DRAW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Z")), min_size=1
)
MAYBE = st.just("") | TEXT
URI = st.from_regex(r"urn:x:[a-zA-Z0-9.<&'\"]{1,12}", fullmatch=True)
WORD = st.from_regex(r"[a-z][a-z_]{0,12}", fullmatch=True)
NAME = st.from_regex(r"[a-z][A-Za-z0-9]{0,8}", fullmatch=True)
ZONES = st.integers(-52, 52).map(lambda quarter: timezone(timedelta(minutes=15 * quarter)))
FIRST, LAST = datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2099-12-31")
INSTANTS = st.datetimes(FIRST, LAST, timezones=ZONES | st.just(UTC))
TYPED = st.lists(st.tuples(st.just("") | WORD, URI), max_size=3).map(tuple)
URIS = st.lists(URI, max_size=3).map(tuple)
LEAF = st.builds(Extra, st.just("urn:others"), NAME, MAYBE)
EXTRAS = st.lists(
    LEAF | st.builds(Extra, st.just("urn:others"), NAME, children=st.tuples(LEAF)),
    max_size=2,
    unique_by=lambda one: one.name,
).map(tuple)
QUANTITIES = st.lists(
    st.builds(
        Quantity,
        URI,
        st.none() | st.decimals(Decimal(0), Decimal(99999), places=3).map(abs),
        st.sampled_from(["", "EA", "KGM"]),
    ),
    min_size=1,
    max_size=2,
).map(tuple)
STATEMENTS = st.builds(Statement, st.booleans(), MAYBE)
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(Kind),
    at=INSTANTS,
    zone=st.sampled_from(["-06:00", "+00:00", "+14:00"]),
    action=st.sampled_from(["ADD", "OBSERVE", "DELETE"]),
    epcs=URIS,
    parent=URI,
    quantities=QUANTITIES,
    step=st.just("") | WORD | URI,
    disposition=st.just("") | WORD,
    read_point=st.just("") | URI,
    location=st.just("") | URI,
    transactions=st.lists(st.tuples(WORD, URI), min_size=1, max_size=2).map(tuple),
    sources=TYPED,
    destinations=TYPED,
    lot=MAYBE,
    expires_on=st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    ilmd=EXTRAS,
    dispositions_set=st.lists(WORD, max_size=2).map(tuple),
    dispositions_unset=st.lists(WORD, max_size=2).map(tuple),
    recorded_at=st.none() | INSTANTS,
    id=st.just("") | URI,
    error=st.none() | st.builds(ErrorDeclaration, INSTANTS, st.just("") | WORD, URIS),
    statement=st.none() | STATEMENTS,
    extras=EXTRAS,
)
OTHERS = st.lists(
    st.tuples(NAME.map(lambda one: "z" + one), TEXT), max_size=2, unique_by=lambda one: one[0]
).map(tuple)
ITEMS = st.builds(Item, URI, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, OTHERS)
PLACES = st.builds(
    Place,
    URI,
    MAYBE,
    st.lists(TEXT, max_size=2).map(tuple),
    MAYBE,
    MAYBE,
    MAYBE,
    MAYBE,
    OTHERS,
)
DOCUMENTS = st.builds(
    Document,
    version=st.just("1.2"),
    created_at=INSTANTS,
    events=st.lists(EVENTS, max_size=3).map(tuple),
    sender=st.none() | st.builds(Partner, URI, MAYBE),
    receiver=st.none() | st.builds(Partner, URI, MAYBE),
    instance=MAYBE,
    sent_at=st.none() | INSTANTS,
    statement=st.none() | STATEMENTS,
    items=st.lists(ITEMS, max_size=2).map(tuple),
    places=st.lists(PLACES, max_size=2).map(tuple),
    extras=EXTRAS,
)


@given(DOCUMENTS)
@SLOW_TO_DRAW
def test_xml_is_read_back_as_the_same(document: Document) -> None:
    raw = write_xml(document)
    assert read(raw) == document
    assert write_xml(read(raw)) == raw
    assert encode("epcis", decode("epcis", raw)) == raw


@given(DOCUMENTS)
@SLOW_TO_DRAW
def test_json_is_read_back_as_the_same_but_for_whose_an_id_is(document: Document) -> None:
    def bare(one: Partner | None) -> Partner | None:
        return Partner(one.id) if one else None

    raw = write_json(document)
    assert read(raw) == replace(
        document,
        version="2.0",
        sender=bare(document.sender),
        receiver=bare(document.receiver),
    )
    assert write_json(read(raw)) == raw
    assert encode("epcis", decode("epcis", raw)) == raw
