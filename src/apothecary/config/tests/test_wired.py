"""`apothecary wire`: the same bytes come back, a bad line stops nothing but itself."""

import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from click.testing import CliRunner

from apothecary.config.command import apothecary
from apothecary.config.wired import loaded, wired
from apothecary.wires.command import decode
from apothecary.wires.errors import Malformed
from apothecary.wires.x12.remittance import Party
from apothecary.wires.x12.supply import (
    Envelope,
    OrderLine,
    Product,
    PurchaseOrder,
    dialect,
    write_interchange,
    write_purchase_order,
)
from apothecary.wires.x12.supply.dialect import NAMES

CLAIM = (
    b"999999D0B1TESTPCN   1011234567893     20260115APOTHECARY\x1e\x1cAM04\x1cC2ABC123456"
    b"\x1d\x1e\x1cAM07\x1cEM1\x1cD27001234\x1cE70000030000"
)
BOTTLE = b"]d201003009331050191726113010LOT12A\x1d21SN0001234567"


def run(*arguments: str, given: bytes) -> tuple[int, bytes]:
    done = CliRunner().invoke(apothecary, ["wire", *arguments], input=given)
    return done.exit_code, done.stdout_bytes


@pytest.mark.parametrize(("form", "raw"), [("telecom", CLAIM), ("gs1", BOTTLE)])
def test_what_was_decoded_encodes_to_the_same_bytes(form, raw):
    code, said = run(form, "decode", given=raw)
    assert code == 0
    assert json.loads(said)
    assert run(form, "encode", given=said) == (0, raw)


def test_a_message_that_cannot_be_read_is_exit_code_two_with_one_line():
    done = CliRunner().invoke(apothecary, ["wire", "gs1", "decode"], input=b"]d2nonsense")
    assert done.exit_code == 2
    assert "gs1:" in done.output


def test_a_format_nobody_speaks_is_refused_by_name():
    code, said = run("morse", "decode", given=b"")
    assert (code, said) == (2, b"")


def test_a_stream_of_many_is_one_object_a_line_and_the_file_again():
    many = CLAIM + b"\x03" + CLAIM + b"\x03\n"
    code, said = run("telecom", "decode", "--stream", given=many)
    assert code == 0
    assert len(said.splitlines()) == 2
    assert run("telecom", "encode", "--stream", given=said) == (0, many)


def test_a_bad_message_in_a_stream_is_answered_in_its_place():
    lines = [
        json.loads(line) for line in wired("gs1", "decode", BOTTLE + b"\n]d2x\n", stream=True)
    ]
    assert "error" in lines[1]
    assert lines[1]["number"] == 2


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"7"])
def test_what_is_no_json_object_is_refused(raw):
    with pytest.raises(Malformed, match="JSON"):
        loaded(raw)


def test_a_bad_line_of_a_stream_to_encode_is_named_by_its_number():
    with pytest.raises(Malformed, match="line 1"):
        list(wired("gs1", "encode", b"{}\n", stream=True))


# Papers of supply by the dialect of who sends them


def order_in(name: str) -> bytes:
    """One order of one line as each of our dialects writes it."""
    speaks = dialect(name)
    wanted = OrderLine("1", Decimal(2), "EA", Product(ndc="00093310501", item="77"))
    shop = (Party("ST", "SHOP", "92", "A1"),)
    order = PurchaseOrder("PO1", date(2026, 1, 15), (wanted,), account="A1", parties=shop)
    sent = Envelope(("ZZ", "US"), ("ZZ", "THEM"), datetime(2026, 1, 15), 7, 7)  # noqa: DTZ001
    return write_interchange([write_purchase_order(order, speaks)], sent, speaks)


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_is_read_as_its_sender_writes_it_and_comes_back_byte_for_byte(name):
    raw = order_in(name)
    code, said = run("x12", "decode", "--dialect", name, given=raw)
    assert code == 0
    (one,) = json.loads(said)["interchanges"][0]["sets"]
    (line,) = one["paper"]["lines"]
    assert line["product"]["ndc"] == "00093310501"
    assert line["product"]["item"] == "77"
    assert run("x12", "encode", given=said) == (0, raw)


def test_the_wrong_dialect_keeps_the_bytes_and_says_less_never_something_else():
    raw = order_in("piped")
    code, said = run("x12", "decode", given=raw)
    assert code == 0
    (one,) = json.loads(said)["interchanges"][0]["sets"]
    product = one.get("paper", {"lines": [{}]})["lines"][0].get("product", {})
    assert product.get("item") in {"77", None}
    assert run("x12", "encode", given=said) == (0, raw)


def test_a_stream_of_interchanges_is_read_in_one_dialect_throughout():
    many = order_in("piped") + order_in("piped")
    code, said = run("x12", "decode", "--stream", "--dialect", "piped", given=many)
    assert code == 0
    ndcs = [
        json.loads(line)["interchanges"][0]["sets"][0]["paper"]["lines"][0]["product"]["ndc"]
        for line in said.splitlines()
    ]
    assert ndcs == ["00093310501"] * 2
    assert run("x12", "encode", "--stream", given=said) == (0, many)


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (("gs1", "decode", "--dialect", "piped"), BOTTLE),
        (("gs1", "decode", "--stream", "--dialect", "piped"), BOTTLE),
        (("x12", "encode", "--dialect", "lined"), b"{}"),
        (("x12", "decode", "--dialect", "odd"), b"ISA"),
    ],
)
def test_a_dialect_where_none_is_spoken_is_refused_by_name(arguments, given):
    done = CliRunner().invoke(apothecary, ["wire", *arguments], input=given)
    assert done.exit_code == 2
    assert "dialect" in done.output
    assert done.stdout_bytes == b""


def test_the_decoder_itself_refuses_a_dialect_of_another_format():
    with pytest.raises(Malformed, match="goes with x12"):
        decode("gs1", BOTTLE, dialect="piped")
