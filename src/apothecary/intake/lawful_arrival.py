"""Why something may not be entered as it came in: unsigned, or taken by who may not."""

from dataclasses import replace

from apothecary.intake.models import Arrival, Source
from apothecary.law.elements import prescription_problems
from apothecary.law.facts import EVERY_ELEMENT, Element
from apothecary.law.problem import Problem
from apothecary.prescriptions.actions import Order, unnumbered
from apothecary.prescriptions.models import Dispensed, Origin
from apothecary.staff.duties import Duty, duty_table
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker


def arrival_problems(arrival: Arrival, order: Order, *, by: Worker) -> list[Problem]:
    """Why it may not be entered as it came in: unsigned, or taken by somebody who may not."""
    if not order.package.product.schedule:
        return []
    return [*unsigned_problems(arrival, order, by=by), *verbal_problems(arrival, order)]


def unsigned_problems(arrival: Arrival, order: Order, *, by: Worker) -> list[Problem]:
    """A controlled drug by message needs the prescriber's signature or the network's word."""
    if order.origin != Origin.ELECTRONIC or arrival.sent_values.get("signature"):
        return []
    pharmacy: Pharmacy = arrival.pharmacy
    facts = unnumbered(order, by=by).facts(state=pharmacy.state, dispensed=Dispensed())
    shown = replace(facts, present=EVERY_ELEMENT - {Element.SIGNATURE})
    return [
        problem
        for problem in prescription_problems(shown, on=by.today)
        if problem.field == Element.SIGNATURE
    ]


def verbal_problems(arrival: Arrival, order: Order) -> list[Problem]:
    """Who took the call must have been allowed to take one for a controlled drug."""
    by_phone = arrival.source == Source.PHONE or order.origin == Origin.TELEPHONE
    if not by_phone or arrival.may_take_controlled:
        return []
    row = duty_table()[Duty.RECEIVE_VERBAL_CONTROLLED]
    who = arrival.taken_by_name or "Nobody who may"
    says = f"{who} took the call: not allowed to {row.says}."
    return [Problem(says, row.cite, "phone-controlled", row.verified, "origin")]
