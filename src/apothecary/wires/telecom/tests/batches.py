"""Batches of our own for the tests, and what a test asks of one."""

from datetime import datetime

from apothecary.wires.errors import Fault, Malformed
from apothecary.wires.telecom.batch import BatchCheck, BatchHeader, records, write_batch
from apothecary.wires.telecom.tests.messages import BILLING

CREATED = datetime(2026, 1, 15, 9, 30)  # noqa: DTZ001 - the sender's wall clock, by the format
HEAD = BatchHeader("T", "STORE1", 7, CREATED, "PAYER9")
ANSWERS = BatchHeader("R", "PAYER9", 7, CREATED, "STORE1", file_type="P")
ASKED = [("A1", BILLING), ("A2", BILLING), ("A3", BILLING)]
WHOLE = b"".join(write_batch(HEAD, ASKED))


def parts(raw: bytes = WHOLE) -> list[bytes]:
    return [record.to_bytes() for record in records([raw])]


def faults(raw: bytes) -> list[Fault]:
    check = BatchCheck()
    found = [fault for record in records([raw]) for fault in check.see(record)]
    return found + check.end()


def said(raw: bytes) -> list[str]:
    return [str(fault) for fault in faults(raw)]


def readable(raw: bytes) -> list[str]:
    """The reference numbers of the details whose transmission can be read."""
    found = []
    for record in records([raw]):
        try:
            record.message()
        except Malformed:
            continue
        found.append(record.reference)
    return found
