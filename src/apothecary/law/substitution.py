"""What a state lets be given in place of a prescribed brand, and what it asks for then.

The state's own act goes before a survey of all states; what they owe the patient and what they
ask of the price is taken from the stricter of both. A state that neither names refuses by name.
Equivalence itself is the drug file's to say: no state lets anything else be substituted here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.law.problem import Problem
from apothecary.law.tables import Row, substitutions

MUST, MAY = "must", "may"
PURPLE_BOOK = "42 USC 262(i)(3)"
HOUSE = "house policy: a patient may always have what was prescribed"
# From the mildest to the strictest; the survey does not tell telling from asking.
TOLD = ("", "tell", "ask")
PRICE = ("", "no_dearer", "less")
NOTES = ("positive_list", "negative_list", "narrow")


@dataclass(frozen=True, slots=True)
class Substitution:
    """The law of a state on a day. ``told`` and ``price`` are the strictest rows that hold.

    ``savings`` are passed on where there is a row; ``biologic`` is None where no row of the
    state speaks of biological products; ``must_biologic`` whether it makes the pharmacist
    substitute them. ``rows`` are all that was found, the milder ones too.
    """

    state: str
    kind: Row
    is_must: bool
    told: Row | None
    asks: bool
    price: Row | None
    must_be_cheaper: bool
    savings: Row | None
    biologic: Row | None
    must_biologic: bool
    notes: tuple[Row, ...]
    rows: tuple[Row, ...]

    @property
    def says(self) -> str:
        """The law in one sentence, as a technician would say it."""
        parts = ["mandatory" if self.is_must else "permitted"]
        parts[0] += " unless the prescriber forbids it"
        if self.price:
            parts.append("it costs less" if self.must_be_cheaper else "it costs no more")
        if self.told:
            parts.append("the patient is asked" if self.asks else "the patient is told")
        if self.savings:
            parts.append("what is saved is passed on")
        return f"May be substituted in {self.state}: {'; '.join(parts)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A product offered for a prescribed one.

    ``equivalent``: they share an A rating. ``interchangeable`` is None where that is not known
    of a biological product. Prices in USD for the same quantity, None where not known.
    """

    equivalent: bool
    prescriber_forbids: bool = False
    patient_refuses: bool = False
    biologic: bool = False
    interchangeable: bool | None = None
    prescribed_usd: Decimal | None = None
    offered_usd: Decimal | None = None


def substitution(state: str, *, on: date) -> Substitution | Problem:
    """The law of the state (two letters) on that day, or the Problem naming the gap."""
    kinds = list(_in_force(state, "kind", ("must", "may"), on))
    if not kinds:
        says = (
            f"No table of law says what {state or 'a pharmacy without a state'} lets be "
            f"substituted on {on}: a pharmacist must decide."
        )
        return Problem(says, code="law-no-substitution", field="state")
    kind = kinds[0]
    told = list(_in_force(state, "told", ("told",), on))
    price = list(_in_force(state, "price", ("no_dearer",), on))
    strict_told = max(told, key=_told, default=None)
    strict_price = max(price, key=_price, default=None)
    also, biologic = _own(state, "also", on), _own(state, "biologic", on)
    found = [
        also if also and also.yes() else None,
        *(_survey(state, name, on) for name in NOTES),
    ]
    notes = [row for row in found if row]
    savings = _survey(state, "savings", on)
    rest = [row for row in (savings, biologic) if row]
    return Substitution(
        state=state,
        kind=kind,
        is_must=_is_must(kind),
        told=strict_told,
        asks=strict_told is not None and strict_told.value == "ask",
        price=strict_price,
        must_be_cheaper=strict_price is not None and strict_price.value == "less",
        savings=savings,
        biologic=biologic,
        must_biologic=biologic is not None and _is_must(biologic),
        notes=tuple(notes),
        rows=(*kinds, *price, *told, *rest, *notes),
    )


