"""How simulators end: told by a signal, told by an event, or left alone by their parent."""

import asyncio
import os
import signal
import time

import pytest

from simulators.lifetime import rest, until_told_to_stop


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_sets_the_event_and_ends_the_wait(number: signal.Signals) -> None:
    async def live() -> bool:
        stop = asyncio.Event()
        waiting = asyncio.create_task(until_told_to_stop(stop, parent=None))
        await asyncio.sleep(0)
        os.kill(os.getpid(), number)
        await asyncio.wait_for(waiting, 2)
        return stop.is_set()

    assert asyncio.run(live())


def test_the_wait_ends_at_once_when_already_told() -> None:
    async def live() -> None:
        stop = asyncio.Event()
        stop.set()
        await asyncio.wait_for(until_told_to_stop(stop, parent=os.getppid()), 1)

    asyncio.run(live())


def test_a_rest_is_cut_short_by_the_event() -> None:
    async def live() -> float:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.05, stop.set)
        begun = time.monotonic()
        await rest(stop, 30)
        return time.monotonic() - begun

    assert asyncio.run(live()) < 5


def test_a_rest_lasts_as_long_as_asked() -> None:
    async def live() -> float:
        begun = time.monotonic()
        await rest(asyncio.Event(), 0.1)
        return time.monotonic() - begun

    assert asyncio.run(live()) >= 0.1


def test_the_wait_ends_when_the_parent_is_another_one() -> None:
    async def live() -> bool:
        stop = asyncio.Event()
        await asyncio.wait_for(until_told_to_stop(stop, parent=os.getppid() + 1), 1)
        return stop.is_set()

    assert not asyncio.run(live())


def test_the_wait_goes_on_while_the_parent_lives() -> None:
    async def live() -> None:
        waiting = until_told_to_stop(asyncio.Event(), parent=os.getppid())
        await asyncio.wait_for(waiting, 0.1)

    with pytest.raises(TimeoutError):
        asyncio.run(live())
