"""The bank of rejects at work: each entered, sent, and mended as far as the house may."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from django.db import connection

from apothecary.claims.actions import submit_dated
from apothecary.claims.coach import Advice, advise
from apothecary.claims.coach.safe import ASKED_FOR_MEMBER
from apothecary.claims.correcting import correct_rejects
from apothecary.claims.evidence import case_of
from apothecary.claims.models import Claim
from apothecary.claims.states import ClaimState, Kind
from apothecary.claims.submitting import claim_waiting
from apothecary.claims.tests.counter import Till
from apothecary.drugs.models import Package
from apothecary.journal.deeds import Deed
from apothecary.patients.models import Coverage, Patient
from apothecary.patients.rules import folded_name
from apothecary.prescriptions.actions import Order, enter_prescription
from apothecary.prescriptions.models import Fill, NumberBlock, Origin, PayKind, Prescriber
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from journeys.reject_drugs import made_drugs, other_package
from journeys.reject_rows import Scenario, good_npi, members

SIZES = "ANALYZE prescriptions_fill, prescriptions_prescription, claims_claim, patients_patient"
SIG = "Take 1 tablet by mouth once daily."
# BIN, PCN, group and the shape of a card nobody has used.
PLANS = {
    "lone": ("999999", "TESTPCN", "GRP1", "ABC{:06d}"),
    "medicaid": ("999998", "TESTMCD", "BBMED", "7{:08d}"),
    "partd": ("999997", "TESTPTD", "PCND26", "9XX{:08d}"),
    "adv": ("999996", "TESTADV", "CAP200", "CR{:07d}"),
}
OF_MEMBERS = {
    "lonestar-commercial": PLANS["lone"],
    "bluebonnet-medicaid": PLANS["medicaid"],
    "pecan-part-d": PLANS["partd"],
    "mesquite-supplement": ("999995", "TESTSEC", "MSQ1", ""),
}
STRANGERS = count(500)


@dataclass
class Bank:
    """A pharmacy with every drug of the bank and a line to the payer."""

    till: Till
    packages: dict[str, Package] = field(default_factory=dict)
    listed: dict[str, dict[str, str]] = field(default_factory=members)

    def __post_init__(self) -> None:
        self.packages = {**self.till.world.drugs, **made_drugs()}
        # The payer remembers numbers from one test to the next.
        NumberBlock.objects.filter(pharmacy=self.till.world.pharmacy).update(
            first=5_000_000, last=5_999_999, next=5_000_000 + next(STRANGERS) * 500
        )
        other_package(self.till.world)
        self.till.world.pharmacy.refresh_from_db()

    def enter(self, one: Scenario, *, drug: str = "") -> Fill:
        """The scenario's prescription with its flaw, at the payer's door."""
        patient, flaw = self.patient_of(one), one.flaw
        quantity = flaw.get("quantity", "30")
        order = Order(
            patient=patient,
            prescriber=self.prescriber_of(one),
            package=self.packages[drug or one.drug],
            quantity=Decimal(quantity),
            days_supply=int(flaw.get("days", quantity)),
            refills=0 if self.packages[drug or one.drug].product.schedule == 2 else 2,
            daw=flaw.get("daw", "0"),
            origin=Origin.ELECTRONIC,
            directions=flaw.get("sig", SIG),
            written_on=self.till.world.technician.today,
            pay=PayKind.PLAN,
            price_usd=Decimal("50.00"),
            waiter="waiter" in flaw and not drug,
        )
        fill = enter_prescription(by=self.till.world.technician, order=order)
        if "npi" in flaw:
            # Entry refuses such a number; one that was loaded from elsewhere stands on file.
            Prescriber.objects.filter(pk=order.prescriber.pk).update(npi=flaw["npi"])
        if "reviewed" in flaw:
            fill.data_reviewed = True
        advance(fill, FillState.CLAIM, by=self.till.world.system, did=Deed.FILL_SCREENED)
        return fill

    def patient_of(self, one: Scenario) -> Patient:
        """A patient of the scenario's own, with a card that has its flaw."""
        number = next(STRANGERS)
        kind, _, cardholder = one.plan.partition(":")
        row = self.listed.get(cardholder, {})
        if kind == "member2":
            row = next(m for m in self.listed.values() if m["plan"].startswith(cardholder))
        flaw = one.flaw
        last = flaw.get("last", row.get("last_name", f"Banker{letters(number)}"))
        first = row.get("first_name", "Pat")
        patient = Patient.objects.create(
            pharmacy=self.till.world.pharmacy,
            last_name=last,
            first_name=first,
            folded=folded_name(last, first),
            birth_date=date.fromisoformat(
                flaw.get("born", row.get("birth_date", "1961-04-02"))
            ),
            sex=row.get("sex", "F"),
            street="200 Oak Ave",
            city="Anytown",
            state="TX",
            postal_code=row.get("postal_code", "78701"),
        )
        bin_number, pcn, group, shape = OF_MEMBERS[row["plan"]] if row else PLANS[kind]
        card = Coverage(
            pharmacy=self.till.world.pharmacy,
            patient=patient,
            plan_name=one.plan.partition(":")[0],
            bin=flaw.get("bin", bin_number),
            pcn=flaw.get("pcn", pcn),
            group=flaw.get("group", row.get("group", group)),
            cardholder_id=flaw.get("number", row.get("cardholder") or shape.format(number)),
            person_code=flaw.get("person", row.get("person", "01")),
            relationship=flaw.get("relationship", row.get("relationship", "1")),
        )
        card.save()
        if "cards" in flaw:
            second = {"order": 2, "bin": "999998", "pcn": "TESTMCD", "group": "BBMED"}
            Coverage.objects.create(
                pharmacy=self.till.world.pharmacy,
                patient=patient,
                plan_name="second",
                cardholder_id=f"6{number:08d}",
                **second,
            )
        return patient

    def prescriber_of(self, one: Scenario) -> Prescriber:
        """The world's prescriber, or one whose number will be mistyped on file."""
        if "npi" not in one.flaw:
            return self.till.world.prescriber
        return Prescriber.objects.create(
            pharmacy=self.till.world.pharmacy,
            last_name="Wrong",
            first_name="Al",
            npi=good_npi(next(STRANGERS)),
        )

    def work(self, rows: list[Scenario]) -> None:
        """Enter, send, correct and send again what the house corrects by itself."""
        for one in rows:
            if one.flaw.get("before"):
                self.enter_twice(one)
        self.send()
        for one in rows:
            if not one.fault and not one.fill_id:
                one.fill_id = self.enter(one).pk
        know_sizes()
        self.send()
        for place, one in enumerate(rows):
            if one.fault:
                if place % 20 == 0:
                    know_sizes()
                self.till.payer.misbehave("reject", code=one.fault, count=1)
                one.fill_id = self.enter(one).pk
                self.send()
        for _ in range(4):
            self.look(rows)
            correct_rejects(self.till.world.pharmacy, self.till.at, limit=len(rows))
            self.till.at += timedelta(seconds=10)
            self.send()
        self.look(rows)
        self.wait_for_the_day(rows)

    def enter_twice(self, one: Scenario) -> None:
        """First what the patient has at home already, then the scenario itself."""
        earlier = replace(one, flaw={k: v for k, v in one.flaw.items() if k != "before"})
        first = self.enter(earlier, drug=one.flaw["before"])
        self.send()
        order = Order(
            patient=first.patient,
            prescriber=self.till.world.prescriber,
            package=self.packages[one.drug],
            quantity=Decimal(30),
            days_supply=30,
            refills=2,
            daw="0",
            origin=Origin.ELECTRONIC,
            directions=SIG,
            written_on=self.till.world.technician.today,
            pay=PayKind.PLAN,
            price_usd=Decimal("50.00"),
            waiter="waiter" in one.flaw,
        )
        fill = enter_prescription(by=self.till.world.technician, order=order)
        advance(fill, FillState.CLAIM, by=self.till.world.system, did=Deed.FILL_SCREENED)
        one.fill_id = fill.pk

    def send(self) -> None:
        """Write every claim that waits, and send until all calls have come back."""
        while claim_waiting(self.till.world.pharmacy, self.till.at):
            pass
        self.till.sends()

    def look(self, rows: Iterable[Scenario]) -> None:
        """What the coach says of each first claim while it is open; how the last one stands."""
        tries: dict[int, list[Claim]] = {}
        for claim in claims_of(one.fill_id for one in rows):
            tries.setdefault(claim.fill_id, []).append(claim)
        for one in rows:
            first, last = tries[one.fill_id][0], tries[one.fill_id][-1]
            one.ended = ended(last)
            if first.codes:
                one.codes = list(first.codes)
            elif first.problem or first.doubts:
                # The payer's own machine failed: it is said while it is asked again.
                one.codes, one.cause = [first.problem[:2]], first.problem
                one.found_field = "message"
            asked = not one.cause or not ASKED_FOR_MEMBER.isdisjoint(one.codes)
            if asked and first.state == ClaimState.REJECTED and first.closed_at is None:
                advice = self.advice_on(first)
                one.cause, one.found_field = advice.cause, advice.field

    def advice_on(self, claim: Claim) -> Advice:
        return advise(case_of(claim, by=self.till.world.technician))[0]

    def wait_for_the_day(self, rows: list[Scenario]) -> None:
        """Weeks later: what was put off goes out by itself, and is paid or is not."""
        dated = {one.fill_id: one for one in rows if one.ended == "dated"}
        days = [c.dated_for for c in claims_of(dated) if c.dated_for]
        self.till.at += timedelta(
            days=max((day - self.till.world.system.today).days for day in days)
        )
        self.till.payer.admin("POST", "/today", {"today": max(days).isoformat()})
        while submit_dated(self.till.world.pharmacy, self.till.at):
            pass
        self.till.sends()
        last = {claim.fill_id: claim for claim in claims_of(dated)}
        for fill_id, one in dated.items():
            one.ended = "dated" if last[fill_id].state == ClaimState.PAID else "not paid"


def know_sizes() -> None:
    """Tell the database how large its tables have become.

    All of it is one transaction, which nobody looks into from outside: without this the plans
    made for empty tables stay, and each step reads everything.
    """
    with connection.cursor() as cursor:
        cursor.execute(SIZES)


def claims_of(fill_ids: Iterable[int]) -> Iterator[Claim]:
    """The billings of these fills with their rows, oldest first."""
    rows = Claim.objects.filter(fill_id__in=list(fill_ids), kind=Kind.BILLING.value)
    return iter(
        rows.select_related(
            "fill__prescription__prescriber",
            "fill__patient",
            "fill__package__product",
            "outgoing",
            "coverage",
        ).order_by("pk")
    )


def ended(claim: Claim) -> str:
    """How a scenario stands by its last claim."""
    if claim.dated_for is not None:
        return "dated"
    return {"paid": "paid", "rejected": "person"}.get(claim.state, claim.state)


def letters(number: int) -> str:
    """A number in letters, for a name of its own."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))
