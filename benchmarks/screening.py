"""A new drug against thirty others: screenings a second on one core, beside a naive scan.

The profile is one no patient should have: thirty drugs of the interaction tables with doses,
three allergies, three diseases, an age at which the most rules speak. Each new drug of the
drug file is screened against it by every rule. The peer answers the interactions alone, as a
first attempt would: each pair of ingredients against every row of the table. Reading the
tables, once in the life of a process, is told apart. ``--quick`` screens fewer.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date

from apothecary.drugs.starter import read_products
from apothecary.screening.naming import of_product
from apothecary.screening.rules.facts import AllergyFacts, Case, DrugFacts, PatientFacts, Use
from apothecary.screening.rules.house import screen
from apothecary.screening.rules.tables import tables
from apothecary.screening.sources import Interaction, read_all_interactions
from apothecary.screening.strengths import dose_matters, use_of

ON = date(2026, 11, 23)
PROFILE = 30
QUICK = "--quick" in sys.argv
TURNS = 3 if QUICK else 5
PEER_CASES = 5 if QUICK else 20


def drugs() -> list[DrugFacts]:
    """One product of each ingredient of the drug file, taken twice daily."""
    found: dict[str, DrugFacts] = {}
    for row in read_products():
        if row.ingredient_key in found or row.form_group != "tablet":
            continue
        named = of_product(row.name, row)
        sig = "Take 1 tablet by mouth twice daily."
        use = (
            use_of(sig, row.dosage_form, named.said) if dose_matters(row.ingredients) else Use()
        )
        found[row.ingredient_key] = DrugFacts(
            name=named.said,
            ingredients=row.ingredients,
            form_group=row.form_group,
            dosage_form=row.dosage_form,
            strength=row.strength,
            contents=named.contents,
            use=use,
            days_supply=30,
            schedule=row.schedule,
        )
    return [found[key] for key in sorted(found)]


def busy(known: Sequence[DrugFacts]) -> list[DrugFacts]:
    """The thirty drugs that interact most."""
    partners = tables().partners
    return sorted(known, key=lambda drug: -most(drug, partners))[:PROFILE]


def most(drug: DrugFacts, partners: dict[str, dict[str, Interaction]]) -> int:
    """With how many others its ingredients interact."""
    return sum(len(partners.get(key, {})) for key in drug.ingredients)


def cases() -> list[Case]:
    """Every drug of the file as the new one of the same patient."""
    known = drugs()
    patient = PatientFacts(
        born_on=date(1950, 1, 1),
        sex="F",
        conditions=("N18.4", "I50.9", "J45.909"),
        allergies=(
            AllergyFacts("penicillins", allergy_class="penicillins", reaction="hives"),
            AllergyFacts("codeine", ingredient="codeine"),
            AllergyFacts("strawberries"),
        ),
        current=tuple(busy(known)),
    )
    return [Case(new, patient, ON) for new in known]


def naive(rows: Sequence[Interaction]) -> Callable[[Case], list[Interaction]]:
    """Every pair of ingredients against every row."""

    def scanned(case: Case) -> list[Interaction]:
        return [
            row
            for other in case.patient.current
            for mine in case.new.ingredients
            for theirs in other.ingredients
            for row in rows
            if {row.a, row.b} == {mine, theirs}
        ]

    return scanned


def a_second(ask: Callable[[Case], object], asked: Sequence[Case], turns: int) -> float:
    """The best of some turns, by the processor's own clock."""
    best = 0.0
    for _ in range(turns):
        began = time.process_time()
        for case in asked:
            ask(case)
        best = max(best, len(asked) / (time.process_time() - began))
    return best


def main() -> None:
    """Print what was measured as one JSON object."""
    began = time.process_time()
    tables()
    read_s = time.process_time() - began
    asked = cases()
    findings = sum(len(screen(case)) for case in asked)
    ours = a_second(screen, asked, TURNS)
    rows = list(read_all_interactions())
    peer = a_second(naive(rows), asked[:PEER_CASES], 1)
    figures = {
        "new drugs": len(asked),
        "drugs in the profile": PROFILE,
        "rows of interactions": len(rows),
        "findings a screening": round(findings / len(asked), 1),
        "screenings a second, every rule": round(ours),
        "interactions alone by a naive scan a second": round(peer, 1),
        "times the naive scan": round(ours / peer),
        "reading the tables, once, s": round(read_s, 2),
        "aim a second": 2000,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
