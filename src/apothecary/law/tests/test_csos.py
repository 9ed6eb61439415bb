from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from apothecary.law import csos
from apothecary.law.csos import (
    CertificateFacts,
    ItemFacts,
    OrderFacts,
    compromise_problems,
    linked_receipt_problems,
    order_age_problems,
    order_number_problems,
    order_problems,
)
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal
from apothecary.law.tests.cases import ON, asks_for_exactly, codes, fields, with_change

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ITEM = ItemFacts(schedule=2, package_quantity="100", packages=3, ndc="00406055201")
CERTIFICATE = CertificateFacts(
    verified=True,
    valid_from=date(2025, 1, 1),
    valid_until=date(2027, 12, 31),
    revoked=False,
    dea="AB1234563",
    schedules=frozenset({2, 3, 4, 5}),
)
ORDER = OrderFacts(
    order_number="26X00000A",
    purchaser_dea="AB1234563",
    supplier_dea="RB1234563",
    supplier_name="A Wholesaler",
    supplier_address="1 Dock Road",
    signed_on=ON,
    items=(ITEM,),
    certificate=CERTIFICATE,
)


def judged(order: OrderFacts, on: date = ON) -> list[Problem]:
    return order_problems(order, on=on)


def test_an_order_in_order_stands() -> None:
    assert judged(ORDER) == []


@pytest.mark.parametrize(
    ("field", "empty"),
    [
        ("order_number", ""),
        ("supplier_dea", ""),
        ("supplier_name", ""),
        ("supplier_address", ""),
        ("signed_on", None),
    ],
)
def test_an_order_holds_its_fields(field: str, empty: str | None) -> None:
    problems = judged(with_change(ORDER, {field: empty}))
    assert fields(problems) == [field]
    assert (problems[0].cite, problems[0].verified) == ("21 CFR 1305.21(b)", "V1")


def test_an_empty_order_lacks_every_field_of_the_law_and_no_other() -> None:
    empty = OrderFacts(
        order_number="",
        purchaser_dea="",
        supplier_dea="",
        supplier_name="",
        supplier_address="",
        signed_on=None,
        items=(ITEM,),
        certificate=replace(CERTIFICATE, dea=""),
    )
    assert fields(judged(empty)) == [
        "order_number",
        "purchaser_dea",
        "supplier_dea",
        "signed_on",
        "supplier_name",
        "supplier_address",
    ]


def test_the_supplier_may_add_its_own_name_and_address() -> None:
    order = replace(ORDER, supplier_name="", supplier_address="")
    assert order_problems(order, on=ON, supplier_completes=True) == []
    assert fields(judged(order)) == ["supplier_name", "supplier_address"]


@pytest.mark.parametrize("field", ["purchaser_dea", "supplier_dea"])
def test_both_registrations_are_well_formed(field: str) -> None:
    order = with_change(ORDER, {field: "AB1234564"})
    held = replace(CERTIFICATE, dea=order.purchaser_dea)
    assert codes(judged(replace(order, certificate=held))) == ["dea-check-digit"]


@pytest.mark.parametrize(("day", "expected"), [(3, ["csos-postdated"]), (4, []), (5, [])])
def test_an_order_is_not_dated_ahead(day: int, expected: list[str]) -> None:
    assert codes(judged(ORDER, date(2026, 3, day))) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("26X00000A", []),
        ("26X123456", []),
        ("25X00000A", ["csos-number-year"]),
        ("27X00000A", ["csos-number-year"]),
        ("26Y00000A", ["csos-number"]),
        ("26X0000A", ["csos-number"]),
        ("26X000000A", ["csos-number"]),
        ("26x00000A", ["csos-number"]),
        ("26X0000 A", ["csos-number"]),
        ("26X00000A\n", ["csos-number"]),
        ("2X600000A", ["csos-number"]),
        ("", []),
    ],
)
def test_an_order_number_is_the_year_x_and_six_characters(
    number: str, expected: list[str]
) -> None:
    assert codes(order_number_problems(number, ON, on=ON)) == expected


def test_without_a_date_the_year_of_a_number_cannot_be_judged() -> None:
    assert order_number_problems("19X00000A", None, on=ON) == []


