"""The pages behind the counter and the papers that are printed of them."""

from datetime import date

import pytest

from apothecary.config import telling  # noqa: F401 puts the papers of all rooms on the list
from apothecary.config.tests.world_days import TODAY
from apothecary.law.problem import Refused
from apothecary.pickup.behind_counter.certifying import Certified, certify
from apothecary.pickup.behind_counter.models import (
    CounterCertificate,
    CounterRefusal,
    CounterSale,
)
from apothecary.pickup.behind_counter.tests.shop import (
    certified,
    received,
    sold,
    stands,
    syrup,
    tablets,
)
from apothecary.pickup.tests.counter import HX, SIGNED, asked, signed_in
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.vault.inspection import paper_named, printed

BUDGET = 10
SALE = "/pickup/counter/sell"


def typed(package, packages: object = 24, **changes: object) -> dict[str, object]:
    """What the form sends; **changes are fields that differ."""
    return {
        f"packages-{package.pk}": str(packages),
        "key": "k",
        "buyer": "Jane A. Doe",
        "born_on": "1980-02-29",
        "address": "12 Elm Street, San Marcos TX 78666",
        "id_kind": "driver licence",
        "id_number": "1234-5678",
        "id_issuer": "TX",
        "id_until": "2028-02-29",
        "log_number": "N-1",
        "signature": SIGNED,
    } | changes


@pytest.fixture
def tech(pharmacy):
    return signed_in(pharmacy.people[Role.TECHNICIAN])


@pytest.fixture
def pharmacist(pharmacy):
    return signed_in(pharmacy.people[Role.PHARMACIST])


@pytest.fixture
def in_charge(pharmacy):
    return signed_in(pharmacy.people[Role.IN_CHARGE])


def test_the_page_shows_each_product_with_the_base_in_it_and_what_the_state_asks(
    pharmacy, tech
):
    package = received(pharmacy, stands("99999-001-01", quantity="24"), "480")
    certified(pharmacy)
    page, queries = asked(tech, "/pickup/counter")
    assert queries <= BUDGET
    assert package.ndc in page
    assert "0.589846 g" in page
    assert "Tex. Health &amp; Safety Code 486.014" in page


def test_a_product_that_cannot_be_counted_says_why_and_takes_no_number(pharmacy, tech):
    package = received(pharmacy, stands("99999-009-01", substances="PSEUDOEPHEDRINE TANNATE"))
    page, _ = asked(tech, "/pickup/counter")
    assert "No row says how much base is in pseudoephedrine tannate" in page
    assert f'name="packages-{package.pk}"' not in page


def test_a_store_without_certificate_says_so_on_the_page(pharmacy, tech):
    page, _ = asked(tech, "/pickup/counter")
    assert "no living certification" in page


def test_schedule_v_takes_a_number_from_a_pharmacist_alone(pharmacy, tech, pharmacist):
    package = syrup(pharmacy)
    for client, there in ((tech, False), (pharmacist, True)):
        page, _ = asked(client, "/pickup/counter")
        assert (f'name="packages-{package.pk}"' in page) is there


def test_a_sale_from_the_form_ends_at_its_entry_in_the_log(pharmacy, tech):
    package = tablets(pharmacy)
    answer = tech.post(SALE, typed(package))
    sale = CounterSale.objects.get()
    assert answer["Location"] == f"/pickup/counter/log/{sale.pk}/"
    page, _ = asked(tech, answer["Location"])
    assert "Jane A. Doe" in page
    assert "0.589846 g" in page


def test_within_the_page_the_entry_stands_in_place_of_the_form(pharmacy, tech):
    package = tablets(pharmacy)
    answer = tech.post(SALE, typed(package), headers=HX)
    assert answer.status_code == 200
    assert "stands in the logbook" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"born_on": "yesterday"}, "no date"),
        ({"id_until": "31/12/2028"}, "no date"),
        ({"id_kind": "library card"}, "Such a paper is not taken"),
        ({"key": ""}, "key"),
        ({"signature": ""}, "signature"),
        ({"id_until": "2026-11-22"}, "proves nothing today"),
    ],
)
def test_bad_input_is_refused_with_its_reason_and_sells_nothing(pharmacy, tech, changes, field):
    package = tablets(pharmacy)
    answer = tech.post(SALE, typed(package, **changes), headers=HX)
    assert answer.status_code == 409
    assert field in answer.content.decode()
    assert not CounterSale.objects.exists()


@pytest.mark.parametrize("count", ["-1", "1.5", "x", "99999", "²"])
def test_what_is_no_number_of_packages_is_refused(pharmacy, tech, count):
    answer = tech.post(SALE, typed(tablets(pharmacy), count), headers=HX)
    assert answer.status_code == 409


def test_a_scanned_package_is_one_more(pharmacy, tech):
    package = tablets(pharmacy)
    sent = typed(package, 2, code=package.ndc)
    page = tech.post("/pickup/counter/scan", sent, headers=HX).content.decode()
    assert f'name="packages-{package.pk}"' in page
    assert 'value="3"' in page
    assert "scanned" in page


