"""A C-II by telephone on a holiday: covered on the sixth day, or DEA is told."""

import csv
from datetime import date, datetime
from io import StringIO
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import psycopg

from apothecary.config.postgres import reached
from journeys.books import name_of
from journeys.house import House
from journeys.people import Fill, Somebody, form_of
from journeys.walk import Team

CHICAGO = ZoneInfo("America/Chicago")
DRUG = "methylphenidate hydrochloride 10"
PNG = b"\x89PNG\r\n\x1a\n" + b"the signed paper"
SAID = {
    "emergency": "yes",
    "emergency_because": "out of it on a holiday, and cannot be without it at work",
    "emergency_period": "until the office opens; what was said is for those days",
    "emergency_needed_at_once": "yes",
    "emergency_no_alternative": "yes",
    "emergency_no_written_in_time": "yes",
    "emergency_verified_how": "called back at the number in the state's directory",
}
# The house cannot be made older, so its record is: the triggers that keep it stand aside.
ASIDE: LiteralString = "SET session_replication_role = replica"
AGED: LiteralString = """
UPDATE prescriptions_emergencyorder
SET ordered_at = ordered_at - make_interval(days => %(days)s),
    recorded_at = recorded_at - make_interval(days => %(days)s),
    due_at = due_at - make_interval(days => %(days)s),
    ordered_on = ordered_on - %(days)s, due_on = due_on - %(days)s
WHERE id = %(id)s
"""


def aged(house: House, order: Any, days: int) -> Any:
    """The order as it stands when so many days have passed since it was given."""
    with reached(house.data) as server:
        url, name = server.steward_url, name_of(server.url)
        with psycopg.connect(url, dbname=name) as steward:
            steward.execute(ASIDE)
            steward.execute(AGED, {"days": days, "id": order["id"]})
    return Somebody(house, "rph").reads(f"/emergency-orders/{order['id']}")


def called_in(team: Team, who: str) -> tuple[Any, Fill]:
    """The message that follows lies in intake; before it the prescriber called."""
    message = team.tess.arrival(team.doctors.prescribe(DRUG, who))
    call = team.rita.does(
        "/arrivals",
        {"source": "phone", "caller": "the prescriber", "read_back": True}
        | {"said": f"{who}, {DRUG} mg, quantity {message['sent']['quantity']}"},
    )
    values = form_of(message) | SAID | {"origin": "2", "pay": "cash"}
    finish = f"/arrivals/{call['id']}/finish"
    assert team.tess.tries(finish, {"values": values}).codes == ["duty-emergency_oral"]
    unsaid = team.rita.tries(finish, {"values": values | {"emergency_verified_how": ""}})
    assert unsaid.fields == ["emergency_verified_how"]
    return message, Fill.seen(team.rita.does(finish, {"values": values}))


def order_of(rita: Somebody, fill: Fill) -> Any:
    """The emergency order of a fill, among the open ones."""
    (found,) = [
        one for one in rita.reads("/emergency-orders") if one["number"] == fill.rx_number
    ]
    return found


def given_on(order: Any) -> date:
    """The day of the oral order on the pharmacy's own clock."""
    return datetime.fromisoformat(order["ordered_at"]).astimezone(CHICAGO).date()


def reads(message: Any) -> dict[str, str]:
    """What the signed paper says: the elements of the message."""
    names = ("patient_id", "prescriber_id", "package_id", "quantity", "written_on")
    return {name: form_of(message)[name] for name in names}


def papered(team: Team, message: Any, order: Any) -> tuple[str, Any]:
    """The signed paper as it is scanned, and what is said of it when it is attached."""
    marks = {"oral_order_on": f"{given_on(order)}", "words": True}
    body = {"order_id": order["id"], "values": reads(message)} | marks
    return f"/arrivals/{team.tess.scans(PNG)}/covers", body


def printed(house: House, rx_number: int) -> str:
    """The line of an order on the paper that `apothecary inspect` prints."""
    done = house.command("inspect", "emergencies", "--worker", "rph")
    assert done.returncode == 0, done.stderr
    (line,) = [row for row in csv.reader(StringIO(done.stdout)) if str(rx_number) in row]
    return " | ".join(line)


def test_an_oral_order_is_dispensed_and_covered_on_the_sixth_day(
    house: House, team: Team
) -> None:
    message, fill = called_in(team, "Nora Fitzgerald")
    sold = team.brings(fill, until="ready")
    team.tess.sells(sold)
    order = aged(house, order_of(team.rita, fill), 6)
    assert (order["stands"], order["owes"]) == ("waiting", [])
    assert "hour" in order["left"]
    by_wire = team.rita.tries(f"/arrivals/{message['id']}/covers", {"order_id": order["id"]})
    assert "epcs-not-audited" in by_wire.codes
    covers, body = papered(team, message, order)
    assert team.tess.tries(covers, body).status == 403
    more = team.rita.tries(covers, body | {"values": body["values"] | {"quantity": "999"}})
    assert more.fields == ["quantity"]
    covered = team.rita.does(covers, body)
    assert covered["stands"] == "covered"
    assert team.rita.tries(covers, body).codes == ["wrong-state"]
    assert "signed paper" in printed(house, fill.rx_number)


def test_of_what_never_comes_dea_is_told_and_the_paper_says_so(
    house: House, team: Team
) -> None:
    message, fill = called_in(team, "Howard Ramsey")
    team.tess.sells(team.brings(fill, until="ready"))
    there = f"/emergency-orders/{order_of(team.rita, fill)['id']}"
    order = aged(house, order_of(team.rita, fill), 8)
    assert (order["stands"], order["owes"]) == ("overdue", ["dea"])
    assert "overdue" in printed(house, fill.rx_number)
    late = team.rita.tries(*papered(team, message, order))
    assert late.codes == ["follow-up-overdue"]
    told = {"office": "DEA Austin", "spoke_with": "the duty agent", "how": "telephone"}
    assert team.tess.tries(f"{there}/told", told).status == 403
    assert team.rita.tries(f"{there}/told", {"how": "letter"}).fields == [
        "office",
        "spoke_with",
    ]
    assert team.rita.does(f"{there}/told", told)["stands"] == "DEA told"
    assert "DEA told: DEA Austin, the duty agent" in printed(house, fill.rx_number)
    numbers = [one["number"] for one in team.rita.reads("/emergency-orders")]
    assert fill.rx_number not in numbers
