"""Schedule II from the first line of a Form 222 to its paper for the inspector, over HTTP."""

from typing import Any
from urllib.request import Request, urlopen

import pytest

from journeys.house import House
from journeys.people import Somebody
from journeys.test_supply import FUROSEMIDE, put_on_pad

MORPHINE, METFORMIN = "0054-0235-24", "65862-008-01"
CAPROCK = {"name": "Caprock Drug", "address": "1200 Invented Road, Lubbock", "dea": "RC9001013"}
RITA = {"initials": "RP", "pin": "2222"}
SERIAL = "230007701"


@pytest.fixture(scope="module")
def delivery(tess: Somebody) -> str:
    """A delivery of Caprock's at the door; Schedule II comes along with other things."""
    row = put_on_pad(tess, **{FUROSEMIDE: 1})
    there = f"/purchasing/orders/{row['id']}"
    tess.does(f"{there}/approve")
    tess.does(f"{there}/send")
    begun = tess.does("/purchasing/receipts", {"order_id": row["id"]})
    return f"/purchasing/receipts/{begun['id']}/packages"


def package(number: str, packages: int, key: str) -> dict[str, Any]:
    """Bottles of morphine at the door, as two people type them."""
    return RITA | {
        "ndc": MORPHINE, "lot": f"M{key}", "expires_on": "2029-06-30", "packages": packages,
        "dea_order": number, "key": f"form-222-{key}",
    }  # fmt: skip


def comes(tess: Somebody, delivery: str, number: str, packages: int, key: str) -> Any:
    """They come in; where the law asks for their tracing document, they are set aside."""
    said = package(number, packages, key)
    answer = tess.ask("POST", delivery, said)
    if answer.status == 409 and answer.codes == ["no information"]:
        return tess.does(delivery, said | {"condition": "no information"})
    assert answer.status == 200, answer.body
    return answer.body


def begun(tess: Somebody, serial: str, *, packages: int = 3) -> str:
    """A form of one line; its address."""
    form = tess.does("/vault/orders", CAPROCK | {"serial": serial})
    there = f"/vault/orders/{form['id']}"
    tess.does(f"{there}/lines", {"ndc": MORPHINE, "packages": packages})
    return there


def test_a_form_is_written_signed_sent_received_in_two_parts_and_printed(
    house: House, delivery: str, tess: Somebody, rita: Somebody
) -> None:
    there = begun(tess, SERIAL)
    assert "form222-twice" in tess.tries("/vault/orders", CAPROCK | {"serial": SERIAL}).codes
    other = tess.tries(f"{there}/lines", {"ndc": METFORMIN, "packages": 1})
    assert other.codes == ["form222-schedule"]
    assert tess.tries(f"{there}/sign", {"lines_completed": 1}).status == 403
    assert rita.tries(f"{there}/sign", {"lines_completed": 2}).codes == ["form222-count"]
    early = tess.tries(delivery, package(SERIAL, 1, "early"))
    assert "dea-order-state" in early.codes
    signed = rita.does(f"{there}/sign", {"lines_completed": 1})
    assert signed["signed_as"] == "holder of a power of attorney"
    assert tess.tries(f"{there}/send", {"copy_kept": False}).codes == ["form222-copy"]
    assert tess.does(f"{there}/send", {"copy_kept": True})["state"] == "sent"

    unknown = tess.tries(delivery, package("239999999", 1, "unknown"))
    assert unknown.codes == ["dea-order-unknown"]
    assert "239999999" in unknown.says
    comes(tess, delivery, SERIAL, 2, "first")
    assert tess.reads(there)["to_come"] == 1
    assert tess.tries(delivery, package(SERIAL, 2, "more")).codes == ["form222-packages"]
    comes(tess, delivery, SERIAL, 1, "second")
    filled = tess.reads(there)
    assert (filled["state"], filled["to_come"]) == ("filled", 0)
    assert [one["packages"] for one in filled["lines"][0]["receipts"]] == [2, 1]

    printed = page(tess, f"/api/vault/papers/222?form={SERIAL}").decode()
    assert "Tess Technician, Rita Pharmacist" in printed
    assert SERIAL in page(tess, "/api/vault/papers/222s").decode()
    assert page(tess, f"/vault/inspection/222.pdf?form={SERIAL}").startswith(b"%PDF")
    assert house.faults() == []


@pytest.mark.parametrize(
    ("defect", "number"),
    [
        ("incomplete", "230007711"),
        ("illegible", "230007712"),
        ("altered", "230007713"),
        ("erased", "230007714"),
    ],
)
def test_on_a_form_with_a_defect_nothing_comes_in(
    delivery: str, tess: Somebody, rita: Somebody, defect: str, number: str
) -> None:
    there = begun(tess, number)
    rita.does(f"{there}/sign", {"lines_completed": 1})
    tess.does(f"{there}/send", {"copy_kept": True})
    said = {"because": "seen on the copy", "defects": [defect]}
    assert tess.tries(f"{there}/void", said).status == 403
    assert rita.does(f"{there}/void", said)["state"] == "void"
    assert tess.tries(delivery, package(number, 1, defect)).codes == ["dea-order-state"]


def test_a_paper_form_is_taken_over_before_anything_comes_in_on_it(
    delivery: str, tess: Somebody, rita: Somebody
) -> None:
    number = "229990001"
    assert tess.tries(delivery, package(number, 1, "paper")).codes == ["dea-order-unknown"]
    signed_on = tess.reads("/vault/orders/1")["signed_on"]
    paper = CAPROCK | {
        "serial": number, "signed_on": signed_on, "signed_by": "Paul Charge",
        "signed_as": "registrant", "because": "written before we kept them here",
        "lines": [{"ndc": MORPHINE, "packages": 2, "came_before": 1}],
    }  # fmt: skip
    assert tess.tries("/vault/orders/taken-over", paper).status == 403
    taken = rita.does("/vault/orders/taken-over", paper)
    assert taken["to_come"] == 1
    comes(tess, delivery, number, 1, "paper")
    assert tess.reads(f"/vault/orders/{taken['id']}")["state"] == "filled"


def test_schedule_ii_comes_onto_no_shelf_by_a_technician_without_its_order(
    house: House, tess: Somebody
) -> None:
    said = {
        "ndc": MORPHINE, "lot": "BYHAND", "expires_on": "2029-06-30", "quantity": "100",
        "place_id": 1, "key": "by-hand",
    }  # fmt: skip
    assert tess.tries("/stock/receipts", said).codes == ["schedule-ii-by-hand"]


def page(by: Somebody, path: str) -> bytes:
    """What the house answers this person there."""
    headers = {"Authorization": f"Bearer {by.house.token('worker', by.username)}"}
    with urlopen(Request(by.house.url + path, None, headers), timeout=60) as answer:  # noqa: S310 loopback
        return bytes(answer.read())