def substitution_problems(state: str, exchange: Exchange, *, on: date) -> list[Problem]:
    """Every reason the product may not be given for the prescribed one; none means it may."""
    law = substitution(state, on=on)
    if isinstance(law, Problem):
        return [law]
    problems = [] if exchange.biologic else _rating(law, exchange)
    if exchange.biologic:
        problems += _biologic(law, exchange)
    if exchange.prescriber_forbids:
        says = f"The prescriber forbids it: in {state} what was prescribed is given."
        problems.append(law.kind.problem(says, code="substitution-forbidden", field="daw"))
    if exchange.patient_refuses:
        says = "The patient wants what was prescribed and nothing else."
        problems.append(Problem(says, cite=HOUSE, code="substitution-refused", verified="C"))
    return problems + _dearer(law, exchange)


def substitution_steps(law: Substitution, exchange: Exchange) -> list[Problem]:
    """What is to be done, each with its law, before the exchange is handed over.

    A step says what to do where a problem says why not; it blocks nothing by itself.
    """
    steps = []
    if law.told:
        says = "Ask the patient to choose." if law.asks else "Tell the patient."
        steps.append(law.told.problem(says, code="substitution-tell"))
    if law.price and None in {exchange.prescribed_usd, exchange.offered_usd}:
        word = "less than" if law.must_be_cheaper else "no more than"
        says = f"Compare the prices: what is given costs {word} what was prescribed."
        steps.append(law.price.problem(says, code="substitution-price"))
    if law.savings:
        steps.append(law.savings.problem(law.savings.says, code="substitution-savings"))
    if exchange.biologic and law.biologic:
        steps.append(law.biologic.problem(law.biologic.says, code="substitution-biologic"))
    return steps + [row.problem(row.says, code="substitution-note") for row in law.notes]


def _rating(law: Substitution, exchange: Exchange) -> list[Problem]:
    if exchange.equivalent:
        return []
    says = "It shares no A rating with what was prescribed: it may not be substituted."
    return [law.kind.problem(says, code="substitution-not-equivalent")]


def _biologic(law: Substitution, exchange: Exchange) -> list[Problem]:
    if law.biologic is None:
        says = (
            f"No table of law says which biological products {law.state} lets be substituted."
        )
        return [Problem(says, code="law-no-biologics", field="state")]
    if exchange.interchangeable:
        return []
    known = "is not interchangeable" if exchange.interchangeable is False else "may not be so"
    says = f"Only an interchangeable biological product may be substituted; this one {known}."
    return [
        law.biologic.problem(f"{says} ({PURPLE_BOOK})", code="substitution-not-interchangeable")
    ]


def _dearer(law: Substitution, exchange: Exchange) -> list[Problem]:
    ours, theirs = exchange.offered_usd, exchange.prescribed_usd
    if law.price is None or ours is None or theirs is None:
        return []
    if ours < theirs or (ours == theirs and not law.must_be_cheaper):
        return []
    word = "less than" if law.must_be_cheaper else "no more than"
    says = f"It costs ${ours}: in {law.state} it must cost {word} the ${theirs} of the other."
    return [law.price.problem(says, code="substitution-dearer", field="price")]


def _in_force(state: str, name: str, surveyed: Sequence[str], on: date) -> Iterator[Row]:
    """The state's own row first, then what the survey says of it."""
    if own := _own(state, name, on):
        yield own
    yield from (row for each in surveyed if (row := _survey(state, each, on)))


def _own(state: str, name: str, on: date) -> Row | None:
    return _row(f"{state}_{name}", on)


def _survey(state: str, name: str, on: date) -> Row | None:
    row = _row(f"survey_{name}", on)
    return row if row and state in row.names() else None


def _row(row_id: str, on: date) -> Row | None:
    """The row in force on that day; a doubtful one is disabled, as everywhere in law."""
    rows = substitutions().get(row_id, ())
    return next((row for row in rows if row.in_force(on) and row.verified != "KQ"), None)


def _is_must(row: Row) -> bool:
    """Whether the row makes the pharmacist substitute. ValueError for a word nobody knows."""
    word = row.text() if isinstance(row.value, str) else row.id.removeprefix("survey_")
    if word not in (MUST, MAY):
        raise ValueError(f"{row.id}: {word!r} is neither {MUST} nor {MAY}")
    return word == MUST


def _told(row: Row) -> int:
    return TOLD.index(row.text()) if isinstance(row.value, str) else TOLD.index("tell")


def _price(row: Row) -> int:
    return PRICE.index(row.text()) if isinstance(row.value, str) else PRICE.index("no_dearer")
