"""How long a simulator lives: until SIGTERM, SIGINT, or the death of whoever started it."""

import asyncio
import os
import signal

PARENT_CHECK_SECONDS = 0.5


async def until_told_to_stop(stop: asyncio.Event, *, with_parent: bool) -> None:
    """Return once a signal came, `stop` was set, or (when asked for) the parent is gone.

    A parent killed with -9 sends no signal; the process is then handed to another parent, and
    that change of parent is what is watched.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    parent = os.getppid()
    while not stop.is_set():
        if with_parent and os.getppid() != parent:
            return
        await rest(stop, PARENT_CHECK_SECONDS)


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait that long, or less when told to stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
