"""Any bill is a claim that reads back to the same facts, and its money balances."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.claims.building import (
    Bill,
    OtherPayer,
    Sheet,
    build_billing,
    build_rebill,
    reversal_of,
)
from apothecary.claims.building.places import FACT_OF, Place
from apothecary.claims.building.sheets import Wish
from apothecary.claims.building.tests.generated import BILLS
from apothecary.claims.building.tests.payers import CURIOUS, said
from apothecary.wires.telecom import Value, read, read_strictly
from apothecary.wires.telecom.tables import BILLING_NEEDS, VERSIONS

MONEY = ("11.D9", "11.DC", "11.BE", "11.E3", "11.H9", "11.HA", "11.GE")
# What a claim cannot do without or the law wants, and money, which is told and not left out.
STAYS = {(segment, name) for segment, names in BILLING_NEEDS.items() for name in names}
STAYS |= {("11", name[3:]) for name in MONEY} | {("07", "ET")}
COUNTS = {"VE", "NX", "HB", "NR", "MU", "5E", "4C", "7E", "EC", "2G", "H7"}
Fact = Value | None


def compound_facts(bill: Bill) -> Iterator[tuple[str, Sequence[Fact]]]:
    made = bill.compound
    if made is None:
        yield from (("07.E1", ["03"]), ("07.D7", [bill.ndc11]), ("07.D6", ["1"]))
        return
    yield from (("07.E1", ["00"]), ("07.D7", ["0"]), ("07.D6", ["2"]))
    yield "10.EF", [made.form]
    yield "10.TE", [one.ndc11 for one in made.ingredients]
    yield "10.ED", [one.quantity for one in made.ingredients]
    yield "10.EE", [one.cost_usd for one in made.ingredients]
    yield "10.UE", [one.basis_of_cost for one in made.ingredients]
    yield "10.2H", [each for one in made.ingredients for each in one.modifiers]
    yield "07.E2", [made.route]
    yield "07.G1", [made.kind]


def payer_facts(payers: Sequence[OtherPayer]) -> Iterator[tuple[str, Sequence[Fact]]]:
    yield "05.5C", [one.coverage_type for one in payers]
    yield "05.7C", [one.payer_id for one in payers]
    yield "05.E8", [one.on for one in payers]
    yield "05.A7", [one.control_number for one in payers]
    yield "05.HC", [kind for one in payers for kind, _ in one.paid]
    yield "05.DV", [usd for one in payers for _, usd in one.paid]
    yield "05.6E", [code for one in payers for code in one.rejects]
    yield "05.NP", [kind for one in payers for kind, _ in one.responsible]
    yield "05.NQ", [usd for one in payers for _, usd in one.responsible]
    yield "05.MV", [kind for one in payers for kind, _ in one.stages]
    yield "05.MW", [usd for one in payers for _, usd in one.stages]


def claim_facts(bill: Bill) -> Iterator[tuple[str, Sequence[Fact]]]:
    clarified = [bill.clarification, *bill.clarifications]
    yield "07.D2", [str(bill.rx_number)]
    yield "07.D3", [f"{bill.fill_number:02d}"]
    yield "07.E7", [bill.quantity]
    yield "07.D5", [bill.days_supply]
    yield "07.D8", [bill.daw]
    yield "07.DE", [bill.written_on]
    yield "07.DF", [bill.refills]
    yield "07.DJ", [bill.origin]
    yield "07.28", [bill.unit]
    yield "07.DK", list(dict.fromkeys(code for code in clarified if code))
    yield "07.ET", [bill.quantity_prescribed] if bill.schedule == 2 else []
    yield "07.NV", [bill.delay_reason]
    yield "07.DI", [bill.level_of_service]
    yield "07.DT", [bill.special_packaging]
    yield "07.U7", [bill.pharmacy_service_type]
    yield "07.EV", [bill.prior_authorization]
    if part := bill.part:
        yield "07.HD", [part.status]
        yield "07.HF", [part.quantity_intended]
        yield "07.HG", [part.days_intended]


def other_facts(bill: Bill) -> Iterator[tuple[str, Sequence[Fact]]]:
    card = bill.card
    yield "04.C2", [card.cardholder_id]
    yield "04.C1", [card.group]
    yield "04.C3", [card.person_code]
    yield "04.C6", [card.relationship]
    yield "04.C9", [card.eligibility_clarification]
    yield "04.FO", [card.plan_id]
    yield "01.C4", [bill.birth_date]
    yield "01.C5", [{"M": "1", "F": "2"}.get(bill.sex, "0")]
    yield "01.4X", [bill.residence]
    yield "01.C7", [bill.place_of_service]
    yield "02.E9", [bill.pharmacist_npi]
    yield "03.EZ", [bill.prescriber_qualifier]
    yield "03.DB", [bill.prescriber_npi]
    yield "08.E4", [why for why, _, _ in bill.safety] + ["PH"] * bool(bill.administration)
    yield "08.E6", [came for _, _, came in bill.safety] + ["3N"] * bool(bill.administration)
    yield "09.ME", [bill.coupon.number] if bill.coupon else []
    yield "06.DY", [bill.injury.on] if bill.injury else []
    yield "06.DZ", [bill.injury.reference] if bill.injury else []
    yield "13.DO", [code.replace(".", "").upper() for code in bill.diagnoses]
    yield "11.DX", [bill.patient_paid_usd]


def facts(bill: Bill) -> dict[str, list[Fact]]:
    """What a claim of this bill has to say, written here anew."""
    every = (
        *claim_facts(bill),
        *other_facts(bill),
        *compound_facts(bill),
        *payer_facts(bill.others),
    )
    found: dict[str, list[Fact]] = {}
    for name, values in every:
        if known := [one for one in values if one not in (None, "")]:
            found[name] = [*known]
    return found


def total(fields: Mapping[str, Sequence[Fact]]) -> Decimal:
    amounts = [amount for name in MONEY for amount in fields.get(name, [])]
    return sum((one for one in amounts if isinstance(one, Decimal)), start=Decimal(0))


@given(BILLS)
@settings(max_examples=60)
def test_a_claim_reads_back_to_the_facts_it_was_made_of(bill):
    raw = build_billing(bill, CURIOUS)
    fields = said(raw)
    wanted = facts(bill)
    assert {name: fields.get(name) for name in wanted} == wanted
    head = read_strictly(raw).header
    assert head["bin"] == bill.card.bin
    assert head["service_provider_id"] == bill.pharmacy_npi
    assert head["date_of_service"] == f"{bill.service_on:%Y%m%d}"


@given(BILLS)
@settings(max_examples=40)
def test_what_is_due_is_the_sum_of_what_is_asked_for(bill):
    fields = said(build_billing(bill, CURIOUS))
    assert fields["11.DU"] == [total(fields)] == [bill.gross_due_usd]


@given(BILLS)
@settings(max_examples=40)
def test_no_field_is_longer_than_its_length_and_every_one_has_a_fact(bill):
    message = read(build_billing(bill, CURIOUS))
    table = VERSIONS["D0"].by_segment
    for group in message.groups:
        for segment in group:
            for name, raw in segment.fields[1:]:
                assert 0 < len(raw) <= table[segment.id][name].length
                assert (segment.id, name) in FACT_OF or name in COUNTS


@given(BILLS, st.sets(st.sampled_from(sorted(FACT_OF.keys() - STAYS)), max_size=12))
@settings(max_examples=40)
def test_a_payer_who_forbids_is_told_the_rest_unchanged(bill, forbidden):
    stern = forbidding(CURIOUS, forbidden)
    full, less = said(build_billing(bill, CURIOUS)), said(build_billing(bill, stern))
    out = {f"{segment}.{name}" for segment, name in forbidden}
    assert not out & less.keys()
    counted = {name for name in full if name[3:] in COUNTS or name[3:] == "AM"}
    assert {n: less.get(n) for n in full.keys() - out - counted} == {
        n: full[n] for n in full.keys() - out - counted
    }


def forbidding(sheet: Sheet, places: set[Place]) -> Sheet:
    lines = tuple(Wish(segment=segment, field=name) for segment, name in places)
    return replace(sheet, forbidden=lines)


@given(BILLS)
@settings(max_examples=60)
def test_whatever_was_billed_can_be_taken_back_by_the_same_keys(bill):
    raw = build_rebill(bill, CURIOUS)
    billed, back = said(raw), said(reversal_of(raw, CURIOUS))
    for name in ("07.D2", "07.D3", "07.E1", "07.D7", "04.C2", "07.HD"):
        assert back.get(name) == billed.get(name)
    assert read_strictly(reversal_of(raw)).header["date_of_service"] == (
        f"{bill.service_on:%Y%m%d}"
    )
