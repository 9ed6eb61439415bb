"""Prior authorization on the claims line: asked, deferred, decided, used, withdrawn."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest

from simulators.payer.desk import Desk
from simulators.payer.memory import Approval, Memory
from simulators.payer.plans import Books
from simulators.payer.wire import FS, GS, RS
from simulators.tests.counter import (
    Fields,
    Response,
    changed,
    header,
    priced,
    said,
    written,
)

PREGABALIN, MODAFINIL_DRUG, LISINOPRIL = "00071101468", "modafinil", "00591040801"
CAPROCK = {"bin_number": "999996", "pcn": "TESTADV"}
CARD = {"C2": "CR7654321", "C1": "CAP200"}
WANTED = "PA=1 PB=20260301 PC=20260901 PD=ME"
NERVES = said("13", "VE=1 WE=02 DO=G62.9")
BACK = said("13", "VE=1 WE=02 DO=M54.5")


@dataclass
class Watch:
    """A day and seconds that are moved by hand."""

    day: date = date(2026, 3, 1)
    seconds: float = 0.0


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def slow(books: Books, watch: Watch) -> Desk:
    """A payer that takes twenty seconds for a decision."""
    return Desk(books, Memory(), seed=7, today=lambda: watch.day, now=lambda: watch.seconds)


def ask(
    desk: Desk, code: str, *more: bytes, wanted: str = WANTED, ndc: str = PREGABALIN,
    **body: str,
) -> Response:  # fmt: skip
    whole: Fields = {"04": CARD, "07": {"D7": ndc, "DF": "1", **body}, **priced("99.00")}
    drop = ("11",) if code == "P4" else ()
    raw = written(header(code=code, **CAPROCK), changed(whole, drop=drop))
    return Response(desk.answer(raw + said("12", wanted) + b"".join(more)).transmission)


def about(desk: Desk, code: str, **names: str) -> Response:
    text = " ".join(f"{name}={value}" for name, value in names.items())
    insurance = f"{RS}{FS}AM04{FS}C2CR7654321{FS}C1CAP200"
    raw = f"{header(code=code, **CAPROCK)}{insurance}{GS}".encode() + said("12", text)
    return Response(desk.answer(raw).transmission)


def bill(desk: Desk, on: str = "20260301", **body: str) -> Response:
    whole: Fields = {
        "04": CARD, "07": {"D7": PREGABALIN, "DE": on, **body}, **priced("99.00"),
    }  # fmt: skip
    raw = written(header(on=on, **CAPROCK), changed(whole))
    return Response(desk.answer(raw).transmission)


def test_a_request_is_deferred_first_and_approved_some_time_later(
    slow: Desk, watch: Watch
) -> None:
    assert bill(slow).all("FB") == ["75"]
    first = ask(slow, "P4", NERVES)
    reference = first.one("F3")
    assert (first.one("AN"), first.all("PY")) == ("F", [])
    watch.seconds = 19.9
    assert about(slow, "P3", F3=reference).one("AN") == "F"
    watch.seconds = 20.0
    granted = about(slow, "P3", F3=reference)
    assert granted.one("AN") == "A"
    assert granted.one("PS") == "20260301"
    assert granted.one("PT") == "20260828"
    assert granted.one("RA") == "0000060000"
    paid = bill(slow, EU="1", EV=granted.one("PY"))
    assert paid.one("AN") == "P"
    assert about(slow, "P3", PY=granted.one("PY")).one("PX") == "0000030000"


def test_a_request_that_does_not_meet_the_criteria_is_denied(slow: Desk, watch: Watch) -> None:
    reference = ask(slow, "P4", BACK).one("F3")
    watch.seconds = 60
    answer = about(slow, "P3", F3=reference)
    assert (answer.one("AN"), answer.all("FB")) == ("R", ["3Y"])
    assert bill(slow).all("FB") == ["75"]
    assert ask(slow, "P4", NERVES).one("AN") == "F"


def test_without_a_diagnosis_nothing_meets_the_criteria(slow: Desk, watch: Watch) -> None:
    reference = ask(slow, "P4").one("F3")
    watch.seconds = 60
    assert about(slow, "P3", F3=reference).all("FB") == ["3Y"]


def test_asked_and_billed_at_once_is_paid_once_the_plan_decides(
    slow: Desk, watch: Watch
) -> None:
    first = ask(slow, "P1", NERVES)
    assert first.one("AN") == "F"
    assert slow.memory.everything() == []
    watch.seconds = 30
    paid = about(slow, "P3", F3=first.one("F3"))
    assert paid.one("AN") == "P"
    assert paid.usd("F9") == paid.usd("F6") + paid.usd("F7") - paid.usd("F5")
    assert paid.usd("RB") > 0
    assert paid.one("PY")
    assert about(slow, "P3", F3=first.one("F3")).one("AN") == "D"
    assert len(slow.memory.everything()) == 1


def test_a_person_at_the_plan_may_decide_otherwise(slow: Desk) -> None:
    reference = ask(slow, "P4", BACK).one("F3")
    slow.authorizing.decide(reference, "approved")
    assert about(slow, "P3", F3=reference).one("AN") == "A"
    with pytest.raises(KeyError):
        slow.authorizing.decide(reference, "denied")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("PB=20260301 PC=20260901 PD=ME", "3A"),
        ("PA=9 PB=20260301 PC=20260901 PD=ME", "3A"),
        ("PA=1 PC=20260901 PD=ME", "3B"),
        ("PA=1 PB=20260231 PC=20260901 PD=ME", "3B"),
        ("PA=1 PB=20260301 PC=20260228 PD=ME", "3C"),
        ("PA=1 PB=20260301 PD=ME", "3C"),
        ("PA=1 PB=20260301 PC=20260901 PD=ZZ", "3D"),
    ],
)
def test_a_bad_request_is_refused_by_its_field(slow: Desk, wanted: str, code: str) -> None:
    assert ask(slow, "P4", NERVES, wanted=wanted).all("FB") == [code]
    assert slow.authorizing.all() == []


def test_a_request_without_its_segment_is_refused(slow: Desk) -> None:
    whole: Fields = {"04": CARD, "07": {"D7": PREGABALIN}, **priced("99.00")}
    raw = written(header(code="P1", **CAPROCK), changed(whole))
    assert Response(slow.answer(raw).transmission).all("FB") == ["6Q"]


def test_a_request_needs_a_price_only_when_it_bills(slow: Desk) -> None:
    whole: Fields = {"04": CARD, "07": {"D7": PREGABALIN}}
    raw = written(header(code="P1", **CAPROCK), changed(whole, drop=("11",)))
    assert Response(slow.answer(raw + said("12", WANTED)).transmission).all("FB") == ["6P"]
    assert ask(slow, "P4", NERVES).one("AN") == "F"


def test_what_needs_no_authorization_gets_none(slow: Desk) -> None:
    assert ask(slow, "P4", ndc=LISINOPRIL).all("FB") == ["3R"]


def test_what_is_excluded_is_not_authorized(slow: Desk) -> None:
    assert ask(slow, "P4", ndc="00093645156").all("FB") == ["70"]


def test_one_request_at_a_time_and_none_beside_a_standing_one(slow: Desk, watch: Watch) -> None:
    reference = ask(slow, "P4", NERVES).one("F3")
    assert ask(slow, "P4", NERVES).all("FB") == ["3W"]
    watch.seconds = 60
    about(slow, "P3", F3=reference)
    assert ask(slow, "P4", NERVES).all("FB") == ["3T"]
    assert ask(slow, "P4", NERVES, wanted=WANTED.replace("PA=1", "PA=2")).one("AN") == "F"


@pytest.mark.parametrize("code", ["P2", "P3"])
def test_a_reference_nobody_gave_is_not_found(slow: Desk, code: str) -> None:
    assert about(slow, code, F3="REQ0000009").all("FB") == ["3X"]
    assert about(slow, code, PY="PA9").all("FB") == ["3X"]


def test_a_withdrawn_request_is_never_granted(slow: Desk, watch: Watch) -> None:
    reference = ask(slow, "P4", NERVES).one("F3")
    assert about(slow, "P2", F3=reference).one("AN") == "A"
    assert about(slow, "P2", F3=reference).one("AN") == "S"
    watch.seconds = 60
    assert about(slow, "P3", F3=reference).all("FB") == ["3Y"]


def test_an_authorization_is_withdrawn_only_when_nothing_is_paid_under_it(
    slow: Desk, watch: Watch
) -> None:
    reference = ask(slow, "P4", NERVES).one("F3")
    watch.seconds = 60
    number = about(slow, "P3", F3=reference).one("PY")
    paid = bill(slow)
    assert about(slow, "P2", PY=number).all("FB") == ["RA"]
    slow.billing.take_back(slow.memory.everything()[0])
    assert paid.one("AN") == "P"
    assert about(slow, "P2", PY=number).one("AN") == "A"
    assert bill(slow, D2="2").all("FB") == ["75"]


@pytest.mark.parametrize(
    ("after_days", "codes"), [(180, []), (181, ["75"])]
)  # fmt: skip
def test_an_authorization_ends_after_its_days(
    slow: Desk, watch: Watch, after_days: int, codes: list[str]
) -> None:
    reference = ask(slow, "P4", NERVES).one("F3")
    watch.seconds = 60
    about(slow, "P3", F3=reference)
    watch.day += timedelta(days=after_days)
    assert bill(slow, on=f"{watch.day:%Y%m%d}").all("FB") == codes


def test_an_authorized_quantity_is_used_up_and_given_back(slow: Desk, watch: Watch) -> None:
    reference = ask(slow, "P4", NERVES, DF="0").one("F3")
    watch.seconds = 60
    about(slow, "P3", F3=reference)
    assert bill(slow, D2="1").one("AN") == "P"
    watch.day += timedelta(days=40)
    on = f"{watch.day:%Y%m%d}"
    assert bill(slow, on=on, D2="2").all("FB") == ["PA"]
    slow.billing.take_back(slow.memory.everything()[0])
    assert bill(slow, on=on, D2="2").one("AN") == "P"


def test_an_authorization_of_more_lifts_the_quantity_limit(desk: Desk) -> None:
    sumatriptan = "00378563159"
    assert bill(desk, D7=sumatriptan, E7="0000018000").all("FB") == ["76"]
    desk.memory.approve(
        "caprock-advantage", "PAQ", "CR7654321", "sumatriptan", quantity=Decimal(18)
    )
    assert bill(desk, D7=sumatriptan, E7="0000018000").all("FB") == ["76"]
    more = bill(desk, D7=sumatriptan, E7="0000018000", EU="1", EV="PAQ")
    assert more.one("AN") == "P"


@pytest.mark.parametrize(
    ("day", "stands"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 3, 31), True),
        (date(2026, 4, 1), False),
    ],
)
def test_an_approval_stands_on_both_its_end_days(day: date, stands: bool) -> None:
    approval = Approval("PA1", date(2026, 3, 1), date(2026, 3, 31))
    assert approval.stands(day) is stands
    assert Approval("PA2").stands(day)


@pytest.mark.parametrize(("quantity", "covers"), [("10", True), ("10.001", False)])
def test_an_approval_covers_what_is_left_of_it(quantity: str, covers: bool) -> None:
    approval = Approval("PA1", quantity=Decimal(30), used=Decimal(20))
    assert approval.covers(Decimal(quantity)) is covers
    assert Approval("PA2").covers(Decimal(quantity))


def test_requests_outlive_the_process(books: Books, watch: Watch, tmp_path: object) -> None:
    path = f"{tmp_path}/payer.sqlite"
    first = Desk(books, Memory(path), seed=7, today=lambda: watch.day)
    reference = ask(first, "P1", NERVES).one("F3")
    first.memory.close()
    again = Desk(books, Memory(path), seed=7, today=lambda: watch.day, now=lambda: 99.0)
    assert about(again, "P3", F3=reference).one("AN") == "P"
    again.memory.close()
