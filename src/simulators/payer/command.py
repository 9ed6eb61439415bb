"""`python -m simulators.payer`: the payer as a process of its own."""

import argparse
import asyncio
import os
import sqlite3
import sys
from datetime import date
from pathlib import Path

from simulators.lifetime import until_told_to_stop
from simulators.payer.admin import Admin
from simulators.payer.clock import Clock
from simulators.payer.desk import Desk
from simulators.payer.epa import Epa
from simulators.payer.faults import KINDS, BadFault, Faults, read_fault_text
from simulators.payer.line import Line
from simulators.payer.memory import Memory
from simulators.payer.plans import read_books
from simulators.payer.remittance.paying import Remitting
from simulators.payer.web import Web


def _parser() -> argparse.ArgumentParser:
    kinds = "; ".join(f"{kind}: {says}" for kind, says in KINDS.items())
    parser = argparse.ArgumentParser(
        prog="python -m simulators.payer",
        description="An NCPDP D.0 payer over TCP. Frames are STX, transmission, ETX.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=9701, help="claims port, 0 = a free one")
    parser.add_argument("--admin-port", type=int, help="JSON page on loopback, 0 = a free one")
    parser.add_argument("--web-port", type=int, help="POST /claims over HTTP, 0 = a free one")
    parser.add_argument("--epa-port", type=int, help="POST /epa (SCRIPT PA), 0 = a free one")
    parser.add_argument("--tls", type=Path, help="folder of the web link's own certificate")
    parser.add_argument("--credential", default="", help="bearer or Basic password of the web")
    parser.add_argument("--remittances", type=Path, help="folder the 835 files are put into")
    parser.add_argument(
        "--remit-every",
        type=int,
        default=0,
        metavar="SECONDS",
        help="pay by itself so often, when there is something to pay; 0 pays when told to",
    )
    parser.add_argument("--seed", type=int, default=1, help="same seed, same behaviour")
    parser.add_argument("--state", default=":memory:", help="SQLite file for the claim memory")
    parser.add_argument("--today", type=date.fromisoformat, help="fix the payer's calendar")
    parser.add_argument(
        "--fault", action="append", default=[], help=f"KIND[:name=value,…], repeatable. {kinds}"
    )
    parser.add_argument(
        "--stop-with-parent", action="store_true", help="end when the starting process is gone"
    )
    return parser


async def _keep_remitting(remitting: Remitting, clock: Clock, *, every: int) -> None:
    while True:
        await asyncio.sleep(every)
        made = remitting.remit_due(clock.moment())
        if made is not None:
            print(f"payer: remittance {made.name}, {len(made.payments)} payments", flush=True)


async def _run(options: argparse.Namespace, parent: int | None) -> None:
    clock, faults = Clock(options.today), Faults(options.seed)
    for text in options.fault:
        faults.add(read_fault_text(text))
    memory = Memory(options.state)
    books = read_books()
    desk = Desk(books, memory, seed=options.seed, today=clock.today, now=clock.now)
    line = Line(desk, faults, host=options.host, port=options.port)
    remitting = Remitting(books, memory, folder=options.remittances)
    admin = Admin(line, clock, remitting)
    web = Web(line, credential=options.credential, folder=options.tls)
    await line.up()
    says = f"payer: ready on {options.host}:{line.port}"
    if options.admin_port is not None:
        says += f" admin 127.0.0.1:{await admin.start('127.0.0.1', options.admin_port)}"
    if options.web_port is not None:
        scheme = "https" if options.tls else "http"
        says += (
            f" web {scheme}://{options.host}:{await web.start(options.host, options.web_port)}"
        )
    epa = Epa(line)
    if options.epa_port is not None:
        says += f" epa http://{options.host}:{await epa.start(options.host, options.epa_port)}"
    print(says, flush=True)
    every = options.remit_every
    paying = [_keep_remitting(remitting, clock, every=every)] if every > 0 else []
    tasks = [asyncio.create_task(one) for one in paying]
    await until_told_to_stop(asyncio.Event(), parent=parent)
    for task in tasks:
        task.cancel()
    await line.down()
    await admin.stop()
    await web.stop()
    await epa.stop()
    memory.close()
    print(f"payer: stopped after {line.seen} requests", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run until told to stop; 2 when an option or an address is bad."""
    parent = os.getppid()
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_run(options, parent if options.stop_with_parent else None))
    except (BadFault, OSError, OverflowError, sqlite3.Error) as error:
        print(f"payer: {error}", file=sys.stderr)
        return 2
    return 0
