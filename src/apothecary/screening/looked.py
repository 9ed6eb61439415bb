"""The look-up at the monitoring programme beside the review: asked, shown, signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from markupsafe import Markup

from apothecary.drugs.models import Package, Product
from apothecary.law.monitoring import look_up_needed
from apothecary.law.problem import Problem, refuse
from apothecary.law.tables import Row
from apothecary.prescriptions.models import Fill
from apothecary.screening.looked_drawing import time_line
from apothecary.screening.rules.facts import DrugFacts
from apothecary.screening.rules.opioids import OPIOIDS, mme
from apothecary.screening.rules.tables import tables
from apothecary.screening.strengths import contents_of
from apothecary.screening.taking import keys_of
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.monitoring.lookup.asking import (
    Asked,
    ask_programme,
    history_of,
    look_ups_of,
    person_told,
    unlooked_problems,
)
from apothecary.vault.monitoring.lookup.history import Candidate, Dispensed, overlaps
from apothecary.vault.monitoring.lookup.models import LookUp
from apothecary.vault.monitoring.lookup.sending import has_line
from apothecary.vault.monitoring.lookup.states import ANSWERED, LookUpState

CONTROLLED_FROM = 2
KINDS = (OPIOIDS, "benzodiazepines", "barbiturates")
DAYS_SHOWN = 180
MOST_SHOWN = 40


def kinds_of(product: Product) -> set[str]:
    """What a drug counts as: its ingredients by name, and the kinds they are of."""
    keys, classes = set(keys_of(product)), tables().classes
    return keys | {kind for kind in KINDS if classes[kind] & keys}


def need_of(fill: Fill, *, on: date) -> Row | Problem | None:
    """The row by which the programme is looked at; the Problem where the rule is not known."""
    product = fill.package.product
    state = fill.pharmacy.state
    return look_up_needed(state, product.schedule, kinds_of(product), on=on)


def asked_of(fill: Fill) -> Asked:
    """The question about a fill's patient."""
    return Asked(fill.pk, fill.patient_id, person_told(fill.prescription.patient))


def ask_by_itself(fill: Fill, *, by: Worker) -> None:
    """Ask about a controlled drug's patient, once a fill; nobody waits for the answer."""
    if fill.package.product.schedule < CONTROLLED_FROM or not has_line(fill.pharmacy):
        return
    if not look_ups_of(fill.pharmacy_id, fill.pk).exists():
        name = fill.package.product.name
        ask_programme(by=by, asked=asked_of(fill), because=f"a prescription for {name}")


def ask_anew(*, by: Worker, fill_id: int, because: str) -> LookUp:
    """Somebody asks, for the first time or again."""
    by.must(Duty.ASK_HISTORY)
    rows = Fill.objects.select_related("prescription__patient", "package__product", "pharmacy")
    fill = rows.filter(pharmacy_id=by.pharmacy_id, pk=fill_id).first()
    if fill is None:
        raise refuse("No such fill in this pharmacy.", code="no-fill")
    if fill.package.product.schedule < CONTROLLED_FROM:
        says = "Nobody is looked up for a drug that is not controlled."
        raise refuse(says, code="not-controlled")
    if not has_line(fill.pharmacy):
        raise refuse(
            f"There is no line to the programme of {fill.pharmacy.state}.", code="no-line"
        )
    return ask_programme(by=by, asked=asked_of(fill), because=because)


def owed(fill: Fill, *, on: date) -> list[Problem]:
    """Why a fill may not go on before a pharmacist has looked (1 query, controlled ones only).

    Where no line is set up the house cannot ask: the page says so, and the law stands.
    """
    need = need_of(fill, on=on)
    if not isinstance(need, Row) or not has_line(fill.pharmacy):
        return []
    problems = unlooked_problems(fill.pharmacy_id, fill.pk)
    return [need.problem(each.says, code=each.code) for each in problems]


@dataclass(frozen=True, slots=True)
class Told:
    """One dispensing of the history; ``mme`` of a day, None where it is no opioid we know."""

    fill: Dispensed
    mme: Decimal | None
    opioid: bool


