"""Dialects are data: each key is said, of its kind, and what is written is read back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest

from apothecary.wires.errors import Malformed
from apothecary.wires.x12 import supply
from apothecary.wires.x12.remittance import Day, Party, Reference
from apothecary.wires.x12.supply import Lot, dialect, read_dialect
from apothecary.wires.x12.supply.tests.drawn import SENT
from apothecary.wires.x12.supply.tests.sets import ORDER, changed, order, rows
from apothecary.wires.x12.tests.papers import Dialect as Written
from apothecary.wires.x12.tests.papers import group, interchange, paper

TEXT = (files("apothecary.wires.x12.supply") / "plain.toml").read_text()
LINE = supply.OrderLine("1", Decimal(2), "EA", supply.Product(ndc="00093310501", item="77"))
ORDERED = supply.PurchaseOrder("PO-1", date(2026, 1, 15), (LINE,), account="A1")


def sent(paper: supply.Paper, name: str) -> bytes:
    how = dialect(name)
    return supply.write_interchange([supply.write_paper(paper, how)], SENT, how)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('version = "004010"', 'version = "005010"', "plain.version"),
        ('version = "004010"', "", "plain.version"),
        ('element = "*"', 'element = "A"', "plain.separators"),
        ('element = "*"', 'element = "~"', "plain.separators"),
        ('newline = "\\n"', 'newline = " "', "plain.separators.newline"),
        ('N4 = "ndc"', 'N4 = "code"', "plain.product.reads.N4"),
        ('ndc = "N4"', 'ndc = "VN"', "plain.product.writes.ndc"),
        ('ndc = "N4"', 'colour = "N4"', "plain.product.writes.colour"),
        ("in_line = false", 'in_line = "no"', "plain.lot.in_line"),
        ("in_line = false", "in_lines = false", "plain.lot.in_line"),
        ('expiry_format = "CCYYMMDD"', 'expiry_format = "MMYY"', "plain.lot.expiry_format"),
        ("price_at = 3", "price_at = 9", "plain.catalogue.price_at"),
        ("price_at = 3", "price_at = true", "plain.catalogue.price_at"),
        ("G = true", "G = 1", "plain.catalogue.generic_values.G"),
        ("[account]", "[accounts]", "plain.account"),
        ("[lot]", "[lot]\ncolour = 1", "plain.lot.colour"),
        ("[lot]", "[lot", "plain"),
    ],
)
def test_a_slip_in_a_dialect_is_refused_by_its_key(old: str, new: str, key: str) -> None:
    assert old in TEXT
    with pytest.raises(Malformed) as caught:
        read_dialect(TEXT.replace(old, new, 1), name="plain")
    assert caught.value.field == key


def test_a_dialect_is_what_its_text_says() -> None:
    assert read_dialect(TEXT, name="plain") == dialect("plain") == supply.PLAIN
    with pytest.raises(Malformed, match="at most 100000 are read"):
        read_dialect(TEXT + "#" * 100_000, name="plain")
    with pytest.raises(Malformed, match="must be one of plain, piped, lined, is 'odd'"):
        dialect("odd")


def test_the_same_order_looks_as_each_wholesaler_wants_it() -> None:
    plain = sent(ORDERED, "plain").decode()
    assert "\nREF*IA*A1~\n" in plain
    assert "\nPO1*1*2*EA***N4*00093310501*VN*77~\n" in plain
    with_party = replace(ORDERED, parties=(Party("ST", "SHOP", "92", "A1"),))
    piped = sent(with_party, "piped").decode()
    assert "~N1|ST|SHOP|92|A1~" in piped
    assert "~PO1|1|2|EA|||VC|77|ND|00093310501~" in piped
    assert "\nREF*11*A1\n" in sent(ORDERED, "lined").decode()


def test_an_account_that_no_party_bears_cannot_be_written() -> None:
    with pytest.raises(Malformed, match="account: 'A1' must be the id of the party ST"):
        sent(ORDERED, "piped")


def test_six_digits_are_a_day_or_a_month_as_the_dialect_says() -> None:
    texts = ["BSN*00*S*20260116**0001", "HL*1**I*0", "LIN*1*VN*7", "SN1**2*EA", "REF*LT*L1"]
    one = group([paper("856", rows([*texts, "DTM*036*203011"]))], functional="SH")
    raw = interchange([one], Written(component=">", repetition="U", version="00401"))
    for name, expires_on in (("piped", date(2030, 11, 30)), ("plain", None)):
        (found,) = supply.read_papers(raw, dialect(name))
        assert isinstance(found, supply.ShipNotice)
        (line,) = found.lines()
        assert line.item.lots == (Lot("L1", expires_on),)
        assert len(found.faults) == (0 if expires_on else 1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (replace(LINE, quantity=Decimal(0)), "line 1 quantity: must be above zero"),
        (replace(LINE, price=Decimal("1E-30")), "line 1 price: has too many digits"),
        (replace(LINE, price=Decimal("NaN")), "line 1 price: has too many digits"),
        (replace(LINE, product=supply.Product()), "line 1: must name its product"),
        (replace(LINE, product=supply.Product(ndc="93310501")), "ndc must have 11 digits"),
        (replace(LINE, product=supply.Product(upc="300933105010")), "wrong check digit"),
        (replace(LINE, product=supply.Product(item="A~B")), "PO107: holds a separator '~'"),
        (replace(LINE, product=supply.Product(item="A\u2019B")), "PO107: holds a character"),
        (
            replace(LINE, product=supply.Product(others=(("ZZ", "1"),) * 11)),
            "must name its product by 1 to 10 numbers",
        ),
    ],
)
def test_what_does_not_fit_is_never_written(line: supply.OrderLine, reason: str) -> None:
    with pytest.raises(Malformed, match=r"line 1|PO1") as caught:
        sent(replace(ORDERED, lines=(line,)), "plain")
    assert reason in str(caught.value)


def test_a_bill_in_fractions_of_a_cent_is_never_written() -> None:
    bill = supply.Invoice("I1", date(2026, 1, 16), (), Decimal("1.005"))
    with pytest.raises(Malformed, match="TDS: has more than 2 decimals"):
        sent(bill, "plain")


def test_an_address_of_three_lines_is_never_cut() -> None:
    party = Party("ST", "SHOP", address=("1", "2", "3"))
    with pytest.raises(Malformed, match="party ST: has more than two lines of address"):
        sent(replace(ORDERED, parties=(party,)), "plain")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"references": (Reference("LT", "L1"),)}, "would be read as a lot"),
        ({"days": (Day("036", date(2027, 6, 30)),)}, "would be read as a lot's last"),
    ],
)
def test_what_would_be_read_as_a_lot_is_not_written_as_anything_else(
    change: dict[str, tuple[Reference, ...] | tuple[Day, ...]], reason: str
) -> None:
    item = supply.ShippedItem("1", supply.Product(item="7"), Decimal(1), "EA")
    level = replace(supply.Level("I", item=item), **change)  # type: ignore[arg-type]  # by name
    with pytest.raises(Malformed, match=reason):
        sent(supply.ShipNotice("S", date(2026, 1, 16), (level,)), "plain")


def test_lots_with_and_without_a_last_day_cannot_be_told_apart() -> None:
    lots = (Lot("L1"), Lot("L2", date(2027, 6, 30)))
    item = supply.ShippedItem("1", supply.Product(item="7"), Decimal(1), "EA", lots=lots)
    with pytest.raises(Malformed, match="must all have a last day, or none"):
        sent(
            supply.ShipNotice("S", date(2026, 1, 16), (supply.Level("I", item=item),)), "plain"
        )


def test_levels_too_deep_to_be_read_are_not_written() -> None:
    level = supply.Level("P")
    for _ in range(12):
        level = supply.Level("P", children=(level,))
    with pytest.raises(Malformed, match="stand more than 12 deep"):
        sent(supply.ShipNotice("S", date(2026, 1, 16), (level,)), "plain")


def test_a_short_date_cannot_tell_another_century() -> None:
    item = supply.ShippedItem(
        "1", supply.Product(item="7"), Decimal(1), "EA", lots=(Lot("L", date(1999, 1, 1)),)
    )
    notice = supply.ShipNotice("S", date(2026, 1, 16), (supply.Level("I", item=item),))
    with pytest.raises(Malformed, match="cannot be told by six digits"):
        sent(notice, "lined")


def test_papers_of_several_kinds_share_an_envelope_each_kind_a_group() -> None:
    bill = supply.Invoice("I1", date(2026, 1, 16), (), Decimal(0))
    sets = [supply.write_paper(one) for one in (ORDERED, ORDERED, bill)]
    raw = supply.write_interchange(sets, SENT, supply.PLAIN)
    assert raw.count(b"\nGS*") == 2
    assert b"GE*2*501~" in raw
    assert b"GE*1*502~" in raw
    assert len(list(supply.read_papers(raw))) == 3


def test_an_early_year_keeps_its_four_digits() -> None:
    found = order(changed(ORDER, "BEG", "BEG*00*NE*PO-1**00260115"))
    assert found.ordered_on == date(26, 1, 15)
    assert b"PO-1**00260115" in sent(found, "plain")
