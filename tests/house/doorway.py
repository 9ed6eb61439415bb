"""Every address of the house, and a world in which each of them leads somewhere."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

TABLE = Path(__file__).with_name("doors.csv")
# Parts of an address of which the world makes none: there the answer is "no such thing".
NOT_MADE = (
    *("claim_id", "sale_id", "image_id", "finding_id", "scan_id", "print_id", "photo_id"),
    *(
        "sig_code_id",
        "file_id",
        "remittance_id",
        "difference_id",
        "coverage_id",
        "inquiry_id",
        "place",
    ),
    "authorization_id",
    *("order_id", "line_id", "answer_id", "receipt_id", "received_id", "invoice_id"),
    *("paper_id", "item_id", "wholesaler_id", "record_id", "look_up_id"),
    *("place_id", "sheet_id"),
    *("recall_id", "hit_id", "call_id"),
    "loss_id",
    *("count_id", "case_id", "inventory_id", "power_id", "paper"),
    *("shipment_id", "credit_id", "container_id", "hand_over_id", "destruction_id"),
    *("transfer_id", "certificate_id"),
    "oral_id",
    *("day", "incident_id", "task_id"),
    *("case_id", "form_id", "notice_id", "document_id", "traced_id", "verification_id"),
)
PART = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Door:
    """One row of the table: an address, a method, and the duty it takes.

    ``duty`` is a duty's name, "signed on" (everybody who is), or "open" (its own credential).
    """

    url: str
    method: str
    duty: str

    def address(self, parts: dict[str, object]) -> str:
        """The address with its parts filled in."""
        return "/" + PART.sub(lambda found: str(parts[found[1]]), self.url)


def table() -> list[Door]:
    """The rows of `doors.csv`."""
    with TABLE.open() as rows:
        return [Door(row["url"], row["method"], row["duty"]) for row in csv.DictReader(rows)]


def addresses() -> Iterator[tuple[str, Any]]:
    """Every address that Django answers, with its view."""
    yield from walk(get_resolver().url_patterns, "")


def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, before + str(pattern.pattern))
        else:
            yield before + str(pattern.pattern), pattern.callback


def knock(client: Any, door: Door, parts: dict[str, object]) -> Any:
    """Ask at a door as a browser or, under /api/, as a program does."""
    there = door.address(parts)
    if door.method == "GET":
        return client.get(there)
    if door.url.startswith("api/"):
        return client.post(there, data=json.dumps({}), content_type="application/json")
    return client.post(there, data={"because": "because", "key": "k"})
