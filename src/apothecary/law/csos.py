"""Ordering controlled substances electronically, signed with an ordering certificate."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from apothecary.law.calendar_days import hours_after, in_utc
from apothecary.law.identifiers import dea_problems
from apothecary.law.problem import Problem
from apothecary.law.recorded import missing_problems
from apothecary.law.tables import federal


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """One item; a drug is named by its NDC, or by name, strength and form together."""

    schedule: int
    package_quantity: str
    packages: int
    ndc: str = ""
    name: str = ""
    strength: str = ""
    form: str = ""

    @property
    def shown(self) -> frozenset[str]:
        """Which of the elements of row DEA-109/item it holds."""
        named = self.ndc or (self.name and self.strength and self.form)
        held = {
            "drug": bool(named),
            "package_quantity": bool(self.package_quantity),
            "packages": self.packages > 0,
        }
        return frozenset(name for name, there in held.items() if there)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """The certificate the order is signed with; ``verified``: the signature fits the order."""

    verified: bool
    valid_from: date
    valid_until: date
    revoked: bool
    dea: str
    schedules: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """An electronic order; empty text for what it does not hold."""

    order_number: str
    purchaser_dea: str
    supplier_dea: str
    supplier_name: str
    supplier_address: str
    signed_on: date | None
    items: tuple[ItemFacts, ...]
    certificate: CertificateFacts | None

    @property
    def shown(self) -> frozenset[str]:
        """Which of the elements of rows DEA-109/order and /supplier it holds."""
        held = {
            "order_number": self.order_number,
            "purchaser_dea": self.purchaser_dea,
            "supplier_dea": self.supplier_dea,
            "supplier_name": self.supplier_name,
            "supplier_address": self.supplier_address,
            "signed_on": self.signed_on,
        }
        return frozenset(name for name, value in held.items() if value)


def order_problems(
    order: OrderFacts, *, on: date, supplier_completes: bool = False
) -> list[Problem]:
    """Every reason this electronic order does not stand on that day; none means it does.

    Fields by 21 CFR 1305.21(b), signature and certificate by 1305.21(a) and 1305.22.
    ``supplier_completes``: name and address of the supplier are left to the supplier.
    """
    return [
        *_field_problems(order, supplier_completes, on=on),
        *order_number_problems(order.order_number, order.signed_on, on=on),
        *_number_problems(order, on=on),
        *_item_problems(order, on=on),
        *_certificate_problems(order, on=on),
    ]


def order_number_problems(number: str, signed_on: date | None, *, on: date) -> list[Problem]:
    """Why this is not the number of an order: year, X and six characters (1305.21(b)(1))."""
    row = federal("DEA-109/number", on=on)
    if not number:
        return []
    form = re.fullmatch(rf"([0-9]{{2}})X[0-9A-Z]{{{row.number()}}}", number)
    if form is None:
        says = (
            f"Order number {number!r} is not two digits of the year, X and "
            f"{row.number()} characters."
        )
        return [row.problem(says, code="csos-number", field="order_number")]
    if signed_on is not None and int(form[1]) != signed_on.year % 100:
        says = f"Order number {number} is not of the year {signed_on.year}."
        return [row.problem(says, code="csos-number-year", field="order_number")]
    return []


def linked_receipt_problems(shown: AbstractSet[str], *, on: date) -> list[Problem]:
    """What the purchaser's linked record of an item lacks (1305.22)."""
    row = federal("DEA-109/linked", on=on)
    return missing_problems(row, shown, what="The linked record", code="csos-linked")


def order_age_problems(signed_on: date, *, on: date) -> list[Problem]:
    """Why nothing more comes on an order that was signed on that day (1305.22(e))."""
    row = federal("DEA-109/valid", on=on)
    last = signed_on + timedelta(days=row.number())
    if on <= last:
        return []
    says = f"The order was valid through {last}: {row.number()} days from its signature."
    return [row.problem(says, code="csos-too-old", field="order_number")]


def compromise_problems(
    known_at: datetime, reported_at: datetime | None, *, at: datetime, on: date
) -> list[Problem]:
    """Why the report of a lost or compromised certificate is late (21 CFR 1311.30)."""
    row = federal("DEA-110", on=on)
    last = hours_after(known_at, row.number())
    if in_utc(reported_at or at) <= last:
        return []
    says = f"The certificate was to be reported by {last:%Y-%m-%d %H:%M} UTC."
    return [row.problem(says, code="csos-report-late", field="reported_at")]


def _field_problems(order: OrderFacts, supplier_completes: bool, *, on: date) -> list[Problem]:
    row = federal("DEA-109/order", on=on)
    problems = missing_problems(row, order.shown, what="The order", code="csos")
    if not supplier_completes:
        own = federal("DEA-109/supplier", on=on)
        problems.extend(missing_problems(own, order.shown, what="The order", code="csos"))
    if order.signed_on is not None and order.signed_on > on:
        says = f"The order is dated {order.signed_on}, which is still to come."
        problems.append(row.problem(says, code="csos-postdated", field="signed_on"))
    return problems


def _number_problems(order: OrderFacts, *, on: date) -> list[Problem]:
    numbers = (order.purchaser_dea, order.supplier_dea)
    return [problem for number in numbers if number for problem in dea_problems(number, on=on)]


def _item_problems(order: OrderFacts, *, on: date) -> list[Problem]:
    row = federal("DEA-109/item", on=on)
    if not order.items:
        return [row.problem("The order has no items.", code="csos-no-items", field="items")]
    return [
        problem
        for place, item in enumerate(order.items, start=1)
        for problem in missing_problems(row, item.shown, what=f"Item {place}", code="csos-item")
    ]


def _certificate_problems(order: OrderFacts, *, on: date) -> list[Problem]:
    row = federal("DEA-109", on=on)
    held = order.certificate
    if held is None or not held.verified:
        if not row.yes():
            return []
        says = "The order is not signed with an ordering certificate that fits it."
        return [row.problem(says, code="csos-signature", field="certificate")]
    schedules = {item.schedule for item in order.items if item.schedule}
    wrong = {
        "csos-certificate-dates": not held.valid_from <= on <= held.valid_until,
        "csos-certificate-revoked": held.revoked,
        "csos-certificate-registrant": held.dea != order.purchaser_dea,
        "csos-certificate-schedules": not schedules <= held.schedules,
    }
    return [
        row.problem(_CERTIFICATE[code], code=code, field="certificate")
        for code, is_wrong in wrong.items()
        if is_wrong
    ]


_CERTIFICATE = {
    "csos-certificate-dates": "The certificate is not valid on that day.",
    "csos-certificate-revoked": "The certificate has been revoked.",
    "csos-certificate-registrant": "The certificate belongs to another registrant.",
    "csos-certificate-schedules": "The certificate does not cover every schedule ordered.",
}
