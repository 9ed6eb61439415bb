from dataclasses import replace
from datetime import date

import pytest

from apothecary.law.form222 import (
    FormFacts,
    FormLine,
    FormReceipt,
    form_good_until,
    form_problems,
    form_receipt_problems,
    lost_form_problems,
)
from apothecary.law.problem import Problem, Refused
from apothecary.law.tests.cases import ON, asks_for_exactly, codes

HEAD = (
    "serial",
    "purchaser_name",
    "purchaser_address",
    "purchaser_dea",
    "supplier_name",
    "supplier_address",
    "lines_completed",
)
SIGNED = ("signature", "signed_on")
LINE = ("packages", "package_size", "item_name")
BESIDE = frozenset({"packages_received", "received_on"})


def lines(count: int) -> tuple[FormLine, ...]:
    return tuple(
        FormLine(number=number, packages=5, shown=frozenset(LINE))
        for number in range(1, count + 1)
    )


FORM = FormFacts(
    shown=frozenset((*HEAD, *SIGNED)),
    lines=lines(2),
    lines_completed=2,
    signed_on=ON,
    signer_may_order=True,
)
RECEIPT = FormReceipt(line=1, packages=5, received_on=ON, shown=BESIDE)


def received(receipt: FormReceipt, form: FormFacts = FORM) -> list[Problem]:
    return form_receipt_problems(form, receipt, on=receipt.received_on)


def test_a_form_in_order_is_sent() -> None:
    assert form_problems(FORM, on=ON) == []


def test_the_head_of_a_form_shows_who_orders_from_whom() -> None:
    asks_for_exactly(
        lambda shown: form_problems(replace(FORM, shown=shown | set(SIGNED)), on=ON), *HEAD
    )


def test_a_form_is_signed_and_dated() -> None:
    asks_for_exactly(
        lambda shown: form_problems(replace(FORM, shown=shown | set(HEAD)), on=ON), *SIGNED
    )


def test_each_line_shows_its_item() -> None:
    def judged(shown: frozenset[str]) -> list[Problem]:
        (line,) = lines(1)
        form = replace(FORM, lines=(replace(line, shown=shown),), lines_completed=1)
        return form_problems(form, on=ON)

    asks_for_exactly(judged, *LINE)


@pytest.mark.parametrize("defect", ["incomplete", "illegible", "altered", "erased"])
def test_a_form_with_a_defect_is_void_and_written_anew(defect: str) -> None:
    problems = form_problems(replace(FORM, defects=frozenset({defect})), on=ON)
    assert codes(problems) == [f"form222-{defect}"]
    assert (problems[0].cite, problems[0].verified) == ("21 CFR 1305.15", "V1")
    assert "a new one is written" in problems[0].says


def test_a_stain_is_no_defect_of_the_law() -> None:
    assert form_problems(replace(FORM, defects=frozenset({"something else"})), on=ON) == []


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, ["form222-lines"]), (1, []), (19, []), (20, []), (21, ["form222-lines"])],
)
def test_a_form_has_one_to_twenty_lines(count: int, expected: list[str]) -> None:
    form = replace(FORM, lines=lines(count), lines_completed=count)
    assert codes(form_problems(form, on=ON)) == expected


@pytest.mark.parametrize(
    ("said", "expected"), [(1, ["form222-count"]), (2, []), (3, ["form222-count"])]
)
def test_the_number_of_lines_completed_is_noted_and_right(
    said: int, expected: list[str]
) -> None:
    assert codes(form_problems(replace(FORM, lines_completed=said), on=ON)) == expected


@pytest.mark.parametrize("numbers", [(1, 1), (2, 1), (1, 3)])
def test_each_line_is_used_once_in_its_order(numbers: tuple[int, int]) -> None:
    used = tuple(
        replace(line, number=number) for line, number in zip(FORM.lines, numbers, strict=True)
    )
    assert codes(form_problems(replace(FORM, lines=used), on=ON)) == ["form222-numbers"]


@pytest.mark.parametrize(("packages", "expected"), [(0, ["form222-nothing"]), (1, [])])
def test_a_line_orders_something(packages: int, expected: list[str]) -> None:
    (line,) = lines(1)
    form = replace(FORM, lines=(replace(line, packages=packages),), lines_completed=1)
    assert codes(form_problems(form, on=ON)) == expected


@pytest.mark.parametrize(("sheets", "expected"), [(1, []), (3, ["form222-sheets"])])
def test_only_the_form_of_one_sheet_is_good(sheets: int, expected: list[str]) -> None:
    assert codes(form_problems(replace(FORM, sheets=sheets), on=ON)) == expected