def test_a_drug_is_named_by_its_ndc_or_by_name_strength_and_form() -> None:
    named = replace(ITEM, ndc="", name="oxycodone", strength="5 mg", form="tablet")
    assert judged(replace(ORDER, items=(named,))) == []
    for part in ("name", "strength", "form"):
        problems = judged(replace(ORDER, items=(with_change(named, {part: ""}),)))
        assert fields(problems) == ["drug"]


def test_each_item_lacks_what_it_lacks_and_is_counted() -> None:
    bare = ItemFacts(schedule=2, package_quantity="", packages=0)
    problems = judged(replace(ORDER, items=(ITEM, bare)))
    assert fields(problems) == ["drug", "package_quantity", "packages"]
    assert all(problem.says.startswith("Item 2 ") for problem in problems)


def test_an_order_of_nothing_is_no_order() -> None:
    assert codes(judged(replace(ORDER, items=()))) == ["csos-no-items"]


@pytest.mark.parametrize(
    "certificate", [None, replace(CERTIFICATE, verified=False)], ids=["none", "does not fit"]
)
def test_an_order_whose_signature_does_not_fit_is_refused(
    certificate: CertificateFacts | None,
) -> None:
    assert codes(judged(replace(ORDER, certificate=certificate))) == ["csos-signature"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"revoked": True}, ["csos-certificate-revoked"]),
        ({"dea": "RB1234563"}, ["csos-certificate-registrant"]),
        ({"schedules": frozenset({3, 4, 5})}, ["csos-certificate-schedules"]),
        ({"valid_until": date(2026, 3, 3)}, ["csos-certificate-dates"]),
        ({"valid_until": date(2026, 3, 4)}, []),
        ({"valid_from": date(2026, 3, 4)}, []),
        ({"valid_from": date(2026, 3, 5)}, ["csos-certificate-dates"]),
        (
            {"revoked": True, "dea": "", "schedules": frozenset()},
            [
                "csos-certificate-revoked",
                "csos-certificate-registrant",
                "csos-certificate-schedules",
            ],
        ),
    ],
)
def test_the_certificate_is_living_its_registrants_own_and_covers_the_order(
    change: dict[str, object], expected: list[str]
) -> None:
    order = replace(ORDER, certificate=with_change(CERTIFICATE, change))
    assert codes(judged(order)) == expected


def test_what_is_not_controlled_may_ride_along_without_its_schedule() -> None:
    along = replace(ITEM, schedule=0)
    assert judged(replace(ORDER, items=(ITEM, along))) == []


def test_would_no_signature_be_asked_for_an_unsigned_order_stood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def changed(row_id: str, *, on: date) -> Row:
        row = federal(row_id, on=on)
        return replace(row, value=False) if row_id == "DEA-109" else row

    monkeypatch.setattr(csos, "federal", changed)
    assert judged(replace(ORDER, certificate=None)) == []


def test_the_purchaser_links_quantity_and_day_of_receipt_to_the_order() -> None:
    asks_for_exactly(
        lambda shown: linked_receipt_problems(shown, on=ON), "quantity_received", "received_on"
    )


@pytest.mark.parametrize(
    ("days", "expected"), [(0, []), (59, []), (60, []), (61, ["csos-too-old"])]
)
def test_an_electronic_order_is_valid_for_sixty_days(days: int, expected: list[str]) -> None:
    problems = order_age_problems(ON, on=ON + timedelta(days=days))
    assert codes(problems) == expected
    assert {problem.cite for problem in problems} <= {"21 CFR 1305.22(e)"}


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (timedelta(hours=6) - SECOND, []),
        (timedelta(hours=6), []),
        (timedelta(hours=6) + SECOND, ["csos-report-late"]),
    ],
)
def test_a_compromised_certificate_is_reported_within_six_hours(
    later: timedelta, expected: list[str]
) -> None:
    still_open = compromise_problems(NOON, None, at=NOON + later, on=ON)
    assert codes(still_open) == expected
    done = compromise_problems(NOON, NOON + later, at=NOON + timedelta(days=2), on=ON)
    assert codes(done) == expected
