"""What goes on the pad, from whom, and what a wholesaler's answer means. Pure."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from apothecary.purchasing.ordering.rules import (
    Approvable,
    Need,
    approval_problems,
    back_ordered,
    pad_problems,
    promised,
    suggest,
    told,
)
from apothecary.purchasing.papers.store import Ours, programme_of, store_faults
from apothecary.purchasing.states import Said
from apothecary.purchasing.wholesalers.rules import (
    Offer,
    Particulars,
    cheapest,
    due_day,
    is_gln,
    particulars_problems,
)
from apothecary.stock.kinds import Programme
from apothecary.wires.x12.remittance import Day, Party
from apothecary.wires.x12.supply import Answer, AnsweredLine, Product

TODAY = date(2026, 11, 23)


def offer(package: int, usd: str, *, priority: int = 1, contract: str = "c", item: int = 0):
    return Offer(
        item_id=item or package * 10 + priority,
        wholesaler_id=priority,
        wholesaler="W",
        item_number="1",
        package_id=package,
        usd=Decimal(usd),
        priority=priority,
        contract=contract,
    )


def need(package: int = 1, *, schedule: int = 0) -> Need:
    return Need(package, "1-1-1", "lisinopril", schedule, 2)


@pytest.mark.parametrize(
    ("offers", "wanted"),
    [
        ([], None),
        ([offer(1, "5"), offer(1, "4", priority=2)], "4"),
        ([offer(1, "5", priority=2), offer(1, "5", priority=1)], "5"),
        ([offer(1, "3", contract=""), offer(1, "4")], "3"),
    ],
)
def test_the_cheapest_offer_is_taken(offers, wanted):
    found = cheapest(offers)
    assert (found and str(found.usd)) == wanted


def test_with_equal_prices_the_wholesaler_that_stands_first_is_asked():
    found = cheapest([offer(1, "5", priority=2), offer(1, "5", priority=1)])
    assert found is not None
    assert found.priority == 1


def test_an_item_of_contracts_alone_is_never_bought_without_one():
    offers = [offer(1, "3", contract=""), offer(1, "4")]
    found = cheapest(offers, contract_only=True)
    assert found is not None
    assert found.usd == 4
    assert cheapest(offers[:1], contract_only=True) is None


def test_a_need_is_ordered_where_it_is_cheapest():
    lines, left = suggest([need()], offers={1: [offer(1, "4")]}, substitutes={})
    assert [(one.offer.usd, one.instead_of) for one in lines] == [(4, None)]
    assert left == []


def test_schedule_ii_is_left_out_by_its_rule():
    lines, left = suggest([need(schedule=2)], offers={1: [offer(1, "4")]}, substitutes={})
    assert lines == []
    assert left[0].cite == "21 CFR 1305.03"
    assert "Form 222" in left[0].says


@pytest.mark.parametrize("short", [frozenset(), frozenset({1})])
def test_an_equivalent_stands_in_for_what_is_short_or_has_no_price(short):
    own = [offer(1, "1")] if short else []
    lines, left = suggest(
        [need()],
        offers={1: own, 2: [offer(2, "6")], 3: [offer(3, "5")]},
        substitutes={1: [(2, "rated AB"), (3, "rated AB")]},
        short=short,
    )
    (line,) = lines
    assert (line.offer.package_id, line.instead_of, line.review) == (3, 1, True)
    assert left == []


def test_what_nobody_sells_is_named():
    _, (left,) = suggest([need()], offers={}, substitutes={})
    assert "has no price" in left.says
    _, (left,) = suggest([need()], offers={}, substitutes={}, short=frozenset({1}))
    assert "is short" in left.says


@pytest.mark.parametrize(
    ("packages", "schedule", "codes"),
    [
        (1, 0, []),
        (9_999, 5, []),
        (0, 0, ["bad-quantity"]),
        (10_000, 0, ["bad-quantity"]),
        (1, 2, ["needs-222"]),
        (0, 2, ["needs-222", "bad-quantity"]),
    ],
)
def test_a_line_of_the_pad_is_whole_packages_and_never_schedule_ii(packages, schedule, codes):
    found = pad_problems(drug="x", schedule=schedule, packages=packages)
    assert [one.code for one in found] == codes


def test_everything_that_speaks_against_an_order_is_named_at_once():
    bad = Approvable("", False, [("a", 2, True), ("b", 0, False)], "340b")  # noqa: FBT003
    codes = {one.code for one in approval_problems(bad)}
    assert codes == {"no-account", "inactive", "needs-222", "discontinued"}
    empty = Approvable("1", True, [], "own")  # noqa: FBT003
    assert [one.code for one in approval_problems(empty)] == ["empty-order"]


def answered(*parts: tuple[str, int | None], quantity: int = 3) -> AnsweredLine:
    return AnsweredLine(
        number="1",
        quantity=Decimal(quantity),
        unit="EA",
        product=Product(ndc="68180098001"),
        answers=tuple(
            Answer(code, None if n is None else Decimal(n), "EA", Day("068", TODAY))
            for code, n in parts
        ),
    )


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([("IA", 3)], [(Said.ACCEPTED, 3, False)]),
        ([("IA", None)], [(Said.ACCEPTED, 3, False)]),
        ([("IQ", 2), ("IB", 1)], [(Said.SHORT, 2, True), (Said.BACK_ORDERED, 1, True)]),
        ([("IA", 2), ("IB", 1)], [(Said.ACCEPTED, 2, False), (Said.BACK_ORDERED, 1, True)]),
        ([("IQ", 2)], [(Said.SHORT, 2, True)]),
        ([("IA", 2)], [(Said.SHORT, 2, True)]),
        ([("IA", 4)], [(Said.ACCEPTED, 4, True)]),
        ([("IB", 3)], [(Said.BACK_ORDERED, 3, True)]),
        ([("IB", 2)], [(Said.BACK_ORDERED, 2, True), (Said.REJECTED, 1, True)]),
        ([("IR", 3)], [(Said.REJECTED, 3, True)]),
        ([("ID", 3)], [(Said.REJECTED, 3, True)]),
        ([("R2", 3)], [(Said.REJECTED, 3, True)]),
        ([("IS", 3)], [(Said.SUBSTITUTED, 3, True)]),
        ([("IH", 3)], [(Said.ON_HOLD, 3, True)]),
        ([("ZZ", 3)], [(Said.ON_HOLD, 3, True)]),
        ([], []),
    ],
)
def test_an_answer_is_told_in_our_words_and_what_changed_waits_for_a_person(parts, said):
    found = told(answered(*parts), ordered=3, agreed_usd=Decimal(2), price_usd=Decimal("2.000"))
    assert [(one.said, one.packages, one.needs_decision) for one in found] == said


@pytest.mark.parametrize(
    ("agreed", "asked", "said"),
    [
        ("2.00", "2.00", Said.ACCEPTED),
        ("2.00", "2.01", Said.PRICE),
        ("2.00", "1.99", Said.PRICE),
        ("2.00", None, Said.ACCEPTED),
        (None, "2.00", Said.PRICE),
    ],
)
def test_another_price_is_a_change_like_any_other(agreed, asked, said):
    (one,) = told(
        answered(("IA", 3)),
        ordered=3,
        agreed_usd=Decimal(agreed) if agreed else None,
        price_usd=Decimal(asked) if asked else None,
    )
    assert one.said is said
    assert one.needs_decision is (said is Said.PRICE)


@pytest.mark.parametrize(
    ("parts", "sent", "later"),
    [
        ([(Said.ACCEPTED, 3, "")], 3, 0),
        ([(Said.SHORT, 2, ""), (Said.BACK_ORDERED, 1, "")], 2, 1),
        ([(Said.SHORT, 2, "taken"), (Said.BACK_ORDERED, 1, "refused")], 2, 0),
        ([(Said.PRICE, 3, "refused")], 3, 0),
        ([(Said.REJECTED, 3, "")], 0, 0),
        ([(Said.SUBSTITUTED, 3, "taken")], 0, 0),
        ([(Said.ON_HOLD, 3, "")], 0, 3),
    ],
)
def test_what_is_on_its_way_is_counted_from_what_was_said_and_decided(parts, sent, later):
    assert (promised(parts), back_ordered(parts)) == (sent, later)


@pytest.mark.parametrize(
    ("at", "lead", "day"),
    [
        (time(16, 59), 1, 24),
        (time(17, 0), 1, 24),
        (time(17, 1), 1, 25),
        (time(9, 0), 0, 23),
        (time(18, 0), 0, 24),
    ],
)
def test_an_order_after_the_cut_off_comes_a_day_later(at, lead, day):
    now = datetime.combine(TODAY, at)
    assert due_day(lead_days=lead, order_by=time(17), now=now) == date(2026, 11, day)
    assert due_day(lead_days=1, order_by=None, now=now) == date(2026, 11, 24)


OURS = Ours("0012345", "0012345B", "AB1234563")


@pytest.mark.parametrize(
    ("account", "parties", "fields"),
    [
        ("", [], []),
        ("0012345", [Party("ST", "US", "92", "0012345")], []),
        ("0012345", [Party("BY", "US", "11", OURS.dea)], []),
        ("0012345B", [], []),
        ("9", [], ["account"]),
        ("", [Party("ST", "X", "92", "9")], ["party ST"]),
        ("", [Party("BY", "X", "11", "FL9000023")], ["party BY"]),
        ("", [Party("SU", "X", "11", "RC9001013")], []),
        ("9", [Party("ST", "X", "91", "9")], ["account", "party ST"]),
        ("", [Party("ST", "X", "UL", "0614141001019")], []),
    ],
)
def test_a_paper_for_another_store_is_named_by_what_is_not_ours(account, parties, fields):
    found = store_faults(OURS, account=account, parties=parties)
    assert [one.field for one in found] == fields


@pytest.mark.parametrize(
    ("account", "parties", "programme"),
    [
        ("0012345", [], Programme.OWN),
        ("0012345B", [], Programme.DISCOUNT_340B),
        ("", [Party("ST", "US", "92", "0012345B")], Programme.DISCOUNT_340B),
        ("", [], Programme.OWN),
    ],
)
def test_a_paper_is_about_the_stock_of_its_account(account, parties, programme):
    assert programme_of(OURS, account=account, parties=parties) is programme


GOOD = Particulars("caprock", "Caprock", "0012345", "plain", "ZZ:CAPROCK", "ZZ:US")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, ""),
        ({"account_340b": "0012345B"}, ""),
        ({"gln": "0614141001019"}, ""),
        ({"dea": "RC9001013"}, ""),
        ({"code": "Cap Rock"}, "code"),
        ({"code": ""}, "code"),
        ({"name": " "}, "name"),
        ({"account": ""}, "account"),
        ({"account_340b": "0012345"}, "account_340b"),
        ({"dialect": "french"}, "dialect"),
        ({"edi_id": "CAPROCK"}, "edi_id"),
        ({"our_edi_id": "ZZ:" + "X" * 16}, "our_edi_id"),
        ({"gln": "0614141001018"}, "gln"),
        ({"dea": "RC9001014"}, "dea"),
        ({"lead_days": 31}, "lead_days"),
        ({"lead_days": -1}, "lead_days"),
        ({"receipt_minutes": 0}, "receipt_minutes"),
        ({"priority": 100}, "priority"),
    ],
)
def test_a_wholesalers_particulars_are_refused_by_field(change, field):
    given = Particulars(**{name: getattr(GOOD, name) for name in GOOD.__slots__} | change)
    fields = {one.field for one in particulars_problems(given, on=TODAY)}
    assert fields == ({field} if field else set())


@pytest.mark.parametrize(
    ("text", "good"), [("0614141001019", True), ("061414100101", False), ("x" * 13, False)]
)
def test_a_gln_has_thirteen_digits_and_a_check_digit(text, good):
    assert is_gln(text) is good
