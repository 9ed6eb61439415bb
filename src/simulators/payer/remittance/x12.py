"""An X12 835 (005010X221A1) as pharmacies get it, written from the segment layout.

Amounts are dollars; a reversal turns every sign. Nothing here decides what is paid.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

SEGMENT_END, ELEMENT, COMPONENT, REPEAT = "~", "*", ":", "^"
GUIDE = "005010X221A1"
REVERSAL = "22"
# BPR04: a check, or nothing paid at all.
CHECK, NO_PAYMENT = "CHK", "NON"


@dataclass(frozen=True)
class Adjustment:
    """Why a part of the charge was not paid: group (CO, OA, PR), reason code, dollars."""

    group: str
    reason: str
    usd: Decimal


@dataclass(frozen=True)
class ClaimLine:
    """One claim of a payment; `status` is CLP02."""

    rx: str
    status: str
    charge_usd: Decimal
    paid_usd: Decimal
    patient_usd: Decimal
    control_number: str
    plan_type: str
    last_name: str
    first_name: str
    cardholder: str
    ndc: str
    quantity: Decimal
    served_on: str
    adjustments: tuple[Adjustment, ...]


@dataclass(frozen=True)
class Withheld:
    """A provider adjustment (PLB): reason, reference, dollars; positive is kept back."""

    reason: str
    reference: str
    usd: Decimal


@dataclass(frozen=True)
class Payment:
    """One 835 transaction set: what one plan pays one pharmacy on one day."""

    plan_name: str
    help_desk: str
    tax_id: str
    pharmacy: str
    trace: str
    lines: tuple[ClaimLine, ...]
    withheld: tuple[Withheld, ...]

    @property
    def total_usd(self) -> Decimal:
        """BPR02: the claims less what is kept back."""
        paid = sum((line.paid_usd for line in self.lines), Decimal("0.00"))
        return paid - sum((one.usd for one in self.withheld), Decimal("0.00"))


def amount(value: Decimal) -> str:
    """A number as X12 likes it: no plus, no trailing zeros, no exponent."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _joined(*elements: str) -> str:
    return ELEMENT.join(elements).rstrip(ELEMENT) + SEGMENT_END


def _clean(text: str) -> str:
    """The text in the basic characters: no marks of the file, nothing beyond ASCII."""
    marks = {SEGMENT_END, ELEMENT, COMPONENT, REPEAT}
    good = (c if " " <= c <= "~" and c not in marks else " " for c in text.upper())
    return "".join(good).strip()


def write_file(payments: list[Payment], *, number: int, at: datetime, sender: str) -> str:
    """One interchange with one functional group and a transaction set for each payment.

    ``number`` becomes the control numbers; ``at`` is the payer's own time.
    """
    control = f"{number:09d}"
    day = f"{at:%Y%m%d}"
    isa = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{sender:15}*ZZ*{'PHARMACIES':15}*{at:%y%m%d}*{at:%H%M}"
        f"*{REPEAT}*00501*{control}*0*T*{COMPONENT}{SEGMENT_END}"
    )
    group = _joined(
        "GS", "HP", sender, "PHARMACIES", day, f"{at:%H%M}", str(number), "X", GUIDE
    )
    sets = [_set(one, place, day) for place, one in enumerate(payments, start=1)]
    tail = _joined("GE", str(len(payments)), str(number)) + _joined("IEA", "1", control)
    return isa + group + "".join(sets) + tail


def _set(payment: Payment, place: int, day: str) -> str:
    control = f"{place:04d}"
    total = payment.total_usd
    segments = [
        _joined("ST", "835", control),
        _joined(
            "BPR", "I" if total else "H", amount(total), "C", CHECK if total else NO_PAYMENT,
            *[""] * 11, day,
        ),
        _joined("TRN", "1", payment.trace, payment.tax_id),
        _joined("DTM", "405", day),
        _joined("N1", "PR", _clean(payment.plan_name)),
        _joined("N3", "1 SAMPLE PLAZA"),
        _joined("N4", "AUSTIN", "TX", "78701"),
        _joined("PER", "BL", "PHARMACY HELP DESK", "TE", payment.help_desk),
        _joined("N1", "PE", f"PHARMACY {payment.pharmacy}", "XX", payment.pharmacy),
    ]  # fmt: skip
    if payment.lines:
        segments.append(_joined("LX", "1"))
    for line in payment.lines:
        segments += _claim(line)
    segments += _provider_adjustments(payment, day)
    return "".join(segments) + _joined("SE", str(len(segments) + 1), control)


def _claim(line: ClaimLine) -> list[str]:
    sign = Decimal(-1) if line.status == REVERSAL else Decimal(1)
    patient = "" if line.status == REVERSAL else amount(line.patient_usd)
    return [
        _joined(
            "CLP", line.rx, line.status, amount(line.charge_usd), amount(line.paid_usd),
            patient, line.plan_type, line.control_number,
        ),
        _joined(
            "NM1", "QC", "1", _clean(line.last_name) or "UNKNOWN", _clean(line.first_name),
            "", "", "", "MI", line.cardholder,
        ),
        _joined("REF", "BB", line.control_number),
        _joined("DTM", "232", line.served_on),
        _joined(
            "SVC", f"N4{COMPONENT}{line.ndc}", amount(line.charge_usd),
            amount(line.paid_usd), "", amount(sign * line.quantity),
        ),
        _joined("DTM", "472", line.served_on),
        *[
            _joined("CAS", one.group, *_reasons(line.adjustments, one.group))
            for one in _first_of_group(line.adjustments)
        ],
    ]  # fmt: skip


def _first_of_group(adjustments: tuple[Adjustment, ...]) -> list[Adjustment]:
    seen: dict[str, Adjustment] = {}
    for one in adjustments:
        seen.setdefault(one.group, one)
    return list(seen.values())


def _reasons(adjustments: tuple[Adjustment, ...], group: str) -> list[str]:
    """Reason, amount and an empty quantity for each of the group, at most six a segment."""
    out = []
    for one in adjustments:
        if one.group == group:
            out += [one.reason, amount(one.usd), ""]
    return out


def _provider_adjustments(payment: Payment, day: str) -> list[str]:
    """PLB segments of six adjustments at most, under the end of the fiscal year."""
    out = []
    for at in range(0, len(payment.withheld), 6):
        elements = [payment.pharmacy, f"{day[:4]}1231"]
        for one in payment.withheld[at : at + 6]:
            elements += [f"{one.reason}{COMPONENT}{one.reference}", amount(one.usd)]
        out.append(_joined("PLB", *elements))
    return out
