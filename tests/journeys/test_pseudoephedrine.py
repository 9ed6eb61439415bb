"""A cold week at the register: who buys how much, on what paper, what an inspector reads."""

import csv
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest

from journeys.house import House
from journeys.people import SIGNATURE, Said, Somebody, datamatrix

TABLETS, LONG_ACTING = "0113-0432-62", "0113-0054-52"
# 24 tablets of 30 mg are 0.589846 g of base, 10 of 120 mg are 0.983076 g.


def buyer(name: str, number: str, **changes: object) -> dict[str, object]:
    """Somebody with a licence that is good for two more years."""
    return {
        "name": name,
        "address": "9 Ferry Landing, San Marcos TX 78666",
        "born_on": "1984-08-19",
        "id_kind": "driver licence",
        "id_number": number,
        "id_issuer": "TX",
        "id_until": "2199-01-31",
        "log_number": f"LOG-{number}",
        "signature": SIGNATURE,
    } | changes


def sale(who: dict[str, object], packages: int, *, key: str, ndc: str = TABLETS) -> Any:
    return {"key": key, "lines": [{"ndc": ndc, "packages": packages}], "buyer": who}


def printed(house: House, paper: str) -> list[dict[str, str]]:
    """The rows of a paper as `apothecary inspect` prints it."""
    done = house.command("inspect", paper, "--worker", "rph")
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(StringIO(done.stdout)))


@pytest.fixture(scope="module")
def nora(house: House) -> Somebody:
    """The new technician, at the other register."""
    return Somebody(house, "newtech")


def test_a_purchase_split_over_two_registers_at_once_is_refused_at_one_with_what_is_left(
    house: House, tess: Somebody, nora: Somebody
) -> None:
    before = tess.on_shelf(TABLETS)
    # Four boxes at each of two registers, the other under another spelling and another paper.
    asked = (
        (tess, buyer("Orla Vance", "70010001")),
        (nora, buyer("ORLA J. VANCE", "P70010", id_kind="passport", id_issuer="US")),
    )

    def at_register(number: int) -> Said:
        somebody, who = asked[number]
        return somebody.ask("POST", "/counter/sales", sale(who, 4, key=f"split-{number}"))

    with ThreadPoolExecutor(2) as registers:
        answers = list(registers.map(at_register, range(2)))
    assert sorted(answer.status for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status == 409)
    assert refused.codes == ["pse-day", "pse-state-day"]
    room = tess.does("/counter/room", buyer("Orla Vance", "70010001"))
    left = Decimal("3.6") - sum(
        Decimal(a.body["grams_base"]) for a in answers if a.status == 200
    )
    assert Decimal(room["left_grams"]) == left
    assert f"{left} g are left" in refused.says
    assert before - tess.on_shelf(TABLETS) == 4 * 24
    # Two more boxes are within the day, the third is not.
    who = buyer("Orla Vance", "70010001")
    assert nora.does("/counter/sales", sale(who, 2, key="rest"))["grams_base"] == "1.179692"
    assert nora.tries("/counter/sales", sale(who, 1, key="over")).codes[0] == "pse-day"


def test_nine_grams_in_thirty_days_count_what_was_bought_in_the_weeks_before(
    tess: Somebody,
) -> None:
    marla = buyer("Marla Quist", "40117702", born_on="1979-04-17")
    room = tess.does("/counter/room", marla)
    # Thirty-one days ago counts no more; three long-acting and five boxes since then do.
    assert Decimal(room["month_grams"]) == Decimal("5.898456")
    assert Decimal(room["today_grams"]) == 0
    refused = tess.tries("/counter/sales", sale(marla, 6, key="marla-6"))
    assert refused.codes == ["pse-month", "pse-state-month"]
    assert f"{room['left_grams']} g are left" in refused.says
    tess.does("/counter/sales", sale(marla, 5, key="marla-5"))
    again = tess.tries("/counter/sales", sale(marla, 1, key="marla-1"))
    assert "pse-month" in again.codes


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id_kind": "", "id_number": "", "id_issuer": "", "id_until": None},
         "pse-identification"),
        ({"id_until": "2020-01-31"}, "id-expired"),
        ({"id_kind": "library card"}, "id-kind"),
        ({"born_on": "2020-06-01"}, "pse-state-age"),
        ({"log_number": ""}, "pse-state-log"),
        ({"address": ""}, "pse-log-no-buyer-address"),
        ({"signature": ""}, "signature"),
    ],
)  # fmt: skip
def test_who_shows_no_paper_is_too_young_or_signs_nothing_gets_nothing(
    tess: Somebody, changes: dict[str, object], code: str
) -> None:
    before = tess.on_shelf(TABLETS)
    who = buyer("Ned Barlow", "70020002", **changes)
    assert code in tess.tries("/counter/sales", sale(who, 1, key=f"ned-{code}")).codes
    assert tess.on_shelf(TABLETS) == before


def test_who_was_not_trained_does_not_sell_it(house: House) -> None:
    clerk = Somebody(house, "clerk")
    refused = clerk.tries("/counter/sales", sale(buyer("Ned Barlow", "7"), 1, key="clerk"))
    assert (refused.status, refused.codes) == (403, ["duty-sell_behind_counter"])


def test_the_carton_is_scanned_its_lot_is_in_the_log_and_an_inspector_prints_it(
    house: House, tess: Somebody
) -> None:
    (lot,) = tess.lots(LONG_ACTING)
    code = datamatrix(LONG_ACTING, lot["lot"], lot["expires_on"])
    who = buyer("Ida Penrose", "70030003")
    asked = sale(who, 2, key="ida", ndc=LONG_ACTING)
    made = tess.does("/counter/sales", asked)
    assert tess.does("/counter/sales", asked) == made
    assert (made["lines"][0]["lots"], lot["lot"] in code) == (lot["lot"], True)
    too_much = tess.tries("/counter/sales", sale(who, 2, key="ida-2", ndc=LONG_ACTING))
    assert "1.633848 g are left" in too_much.says
    (row,) = [each for each in printed(house, "pse-log") if each["Buyer"] == "Ida Penrose"]
    assert (row["Packages"], row["Units"], row["Base g"]) == ("2", "20", "1.966152")
    assert row["Shown"] == "driver licence 70030003, TX"
    assert row["By"] == "TT"
    (no,) = [
        each for each in printed(house, "pse-refused") if each["Who asked"] == "Ida Penrose"
    ]
    assert "1.633848 g are left" in no["Why not"]
