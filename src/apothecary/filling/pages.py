"""How the counter answers: the panel for htmx, facts for a device, a page for a plain form."""

from dataclasses import dataclass
from functools import cached_property

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apothecary.drugs.auxiliary import auxiliary_says
from apothecary.drugs.hazard_list import hazard_of
from apothecary.drugs.hazards import Verdict
from apothecary.filling.back_counts import LeftFacts, next_left
from apothecary.filling.label import generic_for, language_of, unit_said
from apothecary.filling.left import Touched, touched_by
from apothecary.filling.models import BottleScan
from apothecary.filling.offers import offer_of
from apothecary.filling.queries import AT_THE_COUNTER, Counter, counter
from apothecary.filling.rules import SCHEDULE_II, counted_text
from apothecary.filling.sentences import Next, Step, steps, what_next
from apothecary.law.labels import label_statements
from apothecary.law.problem import Problem
from apothecary.patients.queries import brief
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest, wants_json
from apothecary.staff.worker import Worker
from apothecary.workbench.filters import quantity


@dataclass(frozen=True)
class Panel:
    """The filling page of one fill as its template reads it."""

    at: Counter
    worker: Worker

    @cached_property
    def unit(self) -> str:
        return unit_said(self.at.fill.package)

    @property
    def mine(self) -> bool:
        """Whether this worker may go on with it."""
        filling = self.at.fill.state == FillState.FILLING
        return filling and self.at.fill.owner_id in {None, self.worker.person_id}

    @property
    def units(self) -> str:
        """The unit as it stands behind a number: tablets."""
        return quantity(self.at.fill.quantity, self.unit).partition(" ")[2]

    @property
    def second(self) -> bool:
        """Whether somebody else's first count of Schedule II waits for a second one."""
        filling = self.at.fill.state == FillState.FILLING
        return filling and not self.mine and len(self.at.facts.counts) == 1 and not self.counted

    @property
    def count_says(self) -> str:
        """What the key of the count does."""
        if not self.mine:
            return "second count"
        return self.next.key_says

    @property
    def next(self) -> Next:
        return what_next(self.at.facts, unit=self.unit, labelled=bool(self.at.label))

    @property
    def steps(self) -> list[Step]:
        return steps(self.at.facts, unit=self.unit, labelled=bool(self.at.label))

    @property
    def to_count(self) -> bool:
        """Whether a count is the next thing to do."""
        return self.next.key_says in {"print the label", "first count"} and not self.counted

    @property
    def counted(self) -> bool:
        return len(self.at.facts.counts) >= self.at.facts.counts_needed

    @property
    def left(self) -> LeftFacts | None:
        """The lot of which what is left is the next thing to count."""
        return next_left(self.at.facts.left) if self.counted and self.at.label else None

    @property
    def touched(self) -> Touched | None:
        """The lot in hand of which it can be asked how many are left."""
        return touched_by(self.at.fill, self.at.held)

    @property
    def on_hand(self) -> str:
        """How much there is by the books; of Schedule II not told where it is to be counted.

        Nor is it there afterwards: the books hold what is in the vial until it is checked.
        """
        if self.at.shelved:
            return "each ingredient from its own shelf"
        schedule_ii = self.at.fill.package.product.schedule == SCHEDULE_II
        if not schedule_ii or self.at.fill.state not in AT_THE_COUNTER:
            return f"{quantity(self.at.on_hand, self.unit)} on hand"
        told = bool(self.at.facts.left) and all(lot.done for lot in self.at.facts.left)
        return "what is left is counted" if told else "what is left is counted blind"

    @property
    def counts(self) -> str:
        return counted_text(self.at.facts)

    @property
    def slip_steps(self) -> list[Problem]:
        """What the law asks for before the scanned equivalent may be given."""
        slip = self.at.slip
        if slip is None or slip.package is None:
            return []
        return offer_of(self.at.fill, slip.package, on=self.worker.today).steps

    @property
    def directions(self) -> str:
        rx = self.at.fill.prescription
        return rx.directions_spanish if self.language == "es" else rx.directions

    @property
    def language(self) -> str:
        return language_of(self.at.fill)

    @property
    def without_spanish(self) -> bool:
        """The patient reads Spanish, and the directions are on file in English alone."""
        return self.at.fill.prescription.patient.language == "es" and self.language == "en"

    @property
    def label_lines(self) -> list[str]:
        """The small print of the label: what the drug and the law add."""
        schedule = self.at.fill.package.product.schedule
        state = self.worker.standing.state
        product = self.at.fill.package.product
        return [
            *auxiliary_says(product, language=self.language),
            *label_statements(schedule, state, on=self.worker.today),
        ]

    @property
    def generic_for(self) -> str:
        return generic_for(self.at.fill)

    @cached_property
    def hazard(self) -> Verdict:
        """What the list of hazardous drugs says to who counts it."""
        return hazard_of(self.at.fill.package.product, brought=self.at.fill)


def panel_of(request: StaffRequest, fill_id: int) -> Panel:
    """The fill's page, for whoever may read records; another pharmacy's is not found."""
    request.worker.must(Duty.READ_RECORDS)
    found = counter(pharmacy_id=request.worker.pharmacy_id, fill_id=fill_id)
    if found is None:
        raise Http404
    return Panel(found, request.worker)


def show(request: StaffRequest, fill_id: int) -> HttpResponse:
    """The whole page."""
    panel = panel_of(request, fill_id)
    facts = {"panel": panel, "who": brief(panel.at.fill.prescription.patient)}
    return render(request, "filling/fill.html", facts)


def answer(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """After an act: where the fill stands now, in the shape that was asked for."""
    if wants_json(request):
        return JsonResponse(as_json(panel_of(request, fill_id)))
    if request.headers.get("HX-Request"):
        panel = panel_of(request, fill_id)
        return render(request, "filling/panel.html", {"panel": panel})
    return redirect("filling:fill", fill_id)


def go(request: HttpRequest, name: str, *args: object) -> HttpResponseBase:
    """On to another page, by htmx or by a plain form."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(name, args=args)})
    return redirect(name, *args)


def as_json(panel: Panel) -> dict[str, object]:
    """What a scale, a counter or a script needs to know after its act."""
    facts, slip = panel.at.facts, panel.at.slip
    return {
        "fill": panel.at.fill.pk,
        "state": panel.at.fill.state,
        "next": panel.next.says,
        "quantity": str(facts.quantity),
        "unit": facts.unit,
        "bottles_scanned": facts.bottles_scanned,
        "bottles_needed": facts.bottles_needed,
        "counts": [str(count) for count in facts.counts],
        "counts_needed": facts.counts_needed,
        "label": panel.at.label.pk if panel.at.label else None,
        "count_left_of_lot": panel.left.number if panel.left else None,
        "wrong": scan_as_json(slip) if slip else None,
        "wanted_ndc": panel.at.fill.package.ndc,
    }


def scan_as_json(scan: BottleScan) -> dict[str, object]:
    """A bottle that must be set aside."""
    return {
        "scan": scan.pk,
        "outcome": scan.outcome,
        "says": scan.says,
        "ndc": scan.package.ndc if scan.package else "",
    }
