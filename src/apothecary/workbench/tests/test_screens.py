"""Keys, fields, lists, pad and live counts in a real browser, on the pages of the gallery."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from apothecary.workbench.jinja import environment
from apothecary.workbench.tests import gallery
from apothecary.workbench.tests.conftest import House
from apothecary.workbench.tests.test_scanner import strike

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(house, chromium, scheme):
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    axe = (Path(found.origin).parent / "axe.min.js").read_text()
    # Only this test may put a script of its own into the page.
    context = chromium.new_context(base_url=house, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    violations = []
    for name in gallery.render():
        page.goto(f"/{name}")
        page.evaluate(axe)
        answer = page.evaluate("axe.run()")
        violations += [(name, each["id"]) for each in answer["violations"]]
    context.close()
    assert violations == []


def test_every_page_keeps_to_the_policy_without_an_error(page):
    for name in (*gallery.SCREENS, *gallery.PIECES):
        page.goto(f"/{name}.html")
        page.wait_for_timeout(60)
    assert page.faults == []


def test_a_digit_chooses_a_stage_when_nobody_types(page):
    page.goto("/queue.html")
    page.keyboard.press("2")
    page.wait_for_url("**/entry.html")


def test_a_digit_in_a_field_is_a_digit(page):
    page.goto("/fill.html")
    page.locator("#f-count").focus()
    page.keyboard.press("2")
    page.wait_for_timeout(120)
    assert page.url.endswith("/fill.html")
    assert page.locator("#f-count").input_value() == "2"


def test_the_strip_says_the_keys_of_this_page_and_works_by_mouse(page):
    page.goto("/wrong.html")
    assert page.locator("[data-strip] button").all_inner_texts() == ["F10\nI have put it aside"]
    page.goto("/entry.html")
    keys = [text.split()[0] for text in page.locator("[data-strip] button").all_inner_texts()]
    assert keys == ["F12", "Ctrl+H", "F10"]


def test_a_letter_chooses_a_reason(page):
    page.goto("/wrong.html")
    page.keyboard.press("b")
    page.wait_for_timeout(120)
    assert page.locator("input[value=alike]").is_checked()


def test_enter_walks_the_paper_accepts_what_is_uncertain_and_ends_at_the_commit_key(page):
    page.goto("/entry.html")
    walked = []
    page.locator("#f-patient").focus()
    for _ in range(12):
        walked.append(
            page.evaluate("document.activeElement.name || document.activeElement.dataset.key")
        )
        if walked[-1] == "F10":
            break
        page.keyboard.press("Enter")
    assert walked == [
        "patient", "prescriber", "drug", "quantity", "days", "refills", "daw", "sig", "written",
        "ends", "origin", "plan",
    ]  # fmt: skip
    assert page.evaluate("document.activeElement.dataset.key") == "F10"
    sources = {
        name: page.locator(f"[name={name}_source]").input_value()
        for name in ("drug", "days", "sig")
    }
    assert sources == {"drug": "accepted", "days": "accepted", "sig": "sent"}
    assert page.locator("[data-uncertain]").count() == 0


def test_typing_into_a_guessed_field_makes_it_typed(page):
    page.goto("/entry.html")
    page.locator("#f-days").focus()
    page.keyboard.type("45")
    assert page.locator("[name=days_source]").input_value() == "typed"


def test_the_part_of_the_message_lights_up_with_its_field(page):
    page.goto("/entry.html")
    page.locator("#f-sig").focus()
    assert page.locator("[data-lit]").get_attribute("id") == "sent-sig"


def test_what_was_typed_is_there_again_after_leaving_and_gone_with_the_worker(page):
    page.goto("/entry.html")
    page.locator("#f-quantity").fill("60")
    page.goto("/queue.html")
    page.goto("/entry.html")
    assert page.locator("#f-quantity").input_value() == "60"
    page.goto("/signin.html")
    page.goto("/entry.html")
    assert page.locator("#f-quantity").input_value() == "90"


def test_arrows_walk_the_rows_and_enter_opens_one(page):
    page.goto("/queue.html")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "row-118"
    page.keyboard.press("Enter")
    page.wait_for_url("**/fill.html")


def test_function_keys_put_the_cursor_in_their_field(page):
    page.goto("/entry.html")
    page.keyboard.press("F4")
    assert page.evaluate("document.activeElement.name") == "drug"


def test_the_pad_keeps_the_strokes_and_clears_them(page):
    page.goto("/pickup.html")
    box = page.locator("[data-sign] canvas").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 40 + step * 12, box["y"] + 40 + (step % 3) * 20)
    page.mouse.up()
    kept = page.locator("[name=signature]").input_value()
    assert environment().from_string("{{ v | signature }}").render(v=kept).count("<path") == 1
    page.locator("[data-sign-clear]").click()
    assert page.locator("[name=signature]").input_value() == ""


def test_the_theme_is_chosen_by_hand_and_remembered(page):
    page.goto("/queue.html")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("[data-theme-toggle]").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.goto("/entry.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_without_the_stream_the_counts_are_asked_for(page):
    page.goto("/queue.html")
    page.evaluate("document.body.dataset.events = '/no-stream'")
    page.evaluate("import('/static/workbench/live.js?again')")
    page.locator("[data-stage=fill]", has_text="19").wait_for()
    assert "down" in page.locator("[data-party=Payer]").inner_text()


def test_the_stream_changes_the_counts_and_tells_the_lists(page):
    page.goto("/queue.html")
    page.evaluate("document.body.addEventListener('changed:queue', () => (window.told = true))")
    page.evaluate("document.body.dataset.events = '/events'")
    page.evaluate("import('/static/workbench/live.js?again')")
    page.locator("[data-stage=fill]", has_text="20").wait_for()
    page.wait_for_function("window.told")
    assert page.locator("[data-party=Payer]").get_attribute("data-state") == "slow"


REFRESH = """() => {
  const list = document.getElementById("list-queue");
  list.setAttribute("hx-get", "/queue.html");
  list.setAttribute("hx-select", "#list-queue");
  list.setAttribute("hx-swap", "outerHTML");
  list.setAttribute("hx-trigger", "changed:queue from:body");
  htmx.process(list);
  list.dataset.old = "yes";
  document.body.dispatchEvent(new CustomEvent("changed:queue"));
}"""


def test_a_list_that_refreshes_keeps_the_row_with_the_focus_and_the_scroll(page):
    page.set_viewport_size({"width": 1366, "height": 400})
    page.goto("/queue.html")
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    row = page.evaluate("document.activeElement.id")
    scrolled = page.evaluate("document.getElementById('work').scrollTop")
    assert scrolled > 0
    page.evaluate(REFRESH)
    page.locator("#list-queue:not([data-old])").wait_for()
    page.wait_for_function(f"document.activeElement.id === '{row}'")
    assert page.evaluate("document.getElementById('work').scrollTop") == scrolled


def test_a_server_that_does_not_answer_is_said_in_words_and_nothing_is_lost(page):
    page.goto("/fill.html")
    page.locator("#f-count").fill("30")
    page.route("**/scan-bottle", lambda route: route.abort())
    strike(page, "00000123401")
    assert "does not answer" in page.locator("#problems").inner_text()
    assert page.locator("#f-count").input_value() == "30"


def test_enter_in_the_last_field_signs_in_without_one_more_key(page):
    page.goto("/locked.html")
    page.locator("#f-pin").fill("4711")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert House.posts[0][0] == "/locked.html"
    assert "pin=4711" in House.posts[0][1]


@pytest.mark.parametrize(("method", "asks"), [("get", True), ("post", False)])
def test_enter_asks_in_a_form_that_finds_and_walks_in_one_that_writes(page, method, asks):
    page.goto("/locked.html")
    page.evaluate(
        """method => {
          const form = document.querySelector("form");
          form.setAttribute("method", method);
          form.dataset.walk = "";
        }""",
        method,
    )
    House.posts.clear()
    page.locator("#f-pin").fill("4711")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert ("pin=4711" in page.url) is asks
    # Where it writes, Enter in the last field leads to the commit key and sends nothing.
    assert House.posts == []


def test_the_search_box_is_one_key_away(page):
    page.goto("/queue.html")
    page.keyboard.press("/")
    page.wait_for_timeout(120)
    assert page.evaluate("document.activeElement.id") == "seek"
    assert page.locator("#seek").input_value() == ""


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (683, 384)])
def test_no_page_is_wider_than_the_window_also_at_twice_the_size(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    for name in gallery.SCREENS:
        page.goto(f"/{name}.html")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name


def test_the_clock_shows_the_time_of_the_pharmacy(page):
    page.goto("/queue.html")
    assert page.locator("[data-clock]").inner_text() == "10:52 AM"
