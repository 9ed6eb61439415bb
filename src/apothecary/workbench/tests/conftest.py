"""The gallery served under the strict policy, and a real browser to look at it."""

import functools
import http.server
import json
import shutil
import threading
from pathlib import Path

import django_htmx
import pytest
from playwright.sync_api import sync_playwright

from apothecary.workbench.tests import gallery
from apothecary.workbench.tests.unhurried import unhurried

CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'"
)
STATIC = {
    "workbench": Path(gallery.__file__).parents[1] / "static/workbench",
    "django_htmx": Path(django_htmx.__file__).parent / "static/django_htmx",
}


class House(http.server.SimpleHTTPRequestHandler):
    """The gallery's files under the strict policy; a POST is written down and answered."""

    posts: list[tuple[str, str]] = []
    answer = (200, "<section id='panel'>done</section>")

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        House.posts.append((self.path, self.rfile.read(length).decode()))
        status, body = House.answer
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def do_GET(self):
        if self.path != "/events":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        counts = json.dumps({"stages": {"fill": 20}, "parties": {"Payer": "slow"}})
        self.wfile.write(f"event: counts\ndata: {counts}\n\n".encode())
        self.wfile.write(b'event: changed\ndata: {"topics": ["queue"]}\n\n')

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *args):
        """Nothing to the terminal."""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    gallery.main(str(folder))
    (folder / "static").mkdir()
    for name, place in STATIC.items():
        (folder / "static" / name).symlink_to(place)
    (folder / "counts").write_text(
        json.dumps({"stages": {"fill": 19, "calls": 6}, "parties": {"Payer": "down"}})
    )
    serve = functools.partial(House, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.skip("no Chromium is found: install it, e.g. apt-get install chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(house, chromium):
    House.posts = []
    House.answer = (200, "<section id='panel'>done</section>")
    context = chromium.new_context(base_url=house, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    unhurried(page)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.faults = faults
    yield page
    context.close()
