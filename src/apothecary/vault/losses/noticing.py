"""The notice in writing: the house writes it, a pharmacist sends it and says when and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.losses.drafting import Substance, substances_of
from apothecary.vault.losses.models import Loss, LossLine, LossNotice
from apothecary.vault.losses.reporting import lock_loss
from apothecary.vault.losses.rules import (
    LONGEST_WORDS,
    clocks,
    late_problems,
    notice_problems,
    time_problems,
    turn_problems,
    words_problems,
)
from apothecary.vault.losses.states import Kind, Outcome, Purpose, State, Way

CITE = "21 CFR 1301.76(b)"
IS = {
    Kind.THEFT: "theft of controlled substances",
    Kind.LOSS: "significant loss of controlled substances",
    Kind.TRANSIT: "significant loss of controlled substances in transit",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """How a notice went out: to which office, by which way, under which number, when."""

    to: str
    way: Way
    reference: str = ""
    at: datetime | None = None
    because: str = ""


@transaction.atomic
def give_notice(*, by: Worker, loss_id: int, sent: Sent) -> LossNotice:
    """Write down that DEA was told of a loss, with the words that went out."""
    by.must(Duty.SIGN_LOSS)
    loss = lock_loss(by=by, loss_id=loss_id)
    at, known = sent.at or by.at, loss.known()
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    problems = notice_problems(
        known, sent_at=at, discovered_at=loss.discovered_at, now=by.at, on=by.today
    )
    refuse_if(problems + sent_problems(sent))
    told_on = pharmacy.day_of(at)
    refuse_if(late_problems(clocks(known, on=by.today)[0], told_on, sent.because))
    text = notice_text(loss, lines_of(loss), pharmacy, signed=by.name, at=at)
    notice = keep(loss, Purpose.LOSS, text, sent, by=by)
    loss.state, loss.noticed_on = State.NOTICED.value, told_on
    loss.save(update_fields=["state", "noticed_on"])
    return notice


@transaction.atomic
def take_notice_back(*, by: Worker, loss_id: int, because: str, sent: Sent) -> LossNotice:
    """Tell DEA that nothing was lost after all: no Form 106 follows, and the loss is closed."""
    by.must(Duty.SIGN_LOSS)
    loss = lock_loss(by=by, loss_id=loss_id)
    at = sent.at or by.at
    problems = words_problems(because, field="because", what="what was found")
    if loss.state != State.NOTICED:
        problems += turn_problems(loss.known(), State.NOTICED) or [
            Problem("No notice of it was given.", code="loss-state")
        ]
    problems += time_problems(at, first=loss.discovered_at, now=by.at, field="sent_at")
    refuse_if(problems + sent_problems(sent))
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    text = withdrawal_text(loss, pharmacy, because=because.strip(), signed=by.name, at=at)
    notice = keep(loss, Purpose.NO_LOSS, text, sent, by=by)
    loss.state, loss.outcome = State.CLOSED.value, Outcome.WITHDRAWN.value
    loss.closed_at, loss.closed_by_id = by.at, by.somebody
    loss.closed_because = because.strip()
    loss.save()
    return notice


def sent_problems(sent: Sent) -> list[Problem]:
    """Why this is not how a notice goes out: somebody got it, under a number if it has one."""
    problems = words_problems(sent.to, field="to", what="which office was told")
    if len(sent.reference) > LONGEST_WORDS:
        problems.append(Problem("Too long.", code="too-long", field="reference"))
    if len(sent.because) > LONGEST_WORDS:
        problems.append(Problem("Too long.", code="too-long", field="because"))
    return problems


def keep(loss: Loss, purpose: Purpose, text: str, sent: Sent, *, by: Worker) -> LossNotice:
    """The notice as it went out, and that it did."""
    notice = LossNotice.objects.create(
        pharmacy_id=by.pharmacy_id,
        loss=loss,
        purpose=purpose.value,
        to=sent.to.strip(),
        way=sent.way.value,
        reference=sent.reference.strip(),
        text=text,
        sent_at=sent.at or by.at,
        written_at=by.at,
        by_id=by.somebody,
        by_name=by.name,
        late_because=sent.because.strip(),
    )
    did = Deed.LOSS_NOTICED if purpose is Purpose.LOSS else Deed.LOSS_NOTICE_TAKEN_BACK
    said = {"to": notice.to, "way": notice.way, "reference": notice.reference,
            "sent": notice.sent_at, "late": notice.late_because}  # fmt: skip
    record(by=by, did=did, about=loss, details=said)
    return notice


def lines_of(loss: Loss) -> list[LossLine]:
    """What is missing, with its packages (1 query)."""
    rows = LossLine.objects.filter(pharmacy_id=loss.pharmacy_id, loss=loss)
    return list(rows.select_related("package__product", "lot", "place").order_by("id"))


def notice_text(
    loss: Loss, lines: Sequence[LossLine], pharmacy: Pharmacy, *, signed: str, at: datetime
) -> str:
    """The notice in words: who, what, when, how much, and that the form follows."""
    zone = ZoneInfo(pharmacy.time_zone)
    found = loss.discovered_at.astimezone(zone)
    return "\n".join(
        [
            *letterhead(pharmacy, at),
            f"Notice of {IS.get(Kind(loss.kind), loss.kind)} under {CITE}; our number {loss}.",
            "",
            f"On {found:%m/%d/%Y} at {found:%H:%M} we discovered a"
            f" {IS.get(Kind(loss.kind), loss.kind)} at the registered location above.",
            f"What was found: {loss.what}",
            "",
            *(in_words(each) for each in substances_of(lines)),
            "",
            "A DEA Form 106 follows within 45 calendar days of the discovery.",
            "",
            f"{signed}, pharmacist, for the registrant",
        ]
    )


def withdrawal_text(
    loss: Loss, pharmacy: Pharmacy, *, because: str, signed: str, at: datetime
) -> str:
    """The words with which a notice is taken back."""
    told = f"{loss.noticed_on:%m/%d/%Y}" if loss.noticed_on else ""
    return "\n".join(
        [
            *letterhead(pharmacy, at),
            f"Our notice of {told} under {CITE}; our number {loss}.",
            "",
            "We have since found that no theft or significant loss has occurred:",
            because,
            "",
            "Therefore no DEA Form 106 is filed.",
            "",
            f"{signed}, pharmacist, for the registrant",
        ]
    )


def letterhead(pharmacy: Pharmacy, at: datetime) -> list[str]:
    """Who writes and when."""
    zone = ZoneInfo(pharmacy.time_zone)
    return [
        pharmacy.name,
        f"{pharmacy.street}, {pharmacy.city}, {pharmacy.state} {pharmacy.postal_code}",
        f"Telephone {pharmacy.phone}; DEA registration {pharmacy.dea}",
        f"{at.astimezone(zone):%m/%d/%Y}",
        "",
    ]


def in_words(each: Substance) -> str:
    """A drug of the notice on one line."""
    return (
        f"- {each['name']} {each['strength']} {each['form']}, NDC {each['ndc']},"
        f" package of {each['package_size']}: {each['quantity']} missing"
    )
