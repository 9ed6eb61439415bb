"""Why something may not be entered as it came in: unsigned, or taken by who may not."""

from dataclasses import replace

from apothecary.intake.models import Arrival, Source
from apothecary.law.elements import prescription_problems
from apothecary.law.facts import EVERY_ELEMENT, Element
from apothecary.law.problem import Problem
from apothecary.prescriptions.actions import Order, unnumbered
from apothecary.prescriptions.models import Dispensed, Origin, Prescription
from apothecary.staff.duties import Duty, duty_table
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.epcs.receiving import dispensing_problems


def arrival_problems(arrival: Arrival, order: Order, *, by: Worker) -> list[Problem]:
    """Why it may not be entered as it came in: unsigned, or taken by somebody who may not."""
    if not order.package.product.schedule:
        return []
    return [
        *unsigned_problems(arrival, order, by=by),
        *electronic_problems(arrival, order, by=by),
        *verbal_problems(arrival, order),
    ]


def electronic_problems(arrival: Arrival | None, order: Order, *, by: Worker) -> list[Problem]:
    """Why a controlled drug may not be dispensed on what came electronically.

    It stays what it came as, whatever is typed of its origin: printed out it would be no
    paper prescription.
    """
    if not order.package.product.schedule:
        return []
    came = arrival is not None and arrival.source == Source.ELECTRONIC
    if not came and order.origin != Origin.ELECTRONIC:
        return []
    problems = dispensing_problems(by=by, incoming_id=arrival.incoming_id if arrival else None)
    if came and order.origin != Origin.ELECTRONIC:
        says = "It came electronically: it is not entered as anything else."
        problems.append(Problem(says, "21 CFR 1311.170", "epcs-origin", "K", "origin"))
    return problems


def electronic_now_problems(rx: Prescription, order: Order, *, by: Worker) -> list[Problem]:
    """Why what came electronically may not become a controlled prescription by correction.

    One that was entered as such had its answer at entry, and keeps it while both stand.
    """
    if rx.schedule and rx.origin == order.origin:
        return []
    arrival = Arrival.objects.filter(pharmacy_id=by.pharmacy_id, prescription=rx).first()
    return electronic_problems(arrival, order, by=by)


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
