"""`python -m simulators.monitoring`: the monitoring programme as a process of its own."""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from threading import Thread

from simulators.lifetime import until_told_to_stop
from simulators.monitoring.books import Books
from simulators.monitoring.web import FAULTS, Desk, server


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulators.monitoring",
        description="A monitoring programme: POST a report, GET /history, GET /office.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=9721, help="0 = a free one")
    parser.add_argument("--certificate", type=Path, help="PEM file: listen over TLS")
    parser.add_argument("--key", type=Path, help="PEM file of the certificate's key")
    parser.add_argument("--credential", default="", help="bearer token callers must send")
    parser.add_argument("--state", type=Path, help="file that keeps what was taken")
    parser.add_argument(
        "--refuse-dea", action="append", default=[], help="a prescriber it does not know"
    )
    parser.add_argument(
        "--fault", action="append", default=[], choices=FAULTS, help="for the next files"
    )
    parser.add_argument(
        "--stop-with-parent", action="store_true", help="end when the starting process is gone"
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run until told to stop; 2 when an option or an address is bad."""
    parent = os.getppid()
    options = _parser().parse_args(arguments)
    desk = Desk(Books(set(options.refuse_dea)), list(options.fault), options.credential)
    if options.state:
        desk.books.remember(options.state)
    tls = (options.certificate, options.key) if options.certificate else None
    try:
        made = server(desk, options.host, options.port, tls=tls)
    except (OSError, OverflowError) as error:
        print(f"monitoring: {error}", file=sys.stderr)
        return 2
    with made:
        Thread(target=made.serve_forever, daemon=True).start()
        scheme = "https" if tls else "http"
        print(f"monitoring: ready on {scheme}://{options.host}:{made.server_port}", flush=True)
        watched = parent if options.stop_with_parent else None
        asyncio.run(until_told_to_stop(asyncio.Event(), parent=watched))
        made.shutdown()
    print(f"monitoring: stopped after {len(desk.books.answers)} files", flush=True)
    return 0
