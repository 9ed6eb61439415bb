"""Sending: at a Poisson pace, patiently when the house is down, with every answer judged."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from simulators.lifetime import rest
from simulators.prescriber.judge import Answer, read_answer, wrongs
from simulators.prescriber.post import Mailbox, Reply, Unreachable
from simulators.prescriber.practice import Draft, Practice

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 30.0


class NotLetIn(Exception):
    """The house does not take our credential; nothing more can be sent."""


@dataclass
class Report:
    """What was sent and how it was answered."""

    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[dict[str, object]] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    waits: int = 0

    def as_json(self) -> dict[str, object]:
        """For the last line and the report file."""
        return {
            "sent": sum(self.answers.values()),
            "answers": dict(sorted(self.answers.items())),
            "wrong": self.wrong,
            "unanswered": self.unanswered,
            "waits": self.waits,
        }


class Rounds:
    """One run of sending. `per_second` None means without pause."""

    def __init__(
        self, practice: Practice, mailbox: Mailbox, *, seed: int, per_second: float | None,
        give_up_after: float | None, write: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._practice, self._mailbox = practice, mailbox
        self._per_second, self._give_up_after = per_second, give_up_after
        self._timing = Random(f"timing/{seed}")
        self._write = write
        self.report = Report()

    async def go(self, kinds: Callable[[], str | None], stop: asyncio.Event) -> None:
        """Send what `kinds` names, until it gives None or we are told to stop."""
        while not stop.is_set() and (kind := kinds()) is not None:
            await self.send(self._practice.compose(kind), stop)
            if self._per_second is not None:
                await rest(stop, self._timing.expovariate(self._per_second))

    async def send(self, draft: Draft, stop: asyncio.Event) -> None:
        """Post one message until it is answered; the same MessageID each time."""
        wait, waited = FIRST_WAIT_SECONDS, 0.0
        while not stop.is_set():
            try:
                reply = await self._mailbox.post(draft.raw)
            except Unreachable as error:
                if self._give_up_after is not None and waited >= self._give_up_after:
                    break
                pause = wait * self._timing.uniform(0.8, 1.2)
                print(
                    f"prescriber: house is down ({error}), again in {pause:.1f} s", flush=True
                )
                self.report.waits += 1
                await rest(stop, pause)
                waited, wait = waited + pause, min(wait * 2, LONGEST_WAIT_SECONDS)
                continue
            if reply.status in {401, 403}:
                raise NotLetIn(f"HTTP {reply.status}: the house does not take this credential")
            self._judge(draft, reply)
            return
        self.report.unanswered.append(draft.order.message_id)

    def _judge(self, draft: Draft, reply: Reply) -> None:
        answer = read_answer(reply)
        found = wrongs(draft.expected, reply, answer)
        if answer.kind == "status":
            self._practice.accepted(draft)
        self.report.answers[f"{draft.kind}: {answer.outcome}"] += 1
        says = f"{draft.kind} {draft.order.message_id} -> {answer.outcome}"
        if found:
            says += f" WRONG: {'; '.join(found)}"
            self.report.wrong.append(
                {"message_id": draft.order.message_id, "kind": draft.kind, "wrong": found}
            )
        print(f"prescriber: {says}", flush=True)
        self._write(_log_line(draft, reply, answer, found))


def _log_line(draft: Draft, reply: Reply, answer: Answer, found: list[str]) -> str:
    entry = {
        "at": datetime.now(UTC).isoformat(),
        "kind": draft.kind,
        "message_id": draft.order.message_id,
        "http": reply.status,
        "answer": answer.outcome,
        "description": answer.description,
        "wrong": found,
        "sent": draft.raw.decode("utf-8", "replace"),
        "got": reply.body.decode("utf-8", "replace"),
    }
    return json.dumps(entry)
