"""The money screens as a technician meets them."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apothecary.claims.money.models import Difference, Remittance, RemittanceFile
from apothecary.claims.money.queries import receivables
from apothecary.claims.money.tests.books import (
    billed,
    given,
    line,
    load,
    named,
    posted,
    surveyed,
)
from apothecary.claims.money.tests.samples import DAY, Beside, Paid, Sent, file_of
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role

D = Decimal


def sign_in(pharmacy, role: Role = Role.TECHNICIAN) -> Client:
    client = Client()
    token = worker_token(person=pharmacy.people[role], station="x", at=pharmacy.system.at)
    client.cookies["apothecary_session"] = token
    return client


@pytest.fixture
def month(pharmacy) -> Difference:
    """Owed, held, short, unknown, fees, a refused file."""
    for days in (0, 40, 70, 120):
        billed(pharmacy, "10.00", days_ago=days)
    short, over = billed(pharmacy, "9.25"), billed(pharmacy, "1.00")
    unknown = Paid("999999999", "2.00", "X1")
    fees = (Beside("AH", "0.25", "TRANSACTIONS"), Beside("CS", "0.10", "NETWORK"))
    load(pharmacy, Sent((line(short, "4.25"), line(over, "2.00"), unknown), fees))
    load(pharmacy, Sent((line(short),), trace="T2", more_usd="1"), name="spoilt.x12")
    return Difference.objects.get(kind="paid short")


def pages(month: Difference) -> list[str]:
    file, remittance = RemittanceFile.objects.first(), Remittance.objects.get()
    assert file is not None
    return [
        "/claims/money/",
        "/claims/money/?kind=paid+short",
        "/claims/money/open/?bin=999999",
        "/claims/money/open/?held=1",
        "/claims/money/beside/",
        "/claims/money/under-water/",
        f"/claims/money/file/{file.pk}/",
        f"/claims/money/remittance/{remittance.pk}/",
        f"/claims/money/difference/{month.pk}/",
    ]


def test_every_money_screen_asks_at_most_eight_queries(pharmacy, month):
    client = sign_in(pharmacy)
    for page in pages(month):
        client.get(page)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(page).status_code == 200, page
        assert len(asked) <= 8, (page, len(asked))


def test_money_is_owed_by_payer_and_age_and_what_we_hold_stands_beside_it(pharmacy, month):
    owed = receivables(pharmacy_id=pharmacy.pharmacy.pk, on=DAY)
    (row,) = owed.rows
    assert row.by_age == (D("15.00"), D("10.00"), D("10.00"), D("10.00"))
    assert (row.owes_usd, row.held_usd) == (D("45.00"), D("1.00"))
    page = sign_in(pharmacy).get("/claims/money/").content.decode()
    assert "$45.00 owed to us, $1.00 held that is theirs" in page
    assert 'class="chart amounts"' in page
    assert "spoilt.x12" in page
    assert "Paid short" in page


def test_the_claims_behind_a_bar_are_listed(pharmacy, month):
    page = sign_in(pharmacy).get("/claims/money/open/?bin=999999&age=over 90 days")
    text = page.content.decode()
    assert "1 claims of BIN 999999, over 90 days" in text
    assert text.count("$10.00") == 2


def test_fees_are_shown_by_payer_month_and_reason(pharmacy, month):
    text = sign_in(pharmacy).get("/claims/money/beside/").content.decode()
    for word in ("11/2026", "SAMPLE HEALTH", "by contract", "$0.25", "$0.10"):
        assert word in text


def test_a_refused_file_shows_segment_and_reason(pharmacy, month):
    refused = RemittanceFile.objects.exclude(problem="").get()
    text = sign_in(pharmacy).get(f"/claims/money/file/{refused.pk}/").content.decode()
    assert "nothing of it is posted" in text
    assert "BPR" in text


def test_a_file_is_taken_in_from_the_screen(pharmacy):
    claim = billed(pharmacy, "9.25")
    sent = SimpleUploadedFile("835.x12", file_of(Sent((line(claim),))))
    answer = sign_in(pharmacy).post("/claims/money/load", {"file": sent})
    file = RemittanceFile.objects.get()
    assert answer.headers["Location"] == f"/claims/money/file/{file.pk}/"
    assert (file.name, file.problem, posted(pharmacy)) == ("835.x12", "", 1)


def test_without_a_file_nothing_is_taken_in(pharmacy):
    answer = sign_in(pharmacy).post("/claims/money/load")
    assert answer.status_code == 409
    assert RemittanceFile.objects.count() == 0


def test_a_technician_is_not_offered_to_write_off_and_may_not(pharmacy, month):
    client, page = sign_in(pharmacy), f"/claims/money/difference/{month.pk}/"
    assert "Write it off" not in client.get(page).content.decode()
    assert client.post(f"{page}write-off", {"because": "x"}).status_code == 403
    assert len(named(pharmacy)) == 3


def test_the_pharmacist_in_charge_writes_off_and_comes_to_the_next(pharmacy, month):
    client, page = sign_in(pharmacy, Role.IN_CHARGE), f"/claims/money/difference/{month.pk}/"
    assert "Write it off" in client.get(page).content.decode()
    answer = client.post(f"{page}write-off", {"because": "x"}, headers={"HX-Request": "true"})
    following = Difference.objects.filter(closed_at=None).order_by("found_at", "pk").first()
    assert following is not None
    to = f"/claims/money/difference/{following.pk}/"
    assert answer.headers["HX-Redirect"] == to
    assert "written off, x" in client.get(page).content.decode()
    client.post(f"{page}reopen", {"because": "they will pay"})
    assert ("paid short", D("5.00")) in named(pharmacy)


@pytest.mark.parametrize("verb", ["dispute", "accept"])
def test_a_technician_works_a_difference(pharmacy, month, verb):
    over = Difference.objects.get(kind="paid over")
    answer = sign_in(pharmacy).post(
        f"/claims/money/difference/{over.pk}/{verb}", {"because": "call 17"}
    )
    assert answer.status_code == 302
    over.refresh_from_db()
    assert (over.because, bool(over.closed_at)) == ("call 17", verb == "accept")


def test_an_unknown_line_is_tied_from_its_page(pharmacy, month):
    unknown = Difference.objects.get(kind="not on our books")
    claim = billed(pharmacy, "2.00")
    page = f"/claims/money/difference/{unknown.pk}/"
    client = sign_in(pharmacy)
    assert "It is this claim" in client.get(page).content.decode()
    client.post(f"{page}tie", {"rx": claim.authorization})
    unknown.refresh_from_db()
    assert unknown.closing == "tied to its claim"


@pytest.mark.parametrize("what", ["file", "remittance", "difference"])
def test_what_is_not_there_is_not_found(pharmacy, what):
    assert sign_in(pharmacy).get(f"/claims/money/{what}/999999/").status_code == 404


def test_empty_screens_are_designed(pharmacy):
    client = sign_in(pharmacy)
    assert "Nobody owes anything" in client.get("/claims/money/").content.decode()
    assert "Nothing is open here" in client.get("/claims/money/open/").content.decode()
    assert "Nothing was kept back" in client.get("/claims/money/beside/").content.decode()
    assert "Nothing is paid below" in client.get("/claims/money/under-water/").content.decode()


def test_the_check_and_the_register_are_warned_of_what_is_below_cost(pharmacy):
    surveyed(pharmacy, "0.39233")
    wet, dry = given(pharmacy, "9.25"), given(pharmacy, "9.26")
    asked = f"/claims/money/margins/?fill={wet.pk}&fill={dry.pk}&fill=x&fill={'9' * 30}"
    both = sign_in(pharmacy).get(asked).content.decode()
    assert both.count("data-margin") == 2
    assert "Below cost: plan $9.25 + patient $2.51" in both
    assert f"(NADAC {DAY:%m/%d/%Y})" in both
    only = sign_in(pharmacy).get(f"{asked}&wet=1").content.decode()
    assert (only.count("data-margin"), "Below cost" in only) == (1, True)
    assert sign_in(pharmacy, Role.CLERK).get(asked).status_code == 403


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.CERTIFIED])
def test_the_check_and_the_register_ask_for_margins_after_the_page(pharmacy, role):
    fill = pharmacy.stocked(until=FillState.READY)
    client = sign_in(pharmacy, role)
    for page in (f"/verification/{fill.pk}/", f"/pickup/bag/{fill.pk}/"):
        said = client.get(page).content.decode()
        assert f"fill={fill.pk}" in said
        assert ("/claims/money/margins/?wet=1" in said) == ("pickup" in page)


def test_a_fill_that_the_patient_pays_alone_opens_its_prescription(pharmacy):
    surveyed(pharmacy, "0.50000")
    fill = pharmacy.stocked(until=FillState.READY)
    Fill.objects.filter(pk=fill.pk).update(price_usd=D("1.00"))
    page = sign_in(pharmacy).get("/claims/money/under-water/").content.decode()
    assert "paid by the patient" in page
    assert f"/claims/fill/{fill.pk}/" not in page
