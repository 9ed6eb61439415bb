"""Sentences, patience and what may be typed: pure."""

from datetime import date, timedelta

import pytest

from apothecary.claims.rules import (
    Changes,
    NextKey,
    change_problems,
    date_problems,
    next_key,
    passes_by_itself,
    read_safety,
    reject_sentence,
    safety_of,
)

TODAY = date(2026, 6, 10)
JUNE_14 = date(2026, 6, 14)


@pytest.mark.parametrize(
    ("codes", "day", "messages", "says"),
    [
        (("79",), JUNE_14, (), "79: too soon to refill until June 14"),
        (("79",), None, (), "79: too soon to refill"),
        (("76", "79"), JUNE_14, (), "79: too soon to refill until June 14 (also 76)"),
        (("08",), None, ("CALL",), "08: the person code is missing or wrong"),
        (("ZZZ",), None, (), "ZZZ: reject code ZZZ, which this list does not explain"),
        ((), None, ("BAD BIN", "CALL US"), "BAD BIN; CALL US"),
        ((), None, (), "the payer gave no reason"),
    ],
)
def test_a_reject_is_told_in_one_sentence(codes, day, messages, says):
    assert reject_sentence(codes, next_fill_on=day, messages=messages) == says


@pytest.mark.parametrize(
    ("codes", "passes"),
    [
        (("92",), True),
        (("92", "99"), True),
        (("92", "79"), False),
        (("R8",), False),
        ((), False),
    ],
)
def test_only_the_payers_own_failure_passes_by_itself(codes, passes):
    assert passes_by_itself(codes) is passes


@pytest.mark.parametrize(
    ("codes", "answered", "day", "key"),
    [
        (("79",), True, JUNE_14, NextKey("F6", "date it for June 14")),
        (("79",), True, None, NextKey("F10", "say why it is early and send again")),
        (("76",), True, None, NextKey("Alt+B", "back to entry for quantity or days")),
        (("RK",), True, None, NextKey("F10", "bill the whole when the rest is there")),
        (("08",), True, None, NextKey("F10", "correct and send again")),
        (("52",), True, None, NextKey("F10", "correct the card and send again")),
        (("75",), True, None, NextKey("F10", "type the authorization number and send again")),
        (("70",), True, None, NextKey("Alt+B", "back to entry for another product")),
        (("88",), True, None, NextKey("F10", "send the pharmacist’s three codes")),
        (("ZZZ",), True, None, NextKey("F10", "correct and send again")),
        ((), True, None, NextKey("F10", "correct and send again")),
        ((), False, None, NextKey("F10", "send the same again")),
    ],
)
def test_every_reject_has_a_next_key(codes, answered, day, key):
    assert next_key(codes, answered=answered, next_fill_on=day) == key


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        (Changes(), []),
        (Changes(cardholder_id="A" * 20, group="G" * 15, person_code="001"), []),
        (Changes(cardholder_id="A" * 21), ["cardholder_id"]),
        (Changes(cardholder_id="  "), ["cardholder_id"]),
        (Changes(group="G" * 16), ["group"]),
        (Changes(group=""), []),
        (Changes(person_code="0001"), ["person_code"]),
        (Changes(daw="9"), []),
        (Changes(daw="A"), ["daw"]),
        (Changes(daw=""), ["daw"]),
        (Changes(relationship="4"), []),
        (Changes(relationship="5"), ["relationship"]),
        (Changes(clarification="42"), []),
        (Changes(clarification="420"), ["clarification"]),
        (Changes(clarification="x"), ["clarification"]),
        (Changes(prior_authorization="A1234567890"), []),
        (Changes(prior_authorization="A12345678901"), ["prior_authorization"]),
        (Changes(prior_authorization="12 34"), ["prior_authorization"]),
        (Changes(safety_codes="dd m0 1g"), []),
        (Changes(safety_codes="DD M0"), ["safety_codes"]),
        (Changes(safety_codes="DD M0 1GG"), ["safety_codes"]),
        (Changes(daw="x", relationship="9"), ["daw", "relationship"]),
    ],
)
def test_what_no_claim_can_carry_is_named_by_its_field(changes, fields):
    assert [problem.field for problem in change_problems(changes)] == fields


def test_a_value_that_is_not_given_is_left_as_it_is():
    assert Changes(person_code=" 01 ").given() == {"person_code": "01"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [("DD M0 1G", ("DD", "M0", "1G")), ("dd  m0 1g", ("DD", "M0", "1G")), ("DDM01G", None)],
)
def test_safety_codes_are_reason_service_and_result(text, codes):
    assert read_safety(text) == codes


@pytest.mark.parametrize(
    ("on", "refused"),
    [
        (TODAY - timedelta(days=1), True),
        (TODAY, True),
        (TODAY + timedelta(days=1), False),
        (TODAY + timedelta(days=366), False),
        (TODAY + timedelta(days=367), True),
    ],
)
def test_a_claim_is_put_off_to_a_later_day_within_a_year(on, refused):
    assert bool(date_problems(on, today=TODAY)) is refused


DD, TD, ID = ("DD", "M0", "1G"), ("TD", "P0", "1B"), ("ID", "R0", "2A")


@pytest.mark.parametrize(
    ("typed", "judged", "said"),
    [
        ("", [], ()),
        ("", [DD, TD], (DD, TD)),
        ("td p0 1b", [DD], (TD, DD)),
        ("DD M0 1G", [TD, DD], (DD, TD)),
        ("", [ID, DD], (DD,)),
        ("ID R0 2B", [], ()),
    ],
)
def test_a_claim_says_what_was_judged_each_once_and_never_that_it_was_not_filled(
    typed, judged, said
):
    assert safety_of(typed, judged) == said


@pytest.mark.parametrize(("judged", "said"), [(8, 8), (9, 9), (10, 9)])
def test_a_claim_has_room_for_nine_judgements(judged, said):
    many = [("DD", f"M{number}", "1G") for number in range(judged)]
    assert safety_of("", many) == tuple(many[:said])
