"""Nine rejects every technician knows, each resolved as its coach says, by a real payer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from apothecary.claims.actions import back_to_entry, date_it, resubmit, submit_dated
from apothecary.claims.queries import ClaimPage, claim_page
from apothecary.claims.rules import Changes
from apothecary.claims.states import ClaimState
from apothecary.claims.tests.counter import Payer, Till, last_claim, now_of
from apothecary.intake.actions.correct import correct_entry
from apothecary.intake.page import fill_values
from apothecary.journal.deeds import Deed
from apothecary.patients.models import Coverage
from apothecary.prescriptions.models import Fill, Prescriber
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from journeys.reject_bank import Bank
from journeys.reject_drugs import ndc_of, package_of
from journeys.reject_rows import Scenario

if TYPE_CHECKING:
    from apothecary.config.tests.world import World

OMEPRAZOLE = "60505-0065-00"


@pytest.fixture(autouse=True, scope="module")
def _books_and_journal_prove() -> None:
    """Nothing here runs in the house of the other stories."""


@pytest.fixture(scope="module")
def payer() -> Iterator[Payer]:
    process = Payer()
    yield process
    process.stop()


@dataclass
class Counter:
    """A technician with one refused claim in front of her."""

    bank: Bank

    @property
    def till(self) -> Till:
        return self.bank.till

    def refused(self, drug: str, plan: str = "lone", *, fault: str = "", **flaw: str) -> Fill:
        """A fill that the payer has refused."""
        one = Scenario("", "", drug, plan, flaw, fault, "", "", "", "")
        if "before" in flaw:
            self.bank.enter_twice(one)
            fill = Fill.objects.get(pk=one.fill_id)
        else:
            if fault:
                self.till.payer.misbehave("reject", code=fault, count=1)
            fill = self.bank.enter(one)
        self.bank.send()
        assert last_claim(fill).state == ClaimState.REJECTED
        return fill

    def coach(self, fill: Fill) -> ClaimPage:
        """The page of the claim."""
        page = claim_page(by=self.till.world.technician, fill_id=fill.pk)
        assert page is not None
        return page

    def sends_again(self, fill: Fill, changes: Changes) -> None:
        claim = last_claim(fill)
        resubmit(by=self.till.world.technician, claim_id=claim.pk, changes=changes)
        self.till.sends()

    def mends(self, fill: Fill, **typed: str) -> None:
        """Back to entry, corrected there, screened, and at the payer again."""
        by = self.till.world.technician
        back_to_entry(by=by, claim_id=last_claim(fill).pk, because="as the plan says")
        zone = ZoneInfo(self.till.world.pharmacy.time_zone)
        values = fill_values(now_of(fill), zone=zone) | {"price_usd": "50.00"} | typed
        mended = correct_entry(by=by, fill_id=fill.pk, typed=values)
        advance(mended, FillState.CLAIM, by=self.till.world.system, did=Deed.FILL_SCREENED)
        self.bank.send()

    def is_paid(self, fill: Fill) -> bool:
        return last_claim(fill).state == ClaimState.PAID


@pytest.fixture
def counter(pharmacy: "World", payer: Payer) -> Iterator[Counter]:
    bank = Bank(Till(pharmacy, payer, at=pharmacy.system.at))
    named = bank.packages["esomeprazole"].product
    named.pk, named.name, named.ingredient_key = None, "omeprazole", "omeprazole"
    parsed = ndc_of(OMEPRAZOLE)
    named.labeler_code, named.product_code = parsed.labeler, parsed.product
    named.save(force_insert=True)
    bank.packages["omeprazole"] = package_of(named, parsed)
    yield Counter(bank)
    payer.behave()


def test_06_the_group_is_typed_where_the_cursor_is(counter: Counter) -> None:
    fill = counter.refused("lisinopril", group="")
    page = counter.coach(fill)
    assert (page.first.code, page.focus) == ("06", "group")
    assert "No group was sent" in page.first.cause
    counter.sends_again(fill, Changes(group="GRP1"))
    assert counter.is_paid(fill)
    assert [one.id for one in counter.coach(fill).tries[0].changes] == ["C1"]


def test_19_the_days_the_directions_come_to_are_mended_in_the_entry(counter: Counter) -> None:
    fill = counter.refused("lisinopril", fault="19", quantity="30", days="10", reviewed="yes")
    advice = counter.coach(fill).first
    assert (advice.code, advice.place, advice.field) == ("19", "entry", "days_supply")
    assert advice.fill_in == "30"
    counter.mends(fill, days_supply=advice.fill_in)
    assert counter.is_paid(fill)
    assert last_claim(fill).fill.days_supply == 30


def test_25_a_number_with_a_wrong_check_digit_is_named_and_put_right(counter: Counter) -> None:
    fill = counter.refused("lisinopril", npi="2910000036")
    advice = counter.coach(fill).first
    assert (advice.code, advice.field) == ("25", "prescriber_id")
    assert "NPI 2910000036 of Wrong, Al cannot be right" in advice.cause
    who = fill.prescription.prescriber_id
    Prescriber.objects.filter(pk=who).update(npi="2910000035")
    counter.sends_again(fill, Changes())
    assert counter.is_paid(fill)


def test_65_the_patient_is_asked_for_the_new_card_and_it_is_billed(counter: Counter) -> None:
    fill = counter.refused("lisinopril", fault="65")
    page = counter.coach(fill)
    assert (page.first.code, page.focus) == ("65", "cardholder_id")
    assert "newer one?" in page.first.to_patient
    assert "¿tiene una más nueva?" in page.first.al_paciente
    counter.sends_again(fill, Changes(cardholder_id="ABC987654"))
    assert counter.is_paid(fill)
    card = Coverage.objects.get(patient_id=fill.patient_id)
    assert card.cardholder_id == "ABC987654"


def test_70_the_product_the_plan_names_goes_back_to_entry_and_is_paid(counter: Counter) -> None:
    fill = counter.refused("esomeprazole")
    page = counter.coach(fill)
    assert (page.first.code, page.first.place, page.first.field) == (
        *("70", "entry"),
        "package_id",
    )
    named = page.alternatives[0]
    assert named.package is not None
    assert named.package.product.name == "omeprazole"
    assert named.price_usd is not None
    package = str(named.package.pk)
    counter.mends(fill, package_id=package, directions="Take 1 capsule by mouth once daily.")
    assert counter.is_paid(fill)


def test_75_the_number_the_plan_gives_is_typed_and_paid(counter: Counter) -> None:
    fill = counter.refused("modafinil")
    page = counter.coach(fill)
    assert (page.first.code, page.focus) == ("75", "prior_authorization")
    assert len(page.first.phone) == 10
    claim = last_claim(fill)
    counter.till.payer.admin("POST", "/authorizations", {
        "plan": "lonestar-commercial", "number": "88077", "cardholder": claim.cardholder_id,
        "ingredient": "modafinil",
    })  # fmt: skip
    counter.sends_again(fill, Changes(prior_authorization="88077"))
    assert counter.is_paid(fill)


def test_76_the_most_the_plan_pays_is_named_and_entered(counter: Counter) -> None:
    fill = counter.refused("sildenafil", quantity="10", days="30", sig="use as directed")
    advice = counter.coach(fill).first
    assert (advice.code, advice.field, advice.fill_in) == ("76", "quantity", "6")
    counter.mends(fill, quantity=advice.fill_in)
    assert counter.is_paid(fill)


def test_79_it_is_put_off_to_the_day_and_paid_then(counter: Counter) -> None:
    fill = counter.refused("metformin", before="metformin")
    page = counter.coach(fill)
    assert (page.first.code, page.key.key, page.focus) == ("79", "F6", "on")
    day = last_claim(fill).next_fill_on
    assert day is not None
    assert page.first.fill_in == day.isoformat()
    date_it(by=counter.till.world.technician, claim_id=last_claim(fill).pk, on=day)
    counter.till.at += timedelta(days=(day - counter.till.world.technician.today).days)
    counter.till.payer.admin("POST", "/today", {"today": day.isoformat()})
    assert submit_dated(counter.till.world.pharmacy, counter.till.at) == 1
    counter.till.sends()
    assert counter.is_paid(fill)


def test_88_the_finding_is_said_in_words_and_answered_with_three_codes(
    counter: Counter,
) -> None:
    fill = counter.refused("atorvastatin", "adv", before="simvastatin")
    page = counter.coach(fill)
    assert (page.first.code, page.focus) == ("88", "safety_codes")
    assert "two drugs of one therapeutic class (TD" in page.first.cause
    assert page.first.call == "pharmacist"
    counter.sends_again(fill, Changes(safety_codes=f"{page.first.fill_in}M0 1G"))
    assert counter.is_paid(fill)
