"""The scanner in a real browser: taken everywhere, never for typing, never half."""

import pytest

from apothecary.workbench.tests.conftest import House
from apothecary.workbench.tests.unhurried import calm

pytestmark = pytest.mark.browser

# Keys struck by a scanner: real key events with the time stamps a wedge would leave. The
# handler reads event.timeStamp, so the gaps are set there and do not depend on this machine.
# What a key types the browser inserts itself: its input events are trusted, like a hand's.
STRIKE = """([keys, gaps]) => {
  let at = performance.now();
  keys.forEach((key, place) => {
    at += gaps[place % gaps.length];
    const field = document.activeElement;
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    Object.defineProperty(event, "timeStamp", { value: at });
    const goes = field.dispatchEvent(event);
    if (!goes || key.length > 1) return;
    if (field instanceof HTMLSelectElement) {
      field.selectedIndex = (field.selectedIndex + 1) % field.options.length;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    } else document.execCommand("insertText", false, key);
  });
}"""


def strike(page, text, *, gaps=(6,), end=("Enter",)):
    calm(page)
    page.evaluate(STRIKE, [[*text, *end], list(gaps)])
    page.wait_for_timeout(250)


def codes():
    return [body.removeprefix("code=") for _, body in House.posts]


def test_a_scan_goes_to_the_panel_that_wants_it_and_not_into_the_field_with_the_focus(page):
    page.goto("/fill.html")
    page.locator("#f-count").fill("3")
    strike(page, "]d20100000012340118")
    assert House.posts == [("/scan-bottle", "code=%5Dd20100000012340118")]


def test_a_field_keeps_what_was_typed_and_its_source_when_a_scan_comes(page):
    page.goto("/gallery.html")
    page.evaluate("document.body.dataset.scan = '/scan'")
    page.locator("#f-e").focus()
    strike(page, "00000123401")
    assert page.locator("#f-e").input_value() == "1t po qd"
    assert House.posts == [("/scan", "code=00000123401")]


def test_one_long_gap_in_a_burst_is_still_a_scan(page):
    page.goto("/fill.html")
    strike(page, "00000123401", gaps=(4, 4, 4, 160, 4, 4, 4, 4, 4, 4, 4, 4))
    assert codes() == ["00000123401"]


@pytest.mark.parametrize("late", range(1, 11))
def test_a_hiccup_at_any_place_of_a_burst_cuts_nothing_off_the_code(page, late):
    page.goto("/fill.html")
    gaps = [4] * 12
    gaps[late] = 140
    strike(page, "00000123401", gaps=gaps)
    assert codes() == ["00000123401"]


def test_typing_by_hand_is_no_scan_however_it_ends(page):
    page.goto("/fill.html")
    page.locator("#f-count").focus()
    strike(page, "1234567", gaps=(110, 70, 140))
    assert House.posts == []
    assert page.locator("#f-count").input_value() == "1234567"


def test_letters_typed_before_a_scan_stay_in_the_field(page):
    page.goto("/fill.html")
    page.locator("#f-count").focus()
    House.answer = (409, "refused, so that the field stays")
    strike(page, "3000000123401", gaps=(120, 120, 200, *[5] * 11))
    assert codes() == ["00000123401"]
    assert page.locator("#f-count").input_value() == "30"


@pytest.mark.parametrize("end", ["Enter", "Tab"])
def test_enter_and_tab_end_a_scan_and_neither_submits_nor_moves(page, end):
    page.goto("/fill.html")
    page.locator("#f-count").focus()
    strike(page, "00000123401", end=(end,))
    assert codes() == ["00000123401"]
    assert page.url.endswith("/fill.html")


def test_a_separator_inside_a_code_is_kept_and_at_its_end_ends_it(page):
    page.goto("/fill.html")
    strike(page, "]d201003000\x1d10LOT\x1d", end=())
    assert codes() == ["%5Dd201003000%1D10LOT"]


def test_a_burst_without_an_end_is_not_taken_for_half_a_code(page):
    page.goto("/fill.html")
    strike(page, "00000123401", end=())
    assert House.posts == []


