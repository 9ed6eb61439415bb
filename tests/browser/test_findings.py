"""The panel of findings: what is loud is told by shape and word, settled by keys alone."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from browser.chromium import COUNTER, WIDE, seated, settled, work_station
from journeys.house import House
from journeys.outside import Doctors
from journeys.people import Fill, Somebody
from journeys.walk import Team

pytestmark = pytest.mark.browser

# What the hand must reach of the finding that is settled, and whether anything lies over it:
# at each of these points the uppermost element must be of the thing itself.
IN_THE_WAY = """how => {
  const form = document.querySelector('article.finding form');
  const hidden = [];
  for (const it of form.querySelectorAll('.choices label, .field > input, button')) {
    if (how === 'scrolled') it.scrollIntoView({ block: 'nearest' });
    const box = it.getBoundingClientRect();
    for (const y of [box.top + 2, (box.top + box.bottom) / 2, box.bottom - 2]) {
      const over = document.elementFromPoint((box.left + box.right) / 2, y);
      if (!it.contains(over)) hidden.push(it.innerText.trim() || it.id);
    }
  }
  return [...new Set(hidden)];
}"""
AS_IT_IS, SCROLLED = "as it is", "scrolled"
LOW: ViewportSize = {"width": 1366, "height": 560}
SETTLED = {"service_code": "M0", "result_code": "1G", "text": "INR on Monday"}


@pytest.fixture(scope="module")
def fill(house: House) -> Fill:
    """Warfarin, doubled, beside metronidazole: settled once at the smaller dose."""
    doctors, tess, rita = Doctors(house), Somebody(house, "tech"), Somebody(house, "rph")
    team = Team(doctors, tess, rita)
    team.has("metronidazole 500", "Carlos Hernandez", until="sold")
    order = doctors.order("warfarin sodium 5", "Carlos Hernandez")
    first = tess.waits_for(tess.enters(doctors.send(order)), "review")
    for finding in rita.reads(f"/fills/{first.id}/findings"):
        if finding["severity"] != "note":
            rita.does(f"/findings/{finding['id']}/resolve", SETTLED)
    team.brings(first, until="sold")
    doubled = replace(order, message_id=f"{order.message_id}B", quantity="60")
    doubled = replace(doubled, directions="Take 2 tablets by mouth every evening")
    return tess.waits_for(tess.enters(doctors.send(doubled)), "review")


@pytest.fixture
def looked(browser: Browser, house: House, fill: Fill) -> Iterator[Page]:
    """The review as the pharmacist has it before her."""
    context = work_station(browser, house, size=COUNTER)
    page = seated(context, house, "rph")
    page.goto(f"/screening/{fill.id}/")
    settled(page)
    yield page
    context.close()


def press(page: Page, key: str) -> None:
    """One key, no faster than a hand."""
    page.keyboard.press(key)
    settled(page)


def test_a_finding_says_its_degree_in_a_word_and_a_sign_of_its_own(
    browser: Browser, house: House, looked: Page
) -> None:
    tess, doctors = Somebody(house, "tech"), Doctors(house)
    stopped = tess.enters(doctors.prescribe("penicillin V potassium 500", "Walter Abernathy"))
    tess.waits_for(stopped, "review")
    for_pharmacist = looked.locator("article.finding").first
    expect(for_pharmacist.locator("header")).to_contain_text("For the pharmacist")
    sign = for_pharmacist.locator("header svg").inner_html()
    looked.goto(f"/screening/{stopped.id}/")
    stop = looked.locator("article.finding").first
    expect(stop.locator("header")).to_contain_text("Stop")
    assert stop.locator("header svg").inner_html() != sign


def test_it_shows_the_facts_the_source_with_its_date_and_mark_what_clears_it_and_the_history(
    looked: Page,
) -> None:
    first = looked.locator("article.finding").first
    for said in (
        "critical by VA",
        "NDF-RT drug interactions",
        "11/01/2014 · official text read (V1)",
        "Because: new: warfarin sodium 5 mg; takes: metronidazole 500 mg",
        "What would clear it: Another drug, or the end of metronidazole 500 mg.",
        "Settled before: Asked the prescriber",
        "INR on Monday · Rita Pharmacist",
    ):
        expect(first).to_contain_text(said)
    expect(looked.get_by_role("heading", name="Also noted")).to_be_visible()


def test_a_technician_reads_all_of_it_and_is_offered_nothing_to_clear(
    browser: Browser, house: House, fill: Fill
) -> None:
    context = work_station(browser, house, size=WIDE)
    page = seated(context, house, "tech")
    page.goto(f"/screening/{fill.id}/")
    settled(page)
    expect(page.locator("article.finding")).to_have_count(3)
    expect(page.get_by_text("The pharmacist’s turn")).to_be_visible()
    expect(page.get_by_role("button", name="Settle it")).to_have_count(0)
    context.close()


def test_at_the_counter_nothing_of_a_finding_with_its_history_is_out_of_sight(
    looked: Page,
) -> None:
    first = looked.locator("article.finding").first
    expect(first).to_contain_text("Settled before")
    expect(first.locator(".choices label")).to_have_count(16)
    assert looked.evaluate(IN_THE_WAY, AS_IT_IS) == []


def test_on_a_low_window_each_choice_can_be_scrolled_to_and_nothing_lies_over_it(
    browser: Browser, house: House, fill: Fill
) -> None:
    context = work_station(browser, house, size=LOW)
    page = seated(context, house, "rph")
    page.goto(f"/screening/{fill.id}/")
    settled(page)
    assert "Settle it F10" in [
        " ".join(said.split()) for said in page.evaluate(IN_THE_WAY, AS_IT_IS)
    ]
    assert page.evaluate(IN_THE_WAY, SCROLLED) == []
    press(page, "F8")
    expect(page.locator("article.finding form .field > input")).to_be_in_viewport(ratio=1)
    context.close()


def test_each_finding_is_settled_with_four_keys_and_a_reason_and_then_it_goes_on(
    looked: Page, house: House, fill: Fill
) -> None:
    open_ones = looked.get_by_text("to settle before it goes on.")
    for left in (3, 2, 1):
        expect(open_ones).to_contain_text(f"{left} finding")
        for key in ("a", "n", "F8"):
            press(looked, key)
        looked.keyboard.type("called")
        press(looked, "F10")
        settled(looked)
    expect(looked.get_by_text("Every finding is settled.")).to_be_visible()
    press(looked, "F10")
    tess = Somebody(house, "tech")
    assert tess.waits_for(fill, "waiting", "rejected", "claim", "short").state != "review"
