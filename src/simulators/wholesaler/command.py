"""`python -m simulators.wholesaler`: the wholesalers as a process of their own."""

import argparse
import asyncio
import os
import sqlite3
import sys
from datetime import date
from pathlib import Path

from simulators.lifetime import rest, until_told_to_stop
from simulators.wholesaler.admin import Admin
from simulators.wholesaler.catalogue import read_catalogue
from simulators.wholesaler.clock import Clock
from simulators.wholesaler.drop import Drop
from simulators.wholesaler.faults import KINDS, BadFault, Faults, read_fault_text
from simulators.wholesaler.houses import read_trade
from simulators.wholesaler.memory import Memory
from simulators.wholesaler.ordering_authority import make_authority
from simulators.wholesaler.shop import Shop
from simulators.wholesaler.web import Web
from simulators.wholesaler.yard import Yard

PUMP_SECONDS = 0.2
ANSWER_WITHIN = 86400


def _parser() -> argparse.ArgumentParser:
    kinds = "; ".join(f"{kind}: {says}" for kind, says in KINDS.items())
    parser = argparse.ArgumentParser(
        prog="python -m simulators.wholesaler",
        description="Drug wholesalers: X12 004010, EPCIS, and a reverse distributor.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=9711, help="papers' port, 0 = a free one")
    parser.add_argument("--admin-port", type=int, help="JSON page on loopback, 0 = a free one")
    parser.add_argument("--tls", type=Path, help="folder of the line's own certificate")
    parser.add_argument("--credential", default="", help="bearer token callers must send")
    parser.add_argument("--drop", type=Path, help="folder of the wholesaler that takes files")
    parser.add_argument(
        "--csos", type=Path, help="folder of the authority for electronic orders"
    )
    parser.add_argument("--state", default=":memory:", help="SQLite file for the books")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same lots and serials")
    parser.add_argument("--today", type=date.fromisoformat, help="begin on that day, at midday")
    parser.add_argument("--ship-after", type=int, help="seconds; without it, ship when told")
    parser.add_argument("--arrive-after", type=int, default=0, help="seconds on the road")
    parser.add_argument("--credit-after", type=int, help="seconds; without it, when told")
    parser.add_argument(
        "--answer-within", type=int, default=ANSWER_WITHIN, help="seconds a 997 may take"
    )
    parser.add_argument("--no-catalogues", action="store_true", help="send no 832 at the start")
    parser.add_argument(
        "--fault", action="append", default=[], help=f"KIND[:name=value,…], repeatable. {kinds}"
    )
    parser.add_argument(
        "--stop-with-parent", action="store_true", help="end when the starting process is gone"
    )
    return parser


def _shop(options: argparse.Namespace) -> Shop:
    trade, clock, faults = read_trade(), Clock(), Faults()
    if options.today:
        clock.begin(options.today)
    memory = Memory(options.state)
    clock.catch_up(memory.latest())
    for text in options.fault:
        faults.add(read_fault_text(text, houses=trade.keys))
    return Shop(
        trade, read_catalogue(), memory, faults, clock, options.seed,
        options.ship_after, options.arrive_after, options.credit_after,
    )  # fmt: skip


def _trust(folder: Path | None, shop: Shop) -> Path | None:
    """Whom the desk for electronic orders believes: made there if nobody is yet."""
    return make_authority(folder, dea=shop.trade.pharmacy.dea) if folder else None


async def _work(yard: Yard, drop: Drop | None, stop: asyncio.Event) -> None:
    while not stop.is_set():
        yard.pump()
        if drop is not None:
            drop.work()
        await rest(stop, PUMP_SECONDS)


async def _run(options: argparse.Namespace, parent: int | None) -> None:
    shop = _shop(options)
    trust = _trust(options.csos, shop)
    yard = Yard(shop, trust=trust)
    if not options.no_catalogues:
        yard.open_shop()
    drop = Drop(yard, options.drop) if options.drop else None
    web = Web(yard, credential=options.credential, folder=options.tls)
    admin = Admin(yard, web, answer_within=options.answer_within)
    scheme = "https" if options.tls else "http"
    port = await web.start(options.host, options.port)
    says = f"wholesaler: ready on {scheme}://{options.host}:{port}"
    if options.admin_port is not None:
        says += f" admin 127.0.0.1:{await admin.door.open('127.0.0.1', options.admin_port)}"
    print(says, flush=True)
    if yard.shop.faults.take("dead"):
        await web.door.close()
    stop = asyncio.Event()
    working = asyncio.create_task(_work(yard, drop, stop))
    waiting = asyncio.create_task(until_told_to_stop(stop, parent=parent))
    # Whichever ends first: a desk that breaks must not leave a deaf process behind.
    await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await web.door.close()
    await admin.door.close()
    await working
    yard.shop.memory.close()
    print(f"wholesaler: stopped after {len(yard.log)} interchanges", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run until told to stop; 2 when an option or an address is bad."""
    parent = os.getppid()
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_run(options, parent if options.stop_with_parent else None))
    except (BadFault, OSError, OverflowError, sqlite3.Error) as error:
        print(f"wholesaler: {error}", file=sys.stderr)
        return 2
    return 0