def test_a_scan_that_starts_with_a_digit_does_not_change_the_stage(page):
    page.goto("/queue.html")
    strike(page, "3000012340")
    assert page.url.endswith("/queue.html")
    assert codes() == ["3000012340"]


def test_the_scanner_of_this_browser_may_have_a_prefix_of_its_own(page):
    page.goto("/fill.html")
    page.evaluate("localStorage['apothecary-scanner'] = JSON.stringify({prefixes: ['~~']})")
    page.reload()
    strike(page, "~~B14", gaps=(60,))
    assert codes() == ["B14"]


def test_a_refused_scan_leaves_the_work_and_says_why(page):
    House.answer = (409, "<p>Lot LT4471 has expired.</p>")
    page.goto("/fill.html")
    strike(page, "00000123401")
    assert page.locator("#problems").inner_text() == "Lot LT4471 has expired."
    assert page.locator("#f-count").is_visible()


def test_the_slash_and_quick_letters_after_it_are_a_search_and_no_scan(page):
    page.goto("/queue.html")
    # A quick hand: the first letter comes before a lone key would be sure to be one.
    strike(page, "/brandt", gaps=(200, 38, 45, 60, 52, 48, 55), end=())
    assert page.locator("#seek").evaluate("box => box === document.activeElement")
    assert page.locator("#seek").input_value() == "brandt"
    assert House.posts == []


def test_two_keys_rolled_by_a_quick_hand_are_both_struck(page):
    page.goto("/pickup.html")
    for key in ("n", "b"):
        box = f"<label data-key={key.upper()}><input type=checkbox id=box-{key}></label>"
        page.evaluate("box => document.body.insertAdjacentHTML('beforeend', box)", box)
    strike(page, "nb", gaps=(200, 20), end=())
    page.wait_for_timeout(500)
    assert page.locator("#box-n").is_checked()
    assert page.locator("#box-b").is_checked()


def test_a_code_cut_short_chooses_nothing_with_its_digits(page):
    page.goto("/queue.html")
    strike(page, "2000012", end=())
    page.wait_for_timeout(600)
    assert page.url.endswith("/queue.html")
    assert House.posts == []


# Whether a question stands on the field, where its value is from, and all its words.
FIELD = """field => {
  const holder = field.closest("[data-field]");
  const source = holder.querySelector("[data-source]").value;
  const marked = holder.classList.contains("uncertain");
  return [field.hasAttribute("data-uncertain"), marked, source, holder.innerText, field.value];
}"""


def test_a_scan_leaves_the_source_and_the_question_of_the_field(page):
    page.goto("/entry.html")
    page.evaluate("document.body.dataset.scan = '/scan'")
    page.locator("#f-days").focus()
    before = page.locator("#f-days").evaluate(FIELD)
    assert before[:3] == [True, True, "guessed"]
    strike(page, "00000123401")
    assert codes() == ["00000123401"]
    assert page.locator("#f-days").evaluate(FIELD) == before
    page.keyboard.type("4")
    assert page.locator("#f-days").evaluate(FIELD)[:3] == [False, False, "typed"]


@pytest.mark.parametrize(("status", "there"), [(423, "/lock"), (401, "/signin")])
def test_a_page_without_a_list_learns_too_that_it_is_locked_or_ended(page, status, there):
    page.route("**/counts", lambda route: route.fulfill(status=status))
    page.route("**/no-stream", lambda route: route.fulfill(status=401))
    page.route(f"**{there}", lambda route: route.fulfill(body="the door"))
    page.goto("/fill.html")
    page.evaluate("document.body.dataset.events = '/no-stream'")
    page.evaluate("import('/static/workbench/live.js?again')")
    page.wait_for_url(f"**{there}")


def test_a_hand_at_the_keys_says_once_a_minute_that_somebody_is_here(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/fill.html")
    page.evaluate("window.at = Date.now(); Date.now = () => window.at")
    page.evaluate("import('/static/workbench/present.js?again')")
    page.wait_for_timeout(100)
    page.evaluate("window.at += 61_000")
    asked.clear()
    page.locator("#f-count").focus()
    page.keyboard.type("30")
    said = [url for url in asked if url.endswith("/search?q=")]
    # The module of the page itself and the one with the watch of this test: once each.
    assert 1 <= len(said) <= 2
