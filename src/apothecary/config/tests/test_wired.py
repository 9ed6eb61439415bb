"""`apothecary wire`: the same bytes come back, a bad line stops nothing but itself."""

import json

import pytest
from click.testing import CliRunner

from apothecary.config.command import apothecary
from apothecary.config.wired import loaded, wired
from apothecary.wires.errors import Malformed

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
