"""How long a simulator lives: until SIGTERM, SIGINT, or the death of whoever started it."""

import asyncio
import os
import signal

PARENT_CHECK_SECONDS = 0.5


async def until_told_to_stop(stop: asyncio.Event, *, parent: int | None) -> None:
    """Return once a signal came, `stop` was set, or the parent of that number is gone.

    A parent killed with -9 sends no signal; the process is then handed to another parent, and
    that change is what is watched. The number must be taken first thing in the process: asked
    for later, a parent already dead would go unnoticed for ever. None watches nobody.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    while not stop.is_set():
        if parent is not None and os.getppid() != parent:
            return
        await rest(stop, PARENT_CHECK_SECONDS)


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait that long, or less when told to stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