def test_a_scanned_bottle_that_stands_elsewhere_is_refused(pharmacy, tech):
    lisinopril = pharmacy.drugs["lisinopril"]
    pharmacy.receive("lisinopril", "100")
    sent = {"code": lisinopril.ndc}
    answer = tech.post("/pickup/counter/scan", sent, headers=HX)
    assert answer.status_code == 409
    assert "does not stand behind the counter" in answer.content.decode()


def test_while_the_buyer_is_typed_the_page_says_what_they_may_still_have(pharmacy, tech):
    package = tablets(pharmacy)
    sold(pharmacy, package, 90, key="one")
    page = tech.post("/pickup/counter/room", typed(package), headers=HX).content.decode()
    assert "may still have 1.388079 g today" in page
    assert "2.211921 g today" in page
    bare = tech.post("/pickup/counter/room", {}, headers=HX).content.decode()
    assert "With name and birth date" in bare


def test_the_log_is_found_by_name_and_by_number_and_shows_what_was_refused(pharmacy, tech):
    package = tablets(pharmacy)
    sold(pharmacy, package, 99, key="one")
    with pytest.raises(Refused):
        sold(pharmacy, package, 99, key="two")
    page, queries = asked(tech, "/pickup/counter/log")
    assert queries <= BUDGET
    assert "at most 3.6 g may be sold to one buyer" in page
    for words, there in (("doe", True), ("1234-5678", True), ("roe", False)):
        page, _ = asked(tech, f"/pickup/counter/log?q={words}")
        assert ("1 sale " in page) is there


def test_the_pharmacist_in_charge_puts_the_certificate_on_file(pharmacy, in_charge, tech):
    sent = {"number": "SC-9", "certified_on": "2026-11-01", "trained_on": "2026-10-30"}
    assert in_charge.post("/pickup/counter/certificate", sent).status_code == 302
    row = CounterCertificate.objects.get()
    assert (row.number, row.certified_on, row.trained_on) == (
        "SC-9",
        date(2026, 11, 1),
        date(2026, 10, 30),
    )
    page, _ = asked(tech, "/pickup/counter/log")
    assert "SC-9" in page
    assert 'name="certified_on"' not in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "x" * 41}, "number"),
        ({"certified_on": "2026-11-24"}, "certified_on"),
        ({"trained_on": "2026-11-02"}, "trained_on"),
        ({"certified_on": ""}, "certified_on"),
        ({"listed_word": "x" * 401}, "listed_word"),
    ],
)
def test_a_certificate_that_cannot_be_is_refused_by_field(pharmacy, in_charge, changes, field):
    sent = {"number": "SC-9", "certified_on": "2026-11-01", "trained_on": "2026-10-30"}
    headers = {"accept": "application/json"}
    answer = in_charge.post("/pickup/counter/certificate", sent | changes, headers=headers)
    assert answer.status_code == 409
    assert not CounterCertificate.objects.exists()


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.PHARMACIST, Role.ADMINISTRATOR])
def test_nobody_but_the_pharmacist_in_charge_certifies(pharmacy, role):
    given = Certified(certified_on=TODAY, number="SC-9", trained_on=TODAY)
    with pytest.raises(NotAllowed):
        certify(by=pharmacy.workers[role], given=given)


def test_the_logbook_as_a_paper_shows_each_element_the_law_asks(pharmacy):
    package = tablets(pharmacy)
    sold(pharmacy, package, 24, key="one")
    made = paper_named("pse-log").make(pharmacy.pharmacist, {})
    (row,) = made.rows
    said = " ".join(row)
    for element in ("pseudoephedrine 30 mg", "Jane A. Doe", "12 Elm Street", "11/23/2026 12:00",
                    "24", "0.589846", "driver licence 1234-5678, TX"):  # fmt: skip
        assert element in said
    assert "11/23/2028 (21 CFR 1314.30)" in made.below[0]


def test_each_book_shows_its_own_sales_and_the_refused_ones_are_apart(pharmacy):
    package, bottle = tablets(pharmacy), syrup(pharmacy)
    sold(pharmacy, package, 99, key="one")
    sold(pharmacy, bottle, 1, key="two", by=pharmacy.pharmacist)
    with pytest.raises(Refused):
        sold(pharmacy, package, 99, key="three")
    by = pharmacy.pharmacist
    rows = {key: paper_named(key).make(by, {}).rows for key in ("pse-log", "cv-book")}
    assert [len(each) for each in rows.values()] == [1, 1]
    assert "60 ML" in rows["cv-book"][0]
    (no,) = paper_named("pse-refused").make(by, {}).rows
    assert CounterRefusal.objects.get().because in no


@pytest.mark.parametrize("key", ["pse-log", "cv-book", "pse-refused"])
@pytest.mark.parametrize("kind", ["pdf", "csv"])
def test_the_papers_print_and_an_empty_period_says_so(pharmacy, key, kind):
    made = printed(by=pharmacy.pharmacist, key=key, kind=kind, said={})
    assert made.startswith(
        b"%PDF" if kind == "pdf" else b"Entry" if key != "pse-refused" else b"When"
    )
    assert "in this period" in paper_named(key).make(pharmacy.pharmacist, {}).below[-1]