@dataclass(frozen=True, slots=True)
class LookedPage:
    """The box beside the review."""

    row: LookUp | None
    rule: str
    cite: str
    must: bool
    line: bool
    may: bool
    reads: bool
    asking: bool
    answered: bool
    told: Sequence[Told]
    more: int
    chart: Markup
    mme_now: Decimal
    mme_most: Decimal
    prescribers: int
    pharmacies: int
    left_out: Sequence[str]
    overlaps: Sequence[tuple[Dispensed, Dispensed, int]]
    candidates: Sequence[Candidate]


def looked_page(fill: Fill, *, by: Worker) -> LookedPage | None:
    """The box of a controlled drug; none of any other (3 queries)."""
    if fill.package.product.schedule < CONTROLLED_FROM:
        return None
    need = need_of(fill, on=by.today)
    row = look_ups_of(fill.pharmacy_id, fill.pk).first()
    reads = by.may(Duty.ASK_HISTORY)
    # Who may not ask about a patient does not read the answer either.
    found = history_of(row) if row is not None and reads else None
    fills = found.fills if found else ()
    told = with_mme(fills)
    since = by.today - timedelta(days=DAYS_SHOWN)
    shown = [one for one in told if one.fill.last_on >= since.toordinal()]
    a_day = mme_by_day(told, since, by.today)
    return LookedPage(
        row=row,
        rule=rule_said(need, fill.pharmacy.state),
        cite=need.cite if isinstance(need, Row) else "",
        must=isinstance(need, Row),
        line=has_line(fill.pharmacy),
        may=by.may(Duty.LOOK_UP_HISTORY),
        reads=reads,
        asking=row is not None and row.state == LookUpState.ASKED,
        answered=row is not None and row.state in ANSWERED,
        told=shown[: -MOST_SHOWN - 1 : -1],
        more=len(told) - min(len(shown), MOST_SHOWN),
        chart=time_line([one.fill for one in shown], a_day, since=since, today=by.today),
        mme_now=a_day[-1],
        mme_most=max(a_day),
        prescribers=len({one.fill.prescriber for one in shown}),
        pharmacies=len({one.fill.pharmacy for one in shown}),
        left_out=sorted({one.fill.drug for one in shown if one.opioid and one.mme is None}),
        overlaps=overlaps(tuple(one.fill for one in shown)),
        candidates=found.candidates if found else (),
    )


def rule_said(need: Row | Problem | None, state: str) -> str:
    """What the state wants, in words; a state whose rule is not known says so."""
    if isinstance(need, Row):
        return need.says
    if isinstance(need, Problem):
        return f"Whether {state} wants a look-up is not known here: {need.says}"
    return f"{state} does not want a look-up for this drug; a pharmacist may look."


def with_mme(fills: Sequence[Dispensed]) -> list[Told]:
    """Each dispensing with its morphine equivalents a day (1 query)."""
    codes = {one.ndc11 for one in fills}
    rows = Package.objects.select_related("product").filter(ndc11__in=codes) if codes else ()
    products = {package.ndc11: package.product for package in rows}
    return [told_of(one, products.get(one.ndc11)) for one in fills]


def told_of(one: Dispensed, product: Product | None) -> Told:
    """One dispensing; a drug whose number nobody knows here may be an opioid and is said so."""
    if product is None:
        return Told(one, None, opioid=True)
    keys = keys_of(product)
    drug = DrugFacts(
        name=one.drug,
        ingredients=keys,
        form_group=product.form_group,
        dosage_form=product.form,
        strength=product.strength,
        quantity_a_day=one.quantity / Decimal(one.days_supply),
        contents=contents_of(keys, product.strength),
        days_supply=one.days_supply,
        schedule=product.schedule,
    )
    opioids = sorted(tables().classes[OPIOIDS] & set(keys))
    counted = [mme(drug, key) for key in opioids]
    known = [amount for amount in counted if amount is not None]
    whole = known and len(known) == len(counted)
    return Told(one, sum(known, Decimal(0)) if whole else None, opioid=bool(opioids))


def mme_by_day(told: Sequence[Told], since: date, today: date) -> list[Decimal]:
    """The morphine equivalents of each day, from the first to today."""
    return [
        sum(
            (
                one.mme
                for one in told
                if one.mme is not None and one.fill.covers(since + timedelta(days=at))
            ),
            Decimal(0),
        )
        for at in range((today - since).days + 1)
    ]
