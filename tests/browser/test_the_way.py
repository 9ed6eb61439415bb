"""The whole way of a prescription, by keyboard and scanner alone, with every key counted."""

from decimal import Decimal
from typing import Any

import pytest

from browser.hands import Hands
from journeys.house import House, wait_until
from journeys.outside import Doctors
from journeys.people import Fill, Somebody, datamatrix
from journeys.walk import Team

pytestmark = pytest.mark.browser

# Keys and scans per task; they may only fall.
ENTRY_KEYS = 2
LABEL_SCANS, LABEL_KEYS = 1, 1
CHECK_KEYS = 3
SALE_SCANS, SALE_KEYS = 1, 4
WHOLE_KEYS, WHOLE_SCANS = 6, 1
REFILL_SCANS, REFILL_KEYS = 1, 1
METFORMIN = "65862-008-01"


def test_from_the_doctors_message_to_the_patients_hand_without_a_mouse(
    house: House, hands: Hands, doctors: Doctors, tess: Somebody
) -> None:
    sign_in(hands, "tech")
    before = count_of(hands, "entry")
    sent = doctors.prescribe("citalopram 20", "Ingrid Brandt")
    # Nobody reloads: the count grows by itself and the line stands in the list.
    wait_until(lambda: count_of(hands, "entry") == before + 1, what="the live count")
    hands.sees("Brandt, Ingrid")

    enter(hands)
    number = tess.arrival(sent)["prescription_id"]
    fill = tess.waits_for(fill_of(tess, number), "waiting")

    catch_a_wrong_bottle(hands, tess, fill)
    fill_it(hands, tess, fill)
    assert tess.sees(fill).state == "check"

    change_over(hands, "RP", "2222")
    check_it(hands, fill)
    assert tess.waits_for(fill, "ready").state == "ready"

    change_over(hands, "TT", "1111")
    bin_it(hands, fill)
    sell_it(hands, fill)
    assert tess.waits_for(fill, "sold").state == "sold"
    assert "caught a wrong product" in tess.history(fill)
    assert tess.units(fill.ndc, "Will-call") == Decimal(0)
    assert house.faults() == []


def test_a_clean_message_is_ready_for_the_pharmacist_in_six_keys_and_one_scan(
    hands: Hands, doctors: Doctors, tess: Somebody
) -> None:
    sign_in(hands, "tech")
    sent = doctors.prescribe("lisinopril 10", "Miguel Ortega")
    hands.press("2")
    hands.sees("Ortega, Miguel")
    hands.begin()
    hands.press("F10")
    hands.arrives("/intake/*/")
    hands.sees("Everything is filled in.")
    hands.press("F10")
    hands.page.wait_for_url(lambda url: "/intake/" not in url or url.endswith("/intake/"))
    fill = tess.waits_for(fill_of(tess, tess.arrival(sent)["prescription_id"]), "waiting")
    hands.press("5")
    hands.at_stage("fill")
    hands.sees("Ortega, Miguel")
    hands.press("F10")
    hands.arrives(f"/filling/{fill.id}/")
    (lot,) = [lot for lot in tess.lots(fill.ndc) if Decimal(lot["promised"]) > 0]
    hands.scan(without_serial(fill.ndc, lot))
    hands.sees("The right bottle is in your hand.")
    hands.press("F10")
    hands.page.get_by_alt_text("The label as printed").wait_for()
    hands.press("F10")
    hands.page.wait_for_url(lambda url: f"/filling/{fill.id}/" not in url)
    assert tess.sees(fill).state == "check"
    assert hands.tally.keys <= WHOLE_KEYS, hands.tally
    assert hands.tally.scans <= WHOLE_SCANS, hands.tally


def test_a_refill_is_one_scan_of_the_old_bottle_and_one_key(
    house: House, hands: Hands, doctors: Doctors, tess: Somebody
) -> None:
    team = Team(doctors, tess, Somebody(house, "rph"))
    _, sold = team.has("famotidine 20", "Oscar Villarreal", until="sold")
    sign_in(hands, "tech")
    hands.begin()
    hands.scan(f"]d1RX{sold.rx_number}-0-1")
    hands.arrives(f"/rx/{sold.rx_number}/")
    hands.press("F3")
    wait_until(lambda: len(fills_of(tess, sold.rx_id)) == 2, what="the refill")
    assert hands.tally.scans <= REFILL_SCANS, hands.tally
    assert hands.tally.keys <= REFILL_KEYS, hands.tally


def sign_in(hands: Hands, name: str) -> None:
    hands.page.goto("/")
    hands.write(name)
    hands.press("Enter")
    hands.write("apothecary")
    hands.press("Enter")
    hands.page.wait_for_selector("nav.stages")


def count_of(hands: Hands, stage: str) -> int:
    return int(hands.page.locator(f"[data-stage={stage}]").inner_text())


