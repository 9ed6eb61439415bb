"""Behind the counter and a transfer at the keyboard, with the scanner."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browser.chromium import seated, settled, work_station
from browser.hands import Hands
from journeys.house import House
from journeys.outside import Doctors
from journeys.people import Somebody, datamatrix
from journeys.walk import Team

pytestmark = pytest.mark.browser
TABLETS = "0113-0432-62"
OTHER = {
    "name": "Lakeside Pharmacy", "street": "9 Shore Rd", "city": "Anytown", "state": "TX",
    "postal_code": "78702", "phone": "5125550188", "spoke_with": "Dana Wells",
}  # fmt: skip


@pytest.fixture
def desk(browser: Browser, house: House) -> Iterator[Page]:
    context = work_station(browser, house)
    yield seated(context, house, "tech")
    context.close()


@pytest.fixture
def boss(browser: Browser, house: House) -> Iterator[Page]:
    context = work_station(browser, house)
    yield seated(context, house, "rph")
    context.close()


def test_two_cartons_are_scanned_signed_and_stand_in_the_log(
    desk: Page, tess: Somebody
) -> None:
    (lot,) = tess.lots(TABLETS)
    hands = Hands(desk)
    desk.goto("/pickup/counter")
    settled(desk)
    for number in range(1, 3):
        hands.scan(datamatrix(TABLETS, lot["lot"], lot["expires_on"], serial=f"C{number}"))
        desk.wait_for_selector(f"#items tr:has-text('{TABLETS}') input[value='{number}']")
    for field, text in (
        ("buyer", "Marla Quist"), ("born_on", "1979-04-17"), ("address", "418 Pebble Row"),
        ("id_number", "40117702"), ("id_issuer", "TX"), ("id_until", "2199-01-31"),
        ("log_number", "LOG-9"),
    ):  # fmt: skip
        desk.fill(f"[name={field}]", text)
    desk.select_option("[name=id_kind]", "driver licence")
    # What she had in the weeks before is said while she is typed.
    desk.wait_for_selector("#room >> text=may still have 3.101544 g today")
    desk.locator("[data-sign] canvas").scroll_into_view_if_needed()
    hands.sign()
    desk.keyboard.press("F10")
    desk.wait_for_selector("text=stands in the logbook")
    sale = tess.reads("/counter/sales")[-1]
    assert (sale["buyer"], sale["lines"][0]["packages"]) == ("Marla Quist", 2)


def test_a_prescription_is_given_away_from_its_page_and_its_record_printed(
    boss: Page, house: House, doctors: Doctors, tess: Somebody
) -> None:
    team = Team(doctors, tess, Somebody(house, "rph"))
    _, fill = team.has("famotidine 20", "Oscar Villarreal", until="sold")
    boss.goto(f"/rx/{fill.rx_number}/")
    boss.keyboard.press("Control+x")
    boss.wait_for_url("**/transfer")
    settled(boss)
    for field, text in OTHER.items():
        boss.fill(f"[name={field}]", text)
    boss.keyboard.press("F10")
    boss.wait_for_selector("text=It is theirs now")
    (row,) = tess.reads("/transfers")
    assert (row["other"], row["rx_number"]) == ("Lakeside Pharmacy", fill.rx_number)
    boss.goto("/rx/transfers/")
    boss.wait_for_selector("text=Dana Wells")
