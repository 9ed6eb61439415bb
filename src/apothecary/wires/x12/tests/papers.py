"""Papers of X12 for tests, written by hand and by rule: no code of the house writes them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

Row = list[str]

ORDER = [
    ["BEG", "00", "NE", "PO-1", "", "20260115"],
    ["REF", "IA", "0012345"],
    ["N1", "BY", "SAMPLE PHARMACY", "11", "AB1234563"],
    ["PO1", "1", "12", "EA", "4.85", "", "N4", "00093310501"],
    ["CTT", "1", "12"],
]


@dataclass
class Dialect:
    """How a partner writes: separators, line ends, version."""

    element: str = "*"
    component: str = ":"
    segment: str = "~"
    newline: str = "\n"
    repetition: str = "^"
    version: str = "00501"


PLAIN = Dialect()
DIALECTS = [
    PLAIN,
    Dialect(newline=""),
    Dialect(newline="\r\n"),
    Dialect(segment="\n", newline=""),
    Dialect(segment="\r", newline="\n"),
    Dialect("|", ">", "\x1c", "", "!", "00501"),
    Dialect("\x1d", "\x1f", "\x1e", "", "U", "00401"),
    Dialect(component=">", repetition="U", version="00401"),
]


def paper(
    kind: str, body: Sequence[Row], *, control: str = "0001", convention: str = ""
) -> list[Row]:
    """A set with its ST and SE, counted."""
    head = ["ST", kind, control, *([convention] if convention else [])]
    return [head, *body, ["SE", str(len(body) + 2), control]]


def group(
    sets: Sequence[list[Row]], *, functional: str, control: str = "901", version: str = "004010"
) -> list[Row]:
    """A group of sets with its GS and GE, counted."""
    head = ["GS", functional, "SENDER", "RECEIVER", "20260115", "0800", control, "X", version]
    return [head, *(row for one in sets for row in one), ["GE", str(len(sets)), control]]


def written(rows: Sequence[Row], dialect: Dialect = PLAIN) -> str:
    """Rows as text; each segment with its terminator and line end."""
    end = dialect.segment + dialect.newline
    return "".join(dialect.element.join(row) + end for row in rows)


def isa(dialect: Dialect = PLAIN, *, control: str = "000000901", receipt: str = "0") -> Row:
    return [
        *("ISA", "00", " " * 10, "00", " " * 10, "ZZ", "SENDER".ljust(15)),
        *("ZZ", "RECEIVER".ljust(15), "260115", "0800", dialect.repetition),
        *(dialect.version, control, receipt, "T", dialect.component),
    ]


def interchange(
    groups: Sequence[list[Row]],
    dialect: Dialect = PLAIN,
    *,
    control: str = "000000901",
    receipt: str = "0",
) -> bytes:
    """A whole interchange, all counts right."""
    rows = [row for one in groups for row in one]
    head = isa(dialect, control=control, receipt=receipt)
    last = ["IEA", str(len(groups)), control]
    return written([head, *rows, last], dialect).encode("latin-1")


def order(dialect: Dialect = PLAIN, *, control: str = "000000901") -> bytes:
    """An order (850) in an interchange of its own."""
    one = group([paper("850", ORDER)], functional="PO")
    return interchange([one], dialect, control=control)


# Remittances: amounts in cents, so that sums are whole numbers and nothing of the house


def usd(cents: int) -> str:
    """Cents as X12 writes dollars: no idle zeros."""
    sign, whole = "-" if cents < 0 else "", abs(cents)
    text = f"{whole // 100}.{whole % 100:02}".rstrip("0").rstrip(".")
    return sign + text


@dataclass
class Line:
    ndc: str
    charge: int
    cuts: list[tuple[str, str, int]]
    units: str = "30"
    served_on: str = "20260110"
    remarks: list[tuple[str, str]] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)

    @property
    def paid(self) -> int:
        return self.charge - sum(cents for _, _, cents in self.cuts)

    def rows(self) -> list[Row]:
        return [
            ["SVC", f"N4:{self.ndc}", usd(self.charge), usd(self.paid), "", self.units],
            ["DTM", "472", self.served_on],
            *(["CAS", kind, reason, usd(cents)] for kind, reason, cents in self.cuts),
            *(["REF", kind, value] for kind, value in self.references),
            *(["LQ", kind, code] for kind, code in self.remarks),
        ]


@dataclass
class Paid:
    """One claim; ``sign`` -1 makes it a reversal."""

    number: str
    lines: list[Line]
    status: str = "1"
    control: str = "ICN1"
    cuts: list[tuple[str, str, int]] = field(default_factory=list)
    patient: tuple[str, str] = ("DOE", "JANE")

    @property
    def charge(self) -> int:
        return sum(line.charge for line in self.lines)

    @property
    def paid(self) -> int:
        return sum(line.paid for line in self.lines) - sum(cents for _, _, cents in self.cuts)

    @property
    def owed(self) -> int:
        cuts = [*self.cuts, *(cut for line in self.lines for cut in line.cuts)]
        return sum(cents for kind, _, cents in cuts if kind == "PR")

    def reversed(self) -> "Paid":
        """The same with every sign turned."""
        lines = [
            Line(one.ndc, -one.charge, turned(one.cuts), one.units, one.served_on)
            for one in self.lines
        ]
        return Paid(self.number, lines, "22", self.control, turned(self.cuts), self.patient)

    def rows(self) -> list[Row]:
        owed = "" if self.status == "22" else usd(self.owed)
        money = [usd(self.charge), usd(self.paid), owed]
        return [
            ["CLP", self.number, self.status, *money, "13", self.control],
            *(["CAS", kind, reason, usd(cents)] for kind, reason, cents in self.cuts),
            ["NM1", "QC", "1", *self.patient, "", "", "", "MI", "MEMBER1"],
            *(row for line in self.lines for row in line.rows()),
        ]


def turned(cuts: list[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    return [(kind, reason, -cents) for kind, reason, cents in cuts]


@dataclass
class Advice:
    """A remittance that balances, unless a test says otherwise."""

    claims: list[Paid]
    beside: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(one.paid for one in self.claims) - sum(cents for *_, cents in self.beside)

    def body(self) -> list[Row]:
        account = ["01", "021000021", "DA", "111", "1512345678", "", "01", "031000053", "DA"]
        rows = [
            ["BPR", "I", usd(self.total), "C", "ACH", "CCP", *account, "222", "20260120"],
            ["TRN", "1", "EFT4711", "1512345678"],
            ["REF", "EV", "7654321"],
            ["DTM", "405", "20260118"],
            ["N1", "PR", "SAMPLE PAYER", "XV", "12345"],
            ["N3", "1 MAIN STREET", "SUITE 2"],
            ["N4", "ALBANY", "NY", "12201"],
            ["PER", "BL", "HELP DESK", "TE", "8005550100"],
            ["N1", "PE", "SAMPLE PHARMACY", "XX", "1234567893"],
            ["REF", "D3", "0012345"],
            ["LX", "1"],
            *(row for claim in self.claims for row in claim.rows()),
        ]
        rows += [
            ["PLB", "1234567893", "20261231", f"{why}:{which}" if which else why, usd(cents)]
            for why, which, cents in self.beside
        ]
        return rows

    def rows(self) -> list[Row]:
        one = paper("835", self.body())
        return group([one], functional="HP", version="005010X221A1")

    def raw(self) -> bytes:
        return interchange([self.rows()])


def simple_line(charge: int = 5000, *, cuts: list[tuple[str, str, int]] | None = None) -> Line:
    return Line(
        "00093310501", charge, [("CO", "45", 1000), ("PR", "3", 500)] if cuts is None else cuts
    )


def simple_claim(number: str = "RX100", *, control: str = "ICN1") -> Paid:
    return Paid(number, [simple_line()], control=control)


def dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


# Strategies

_CENTS = st.integers(-9_999_999, 9_999_999)
_REASONS = st.sampled_from(["1", "3", "45", "96", "197", "B7"])
_GROUPS = st.sampled_from(["CO", "OA", "PI", "PR"])
CUTS = st.lists(st.tuples(_GROUPS, _REASONS, _CENTS), max_size=4)
_DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31)).map(lambda day: f"{day:%Y%m%d}")
_TEXT = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -.'&", min_size=1, max_size=20).map(
    lambda text: f"X{text.strip()}"
)
LINES = st.builds(
    Line,
    ndc=st.from_regex("[0-9]{11}", fullmatch=True),
    charge=_CENTS,
    cuts=CUTS,
    units=st.integers(1, 900).map(str),
    served_on=_DAYS,
    remarks=st.lists(st.tuples(st.sampled_from(["HE", "RX"]), _TEXT), max_size=2),
    references=st.lists(st.tuples(st.sampled_from(["6R", "XZ", "BB"]), _TEXT), max_size=2),
)
CLAIMS = st.builds(
    Paid,
    number=_TEXT,
    lines=st.lists(LINES, min_size=1, max_size=3),
    status=st.sampled_from(["1", "2", "3", "19"]),
    control=_TEXT,
    cuts=CUTS,
    patient=st.tuples(_TEXT, _TEXT),
)
BESIDE = st.lists(
    st.tuples(st.sampled_from(["CS", "WO", "FB", "72", "L6"]), _TEXT, _CENTS), max_size=3
)
ADVICES = st.builds(Advice, claims=st.lists(CLAIMS, max_size=4), beside=BESIDE)