def enter(hands: Hands) -> None:
    """A clean message: open the next, read it, commit."""
    hands.begin()
    hands.press("F10")
    hands.arrives("/intake/*/")
    hands.sees("Everything is filled in.")
    hands.press("F10")
    hands.page.wait_for_url(lambda url: "/intake/" not in url or url.endswith("/intake/"))
    assert hands.tally.keys <= ENTRY_KEYS, hands.tally


def catch_a_wrong_bottle(hands: Hands, tess: Somebody, fill: Fill) -> None:
    """The label of the queue brings up the fill; then the wrong bottle is a full stop."""
    hands.press("5")
    hands.at_stage("fill")
    hands.scan(f"]d1RX{fill.rx_number}-0-1")
    hands.arrives(f"/filling/{fill.id}/")
    lot = tess.lots(METFORMIN)[0]
    hands.scan(without_serial(METFORMIN, lot))
    hands.page.get_by_role("heading", name="Wrong product").wait_for()
    # Whatever is struck now, nothing goes on before the bottle is set aside with a reason.
    hands.press("F10")
    hands.sees("Say why this bottle was in hand.")
    assert tess.sees(fill).state == "filling"
    hands.press("a")
    hands.page.wait_for_selector("input[name=because]:checked", state="attached")
    hands.press("F10")
    hands.page.get_by_role("heading", name="Wrong product").wait_for(state="detached")


def fill_it(hands: Hands, tess: Somebody, fill: Fill) -> None:
    """The right bottle, the count that is filled in already, the label, the basket."""
    (lot,) = [lot for lot in tess.lots(fill.ndc) if Decimal(lot["promised"]) > 0]
    hands.begin()
    hands.scan(without_serial(fill.ndc, lot))
    hands.sees("The right bottle is in your hand.")
    hands.press("F10")
    hands.page.get_by_alt_text("The label as printed").wait_for()
    assert hands.tally.scans <= LABEL_SCANS, hands.tally
    assert hands.tally.keys <= LABEL_KEYS, hands.tally
    hands.press("F10")
    hands.page.wait_for_url(lambda url: f"/filling/{fill.id}/" not in url)


def change_over(hands: Hands, initials: str, pin: str) -> None:
    """Lock the station and let somebody else take it over with initials and PIN."""
    hands.press("Control+l")
    hands.arrives("/lock*")
    hands.press("Shift+Tab")
    hands.write(initials)
    hands.press("Tab")
    hands.write(pin)
    hands.press("F10")
    hands.page.wait_for_selector("nav.stages")


def check_it(hands: Hands, fill: Fill) -> None:
    """Choose the stage, open the next in line, approve."""
    hands.begin()
    hands.press("6")
    hands.at_stage("check")
    hands.press("F10")
    hands.arrives(f"/verification/{fill.id}/")
    hands.page.get_by_role("heading", name="Check").first.wait_for()
    hands.press("F10")
    hands.page.wait_for_url(lambda url: f"/verification/{fill.id}/" not in url)
    assert hands.tally.keys <= CHECK_KEYS, hands.tally


def bin_it(hands: Hands, fill: Fill) -> None:
    """At will-call a bag without a bin is asked for one: scan it, type where it lies."""
    hands.press("7")
    hands.at_stage("ready")
    hands.scan(f"]d1RX{fill.rx_number}-0-1")
    hands.arrives(f"/pickup/bag/{fill.id}/bin")
    hands.write("C7")
    hands.press("F10")
    hands.page.wait_for_url(lambda url: not url.endswith("/bin"))


def sell_it(hands: Hands, fill: Fill) -> None:
    """Scan the bag, two identifiers, the offer of counselling, the signature, commit."""
    hands.begin()
    hands.scan(f"]d1RX{fill.rx_number}-0-1")
    hands.page.wait_for_selector("[data-sign][data-ready]")
    hands.press("n")
    hands.press("b")
    hands.press("r")
    hands.page.wait_for_selector("input[name=counsel][value=refused]:checked", state="attached")
    hands.sign()
    hands.press("F10")
    hands.page.locator("[data-sign]").wait_for(state="detached")
    assert hands.tally.scans <= SALE_SCANS, hands.tally
    assert hands.tally.keys <= SALE_KEYS, hands.tally


def without_serial(ndc: str, lot: dict[str, str]) -> str:
    """A symbol whose last element is the lot: a keyboard has no key for the separator."""
    return datamatrix(ndc, lot["lot"], lot["expires_on"]).split("\x1d")[0]


def fill_of(tess: Somebody, rx_id: int) -> Fill:
    """The first fill of a prescription."""
    return Fill.seen(fills_of(tess, rx_id)[0])


def fills_of(tess: Somebody, rx_id: int) -> list[Any]:
    """Every fill of a prescription."""
    return [one for one in tess.reads("/fills?limit=200") if one["prescription_id"] == rx_id]
