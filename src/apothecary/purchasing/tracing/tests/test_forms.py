"""What people type about tracing: read into typed values, or refused by field."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law.problem import Refused
from apothecary.purchasing.tracing import forms
from apothecary.purchasing.tracing.states import FormKind, Grounds, Source
from apothecary.purchasing.tracing.tests.seller import GTIN


def typed(**values: str) -> QueryDict:
    found = QueryDict(mutable=True)
    found.update(values)
    return found


def field_of(act) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    (one,) = refusal.value.problems
    return one.field


@pytest.mark.parametrize(
    ("text", "lots"),
    [
        ("", []),
        ("L7", ["L7"]),
        (" L7, L8 ", ["L7", "L8"]),
        ("L7\nL8\tL9", ["L7", "L8", "L9"]),
        (",,", []),
    ],
)
def test_lots_are_parted_by_commas_blanks_and_lines(text, lots):
    assert forms.lots_of(typed(lots=text)) == lots


@pytest.mark.parametrize("of", [Source, Grounds, FormKind])
def test_a_choice_is_one_of_its_words_or_the_usual(of):
    usual = next(iter(of))
    for one in of:
        assert forms.choice(typed(c=one.value), "c", of, usual=usual) is one
    assert forms.choice(typed(), "c", of, usual=usual) is usual
    assert field_of(lambda: forms.choice(typed(c="moon"), "c", of, usual=usual)) == "c"


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "9" * 20, "²"])
def test_a_number_that_no_row_can_have_is_refused(text):
    assert field_of(lambda: forms.id_or_none(typed(lot=text), "lot")) == "lot"
    assert field_of(lambda: forms.units_of(typed(units=text), "units")) == "units"


def test_what_was_not_chosen_is_none():
    assert forms.id_or_none(typed(lot=""), "lot") is None
    assert forms.id_or_none(typed(lot="7"), "lot") == 7
    assert forms.units_of(typed(), "units") == Decimal(0)


@given(st.text(max_size=9_000))
def test_a_long_text_is_kept_to_just_past_what_the_rule_refuses(text):
    found = forms.said(typed(says=text), "says")
    assert len(found) <= forms.LONGEST_SAID + 1
    assert len(forms.line(typed(says=text), "says")) <= forms.LONGEST


def test_an_identifier_is_typed_whole_or_refused_by_its_expiry():
    whole = typed(gtin=GTIN, serial="S1", lot="L7", expires_on="2028-06-30", wholesaler="4")
    found = forms.identifier_of(whole)
    assert (found.gtin, found.serial, found.lot) == (GTIN, "S1", "L7")
    assert (found.expires_on, found.wholesaler_id) == (date(2028, 6, 30), 4)
    for text in ("", "soon", "2028-13-01", "2028-02-30"):
        given_so = typed(gtin=GTIN, serial="S1", lot="L7", expires_on=text)
        assert field_of(lambda sent=given_so: forms.identifier_of(sent)) == "expires_on"


def test_a_code_without_a_serial_number_is_no_package_one_can_ask_about(pharmacy):
    code = f"]d201{GTIN}1728063010L7"
    assert field_of(lambda: forms.identifier_of(typed(code=code))) == "code"


def test_a_code_reads_as_it_stands_on_the_package(pharmacy):
    found = forms.identifier_of(typed(code=f"]d201{GTIN}1728063010L7\x1d21S1"))
    assert (found.gtin, found.serial, found.lot) == (GTIN, "S1", "L7")
    assert found.expires_on == date(2028, 6, 30)


def test_a_suspicion_and_a_notification_are_read_field_by_field():
    found = forms.suspicion_of(
        typed(says=" seal ", source="notice of the FDA", reference="N-1", wholesaler="3")
    )
    assert (found.says, found.source, found.reference, found.wholesaler_id) == (
        "seal",
        Source.FDA,
        "N-1",
        3,
    )
    said = forms.said_of(typed(event=" x ", why_over="y", quantity="2 bottles"))
    assert (said.event, said.why_over, said.quantity, said.elsewhere) == (
        "x",
        "y",
        "2 bottles",
        "",
    )
