"""`python -m simulators.prescriber`: the prescribers as a process of its own."""

import argparse
import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from simulators.lifetime import until_told_to_stop
from simulators.prescriber.flaws import FLAWS
from simulators.prescriber.post import BadAddress, Mailbox
from simulators.prescriber.practice import KINDS, Practice
from simulators.prescriber.rounds import NotLetIn, Report, Rounds
from simulators.prescriber.world import read_world

_SECONDS = {"s": 1, "sec": 1, "min": 60, "h": 3600, "hour": 3600, "day": 86400}
LAST_ANSWER_SECONDS = 2.0
RIGHT, WRONG, BAD_OPTION, UNANSWERED = 0, 1, 2, 3


def read_pace(text: str) -> float | None:
    """Messages a second from `20/min`; None for `max`, which means without pause."""
    if text == "max":
        return None
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)/(s|sec|min|h|hour|day)", text)
    if not found or float(found[1]) <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 20/min, 2/s, 300/day or max")
    return float(found[1]) / _SECONDS[found[2]]


def read_share(text: str) -> float:
    """A share between 0 and 1."""
    if not re.fullmatch(r"0|1|0?\.[0-9]+|[01]\.[0-9]*", text) or float(text) > 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and 1")
    return float(text)


def _parser() -> argparse.ArgumentParser:
    flaws = "; ".join(f"{name}: {flaw.says}" for name, flaw in FLAWS.items())
    parser = argparse.ArgumentParser(
        prog="python -m simulators.prescriber",
        description="Prescribers who send SCRIPT 2017071 messages to a pharmacy over HTTP.",
        epilog="Exit code: 0 all answers right, 1 a wrong one, 2 bad option, 3 not answered.",
    )
    parser.add_argument("--to", required=True, help="address, as http://127.0.0.1:8000/script")
    parser.add_argument("--token", required=True, help="the partner's token")
    parser.add_argument("--user", default="", help="send it as Basic password of this user")
    parser.add_argument("--pace", type=read_pace, default="20/min", help="20/min, 2/s, max")
    parser.add_argument("--flawed", type=read_share, default="0", help="share of flawed ones")
    parser.add_argument("--flaw", choices=list(FLAWS), help=f"send one with this flaw. {flaws}")
    parser.add_argument(
        "--once",
        choices=KINDS,
        help="send one of this kind (repeat, cancel: a newrx before it)",
    )
    parser.add_argument("--count", type=int, help="stop after that many messages")
    parser.add_argument("--seed", type=int, help="same seed, same messages; default: the time")
    parser.add_argument("--run", help="part of every MessageID; default: the time")
    parser.add_argument("--today", type=date.fromisoformat, help="date on the prescriptions")
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds for an answer")
    parser.add_argument(
        "--give-up-after", type=float, help="seconds to wait for a house that is down"
    )
    parser.add_argument("--log", type=Path, help="append every exchange as a JSON line")
    parser.add_argument("--report", type=Path, help="write the closing report as JSON")
    parser.add_argument(
        "--stop-with-parent", action="store_true", help="end when the starting process is gone"
    )
    return parser


def _kinds(options: argparse.Namespace, practice: Practice) -> Callable[[], str | None]:
    """What to send next, by the options; None when done."""
    once = options.flaw or options.once
    if once:
        listed = ["newrx", once] if once in {"repeat", "cancel"} else [once]
        return lambda: listed.pop(0) if listed else None
    left = [options.count]

    def following() -> str | None:
        if left[0] is not None:
            if left[0] <= 0:
                return None
            left[0] -= 1
        return practice.next_kind(options.flawed)

    return following


async def _run(
    options: argparse.Namespace, parent: int | None, write: Callable[[str], None]
) -> Report:
    moment = time.time_ns()
    seed = options.seed if options.seed is not None else moment % 2**32
    practice = Practice(
        read_world(), seed=seed, run=options.run or f"{moment // 10**6:x}", today=options.today
    )
    mailbox = Mailbox(
        options.to, token=options.token, user=options.user, timeout=options.timeout
    )
    once = bool(options.flaw or options.once)
    rounds = Rounds(
        practice, mailbox, seed=seed, per_second=None if once else options.pace,
        give_up_after=options.give_up_after, write=write,
    )  # fmt: skip
    stop = asyncio.Event()
    print(f"prescriber: ready, seed {seed}", flush=True)
    alive = asyncio.create_task(until_told_to_stop(stop, parent=parent))
    sending = asyncio.create_task(rounds.go(_kinds(options, practice), stop))
    await asyncio.wait({alive, sending}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await asyncio.wait({sending}, timeout=LAST_ANSWER_SECONDS)
    for task in (alive, sending):
        task.cancel()
    ended = await asyncio.gather(sending, alive, return_exceptions=True)
    if isinstance(ended[0], Exception):
        raise ended[0]
    return rounds.report


def main(arguments: list[str] | None = None) -> int:
    """Send as the options say; the exit code tells how the house answered."""
    parent = os.getppid()
    options = _parser().parse_args(arguments)
    watched = parent if options.stop_with_parent else None
    with ExitStack() as open_files:
        try:
            write: Callable[[str], None] = lambda line: None  # noqa: E731
            if options.log:
                log = open_files.enter_context(options.log.open("a", encoding="utf-8"))
                write = lambda line: print(line, file=log, flush=True)  # noqa: E731
            report = asyncio.run(_run(options, watched, write))
            summary = json.dumps(report.as_json())
            if options.report:
                options.report.write_text(summary + "\n", encoding="utf-8")
        except (BadAddress, OSError) as error:
            print(f"prescriber: {error}", file=sys.stderr)
            return BAD_OPTION
        except NotLetIn as error:
            print(f"prescriber: {error}", file=sys.stderr)
            return UNANSWERED
    print(f"prescriber: stopped {summary}", flush=True)
    if report.wrong:
        return WRONG
    return UNANSWERED if report.unanswered else RIGHT
