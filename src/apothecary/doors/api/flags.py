"""Red flags of controlled drugs: facts with the numbers they rest on, looked at by program."""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Sent
from apothecary.doors.asking import worker_of
from apothecary.staff.duties import Duty
from apothecary.vault.unusual.looking import (
    MOST_AT_ONCE,
    Seen,
    Shown,
    look_at,
    opened_lately,
    shown,
)

router = Router(tags=["vault"])
LONGEST = 500


class SeenIn(Sent):
    """A flag in the words in which it was shown."""

    kind: str = Field(max_length=LONGEST)
    subject: str = Field(max_length=LONGEST)
    says: str = Field(max_length=LONGEST)

    def seen(self) -> Seen:
        return Seen(self.kind, self.subject, self.says)


class LookIn(Sent):
    """What was found about one flag or several."""

    flags: list[SeenIn] = Field(min_length=1, max_length=MOST_AT_ONCE)
    because: str = Field(max_length=LONGEST)


class FlagOut(Schema):
    """A fact, from which number on it is shown, and by whose word; ``found`` once looked at."""

    kind: str
    subject: str
    about: str
    named: str
    says: str
    shown_from: str
    cite: str
    verified: str
    found: str
    looked_by: str
    looked_at: datetime | None


class FlagsOut(Schema):
    """``opened_on``: the day the book began, where it lies in what is compared: what came in
    that day is no order.
    """

    opened_on: date | None
    flags: list[FlagOut]


def flag_out(row: Shown) -> FlagOut:
    """A flag as a program reads it."""
    flag, looked, rests = row.flag, row.looked, row.flag.threshold
    return FlagOut(
        kind=flag.kind, subject=flag.subject, about=flag.about, named=flag.named,
        says=flag.says, shown_from=f"{rests.value} {rests.unit}", cite=rests.cite,
        verified=rests.verified, found=looked.because if looked else "",
        looked_by=looked.by_name if looked else "", looked_at=looked.at if looked else None,
    )  # fmt: skip


@router.get("/vault/flags", response={200: FlagsOut, **REFUSALS})
def flags(request: HttpRequest) -> FlagsOut:
    """Everything that passed its threshold, those nobody looked at first."""
    by = worker_of(request)
    by.must(Duty.REVIEW_FLAGS)
    rows = shown(pharmacy_id=by.pharmacy_id, today=by.today)
    opened = opened_lately(pharmacy_id=by.pharmacy_id, today=by.today)
    return FlagsOut(opened_on=opened, flags=[flag_out(row) for row in rows])


@router.post("/vault/flags/look", response={200: int, **REFUSALS})
def look(request: HttpRequest, sent: LookIn) -> int:
    """Say what was found: all of them, or none if one stands no more; answers how many."""
    seen = [each.seen() for each in sent.flags]
    return len(look_at(by=worker_of(request), seen=seen, because=sent.because))
