"""A payer that shares no code with the house, and fills of members it has not seen yet."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import count

from apothecary.claims.building import (
    Bill,
    Card,
    OtherPayer,
    Price,
    build_billing,
    sheet_for,
)
from apothecary.claims.building.tests.test_billing import BILL
from apothecary.claims.tests.counter import Payer
from apothecary.wires.telecom import Answer, Message, answers, read

NUMBERS = count(8_100_000)
DAY = date(2026, 11, 23)
LISINOPRIL, METFORMIN = "00591040601", "00591271901"
OXYCODONE, MODAFINIL = "00591269301", "60505252601"
HYDROCORTISONE, CLOTRIMAZOLE, ZOSTER = "00168001531", "00168013315", "58160082311"


@dataclass(frozen=True)
class Line:
    """The payer on its socket, and what it answers."""

    payer: Payer

    def ask(self, raw: bytes) -> Message:
        return read(self.payer.link().ask(raw))

    def answer(self, raw: bytes) -> Answer:
        [found] = answers(self.ask(raw))
        return found

    def bill(self, bill: Bill) -> Answer:
        return self.answer(build_billing(bill, sheet_of(bill)))

    def paid(self, bill: Bill) -> Answer:
        found = self.bill(bill)
        assert (found.status, found.rejects) == ("P", ())
        return found


def sheet_of(bill: Bill):
    return sheet_for(bill.card.bin, bill.card.pcn)


def card(bin_number: str, pcn: str, group: str, number: str, *, person: str = "01") -> Card:
    return Card(
        bin=bin_number,
        pcn=pcn,
        group=group,
        cardholder_id=number,
        person_code=person,
        relationship="1",
    )


def fill(**change: object) -> Bill:
    """A fill of a member of its own, who has had nothing yet."""
    number = next(NUMBERS)
    member = card("999999", "TESTPCN", "GRP1", f"LS{number}")
    bill = replace(
        BILL,
        rx_number=number,
        card=member,
        ndc11=LISINOPRIL,
        fill_number=0,
        price=Price(
            ingredient_cost_usd=Decimal("9.76"),
            dispensing_fee_usd=Decimal("11.00"),
            usual_and_customary_usd=Decimal("20.76"),
        ),
    )
    return replace(bill, **change)  # type: ignore[arg-type]  # a wrong name raises TypeError here


def patient(last: str, first: str, born: str, sex: str, postal_code: str) -> dict[str, object]:
    return {
        "last_name": last,
        "first_name": first,
        "birth_date": date.fromisoformat(born),
        "sex": sex,
        "postal_code": postal_code,
    }


KIM = patient("Kim", "Daniel", "1968-03-17", "M", "78130")


def heard(place: str, bill: Bill, answer: Answer) -> OtherPayer:
    """The next payer is told what this one answered."""
    if answer.pricing is None:
        codes = tuple(reject.code for reject in answer.rejects)
        return OtherPayer(coverage_type=place, payer_id=bill.card.bin, on=DAY, rejects=codes)
    total, share = answer.pricing.total_paid_usd, answer.pricing.patient_pay_usd
    assert total is not None
    assert share is not None
    return OtherPayer(
        coverage_type=place,
        payer_id=bill.card.bin,
        on=DAY,
        control_number=answer.authorization,
        paid=(("07", total),),
        responsible=(("06", share),),
    )


def dear(**change: object) -> Bill:
    """A drug that costs more than a copay."""
    price = Price(
        ingredient_cost_usd=Decimal("86.62"),
        dispensing_fee_usd=Decimal("11.00"),
        usual_and_customary_usd=Decimal("97.62"),
    )
    return replace(fill(**change), ndc11=METFORMIN, price=price)


def split(answer: Answer) -> tuple[Decimal | None, Decimal | None]:
    """What the payer pays, and what it leaves to the patient."""
    assert answer.pricing is not None
    assert answer.pricing.balanced
    return answer.pricing.total_paid_usd, answer.pricing.patient_pay_usd
