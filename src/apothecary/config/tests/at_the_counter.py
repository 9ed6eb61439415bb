"""A real browser at a counter of the world, for the browser tests of the rooms.

A test module takes it with `from apothecary.config.tests.at_the_counter import page`. Who sits
there is its `sits` mark: `pytest.mark.sits(Role.PHARMACIST)`; without one, the technician.
"""

import atexit
import functools
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from playwright.sync_api import Page, ViewportSize, sync_playwright

from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.workbench.tests.conftest import CHROMIUM
from apothecary.workbench.tests.unhurried import unhurried

if TYPE_CHECKING:  # the world is a plugin of pytest, which wants to import it first
    from apothecary.config.tests.world import World

BROWSER = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Patience costs nothing where the page answers; on a busy machine it tells slow from wrong.
PATIENCE_MS = 20_000
SCREEN = ViewportSize(width=1366, height=768)
START_S = 60


@functools.cache
def running_chromium() -> str:
    """The address of one Chromium for all tests of this process; it ends with the process.

    To start one takes more than most tests do; each test has a context of its own in it.
    """
    folder = tempfile.TemporaryDirectory(
        prefix="apothecary-chromium-", ignore_cleanup_errors=True
    )
    flags = ["--headless", "--no-sandbox", "--no-first-run", "--remote-debugging-port=0"]
    process = subprocess.Popen(
        [str(CHROMIUM), *flags, f"--user-data-dir={folder.name}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    atexit.register(folder.cleanup)
    atexit.register(process.wait)
    atexit.register(process.kill)
    said, give_up_at = Path(folder.name) / "DevToolsActivePort", time.monotonic() + START_S
    while not (said.exists() and said.read_text().count("\n")):
        assert time.monotonic() < give_up_at, f"Chromium did not start in {START_S} s"
        time.sleep(0.02)
    return f"http://127.0.0.1:{said.read_text().split()[0]}"


@pytest.fixture
def page(
    request: pytest.FixtureRequest, pharmacy: "World", live_server, monkeypatch
) -> Iterator[Page]:
    """A page at a counter where somebody has signed in."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is found: install it, e.g. apt-get install chromium")
    # Playwright's loop runs in this thread; the ORM is used between its calls, never within.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    sits = request.node.get_closest_marker("sits")
    person = pharmacy.people[sits.args[0] if sits else Role.TECHNICIAN]
    token = worker_token(person=person, station="counter 1", at=datetime.now(UTC))
    with sync_playwright() as play:
        browser = play.chromium.connect_over_cdp(running_chromium())
        context = browser.new_context(base_url=live_server.url, viewport=SCREEN)
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies(
            [{"name": "apothecary_session", "value": token, "url": live_server.url}]
        )
        # With the loop running Django opens a connection of its own, which stands nowhere yet.
        stand_in(pharmacy.pharmacy.pk)
        yield unhurried(context.new_page())
        context.close()
        browser.close()
        connections.close_all()
