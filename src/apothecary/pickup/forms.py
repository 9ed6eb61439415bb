"""What is typed, ticked, scanned and signed at the register, read into typed values."""

import re
from dataclasses import dataclass

from django.http import QueryDict

from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.pickup.actions import Receiver
from apothecary.pickup.bags import Ticks
from apothecary.pickup.models import Counsel, Identifier, Method, Relationship

LONGEST_ID = 18
AIM_PREFIX = re.compile(r"\][A-Za-z][0-9A-Za-z]")
BIN = re.compile(r"[A-Z0-9][A-Z0-9 .-]{0,9}", re.ASCII)
OWN_CODE = re.compile(r"BAG[0-9]+|RX[0-9]+-.*", re.ASCII)


@dataclass(frozen=True, slots=True)
class TypedSale:
    """The bags that leave and who takes them."""

    fill_ids: list[int]
    receiver: Receiver


def numbers(typed: QueryDict, name: str) -> list[int]:
    """The row numbers ticked under a name; what is no number was not ticked on our page."""
    return [
        int(value)
        for value in typed.getlist(name)
        if value.isascii() and value.isdigit() and len(value) <= LONGEST_ID
    ]


def read_ticks(typed: QueryDict, *, scanned: int | None) -> Ticks:
    """The ticks of the bags as the page sent them, and the bag just scanned."""
    in_hand = {*numbers(typed, "in_hand"), *([scanned] if scanned else [])}
    return Ticks(
        chosen=frozenset(numbers(typed, "fill_ids")),
        in_hand=frozenset(in_hand),
        method=typed.get("method", ""),
    )


def read_sale(typed: QueryDict) -> TypedSale:
    """The sale, or a refusal that names every field at fault; the action asks for the rest."""
    refuse_if(sale_problems(typed))
    receiver = Receiver(
        name=" ".join(typed.get("receiver", "").split()),
        relationship=typed.get("relationship", ""),
        identifiers=tuple(typed.getlist("identifiers")),
        counsel=typed.get("counsel", Counsel.NOT_OFFERED),
        signature=typed.get("signature", ""),
        method=typed.get("method", ""),
        known="known" in typed,
        id_kind=typed.get("id_kind", ""),
        id_number=typed.get("id_number", "").strip(),
        id_state=typed.get("id_state", "").strip().upper()[:2],
        counsellor_initials=typed.get("counsellor_initials", ""),
        counsellor_pin=typed.get("counsellor_pin", ""),
    )
    return TypedSale(numbers(typed, "fill_ids"), receiver)


def sale_problems(typed: QueryDict) -> list[Problem]:
    """What cannot be read of the sale."""
    problems = [
        Problem(says, field=name)
        for name, allowed, says in (
            ("relationship", Relationship.values, "Who takes it: the patient, or whom else?"),
            ("method", Method.values, "How is it paid?"),
            ("counsel", [*Counsel.values, None], "Counselling: wanted or refused?"),
        )
        if typed.get(name) not in allowed
    ]
    if not set(typed.getlist("identifiers")) <= set(Identifier.values):
        problems.append(Problem("That is no identifier.", field="identifiers"))
    return problems


def read_bin(typed: str) -> str:
    """The bin that was scanned or typed; the code of a bag or of a bottle is no bin."""
    name = " ".join(AIM_PREFIX.sub("", typed.strip(), count=1).upper().split())
    if OWN_CODE.fullmatch(name):
        raise refuse("That is a bag. Scan or type the bin it lies in.", field="bin")
    if name and not BIN.fullmatch(name):
        says = "That is no bin: a bin is up to ten letters and digits, such as B-14."
        raise refuse(says, field="bin")
    return name