def test_the_single_sheet_is_the_law_since_30_october_2021() -> None:
    signed = replace(FORM, signed_on=date(2021, 10, 29))
    with pytest.raises(Refused):
        form_problems(signed, on=date(2021, 10, 29))
    assert form_problems(signed, on=date(2021, 10, 30)) == []
    assert form_problems(signed, on=date(2021, 10, 31)) == []


def test_a_form_signed_by_somebody_without_power_orders_nothing() -> None:
    problems = form_problems(replace(FORM, signer_may_order=False), on=ON)
    assert (codes(problems), problems[0].field) == (["form222-signer"], "signer_may_order")


def test_a_copy_is_kept_before_the_form_goes() -> None:
    assert codes(form_problems(replace(FORM, copy_kept=False), on=ON)) == ["form222-copy"]


def test_a_void_form_orders_and_receives_nothing() -> None:
    void = replace(FORM, void=True)
    assert codes(form_problems(void, on=ON)) == ["form222-void"]
    assert codes(received(RECEIPT, void)) == ["form222-void"]


def test_a_form_without_its_date_has_no_last_day_but_misses_the_date() -> None:
    form = replace(FORM, signed_on=None, shown=FORM.shown - {"signed_on"})
    assert codes(form_problems(form, on=ON)) == ["form222-no-signed-on"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 3), ["form222-postdated"]),
        (date(2026, 3, 4), []),
        (date(2026, 5, 2), []),
        (date(2026, 5, 3), []),
        (date(2026, 5, 4), ["form222-expired"]),
    ],
)
def test_a_form_is_good_for_sixty_days_from_its_signing(day: date, expected: list[str]) -> None:
    assert codes(form_problems(FORM, on=day)) == expected
    assert codes(received(replace(RECEIPT, received_on=day))) == expected
    assert form_good_until(ON, on=ON) == date(2026, 5, 3)


@pytest.mark.parametrize(
    ("earlier", "now", "expected"),
    [
        (0, 5, []),
        (0, 4, []),
        (3, 2, []),
        (3, 3, ["form222-packages"]),
        (0, 6, ["form222-packages"]),
        (0, 0, ["form222-packages"]),
        (0, -1, ["form222-packages"]),
    ],
)
def test_no_more_packages_come_on_a_line_than_were_ordered(
    earlier: int, now: int, expected: list[str]
) -> None:
    first, second = FORM.lines
    form = replace(FORM, lines=(replace(first, received=earlier), second))
    assert codes(received(replace(RECEIPT, packages=now), form)) == expected


@pytest.mark.parametrize("line", [0, 3])
def test_packages_of_a_line_that_is_not_there_are_refused(line: int) -> None:
    assert codes(received(replace(RECEIPT, line=line))) == ["form222-no-such-line"]


def test_packages_of_a_line_made_void_are_refused() -> None:
    first, second = FORM.lines
    form = replace(FORM, lines=(replace(first, void=True), second))
    assert codes(received(RECEIPT, form)) == ["form222-no-such-line"]


@pytest.mark.parametrize(
    ("day", "expected"), [(5, ["form222-receipt-ahead"]), (6, []), (7, [])]
)
def test_packages_are_not_received_ahead_of_their_day(day: int, expected: list[str]) -> None:
    ahead = replace(RECEIPT, received_on=date(2026, 3, 6))
    assert codes(form_receipt_problems(FORM, ahead, on=date(2026, 3, day))) == expected


def test_a_receipt_that_is_wrong_in_every_way_is_told_so_at_once() -> None:
    receipt = FormReceipt(line=9, packages=1, received_on=date(2026, 5, 4), shown=frozenset())
    problems = form_receipt_problems(replace(FORM, void=True), receipt, on=date(2026, 5, 4))
    assert codes(problems) == [
        "form222-expired",
        "form222-void",
        "form222-receipt-no-packages-received",
        "form222-receipt-no-received-on",
        "form222-no-such-line",
    ]


def test_beside_each_line_stand_the_packages_and_the_day_they_came() -> None:
    asks_for_exactly(
        lambda shown: received(replace(RECEIPT, shown=shown)),
        "packages_received",
        "received_on",
    )


def test_a_form_lost_on_the_way_is_replaced_with_a_statement() -> None:
    asks_for_exactly(
        lambda stated: lost_form_problems(stated, new_form=True, on=ON),
        "serial",
        "ordered_on",
        "not_received",
    )
    whole = {"serial", "ordered_on", "not_received"}
    problems = lost_form_problems(whole, new_form=False, on=ON)
    assert codes(problems) == ["form222-lost-new-form"]
