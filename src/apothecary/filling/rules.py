"""House policy of filling: when a bottle, a count and a label are enough. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from apothecary.drugs.equivalence import BIOLOGIC, Facts, Standing, compare
from apothecary.filling.back_counts import LeftFacts, left_problems, plain
from apothecary.law import substitution
from apothecary.law.problem import Problem

SCHEDULE_II = 2
MOST_BOTTLES = 99
# Codes of product selection (NCPDP 408-D8) under which somebody wants this very product:
# 1 the prescriber, 2 the patient, 7 the law.
DAW_FIXED = {"1": "the prescriber", "2": "the patient", "7": "the law"}
ORANGE_BOOK = "FDA Orange Book, preface 1.7"


@dataclass(frozen=True, slots=True)
class BottleFacts:
    """One scanned bottle of this turn."""

    right: bool
    open_slip: bool
    lot_id: int | None
    bottles: int
    says: str


@dataclass(frozen=True, slots=True)
class FillingFacts:
    """Everything that is known of one turn at the filling counter.

    Quantities are in the billing unit of the package; ``reserved`` are (lot id, lot number).
    """

    quantity: Decimal
    unit: str
    package_quantity: Decimal
    schedule: int
    reserved: tuple[tuple[int, str], ...]
    bottles: tuple[BottleFacts, ...]
    counts: tuple[Decimal, ...]
    # Of Schedule II alone: what is left of each lot the fill was taken from.
    left: tuple[LeftFacts, ...] = ()
    # Of a compound alone: how many bottles its ingredients take, each of them for itself.
    bottles_of_ingredients: int = 0

    @property
    def counts_needed(self) -> int:
        """Schedule II is counted twice."""
        return 2 if self.schedule == SCHEDULE_II else 1

    @property
    def bottles_needed(self) -> int:
        """How many stock bottles the quantity takes, at least one of each reserved lot."""
        if self.bottles_of_ingredients:
            return max(self.bottles_of_ingredients, len(self.reserved))
        full = (self.quantity / self.package_quantity).to_integral_value(ROUND_CEILING)
        return max(int(full), len(self.reserved), 1)

    @property
    def bottles_scanned(self) -> int:
        return sum(bottle.bottles for bottle in self.bottles if bottle.right)


def slip_problems(facts: FillingFacts) -> list[Problem]:
    """Another product in hand stops everything."""
    return [
        Problem(f"{bottle.says} Set that bottle aside first, with a reason.", code="open-slip")
        for bottle in facts.bottles
        if bottle.open_slip
    ]


def bottle_problems(facts: FillingFacts) -> list[Problem]:
    """Why what was scanned does not yet prove that the right drug is in the vial."""
    problems = slip_problems(facts)
    if not facts.reserved:
        says = "Nothing is reserved for this fill any more: put it back on the queue."
        problems.append(Problem(says, code="not-reserved"))
    missing = facts.bottles_needed - facts.bottles_scanned
    if not facts.bottles_scanned:
        problems.append(Problem("Scan the stock bottle first.", code="no-bottle"))
    elif missing > 0:
        says = (
            f"{facts.bottles_needed} bottles are needed and {facts.bottles_scanned} scanned: "
            "scan each, or say how many there are."
        )
        problems.append(Problem(says, code="bottles-missing"))
    scanned = {bottle.lot_id for bottle in facts.bottles if bottle.right}
    unseen = [number for lot, number in facts.reserved if lot not in scanned]
    if facts.bottles_scanned and unseen:
        says = f"Units come from lot {' and '.join(unseen)} too: scan that bottle."
        problems.append(Problem(says, code="lot-not-scanned"))
    return problems


def count_problems(facts: FillingFacts, counted: Decimal) -> list[Problem]:
    """Why this count cannot stand: it is the fill's quantity or it is none."""
    if counted <= 0:
        return [Problem("A count is above zero.", code="count-zero", field="quantity")]
    if facts.unit == "EA" and counted != counted.to_integral_value():
        return [Problem("Whole units only.", code="count-parts", field="quantity")]
    if counted != facts.quantity:
        says = (
            f"Counted {plain(counted)}, the prescription says {plain(facts.quantity)}: count "
            "again, or give a part and owe the rest."
        )
        return [Problem(says, code="count-differs", field="quantity")]
    return []


def label_problems(facts: FillingFacts) -> list[Problem]:
    """A label is printed only after the right bottle and the right count."""
    problems = bottle_problems(facts)
    missing = facts.counts_needed - len(facts.counts)
    if missing == facts.counts_needed:
        problems.append(Problem("Count first.", code="not-counted"))
    elif missing:
        says = "Schedule II is counted twice: count again, better by somebody else."
        problems.append(Problem(says, code="counted-once", cite="house policy", verified="C"))
    return problems


def check_problems(facts: FillingFacts, *, printed: str, should_say: str) -> list[Problem]:
    """Why a fill may not go to the pharmacist; the two are hashes of label contents."""
    problems = label_problems(facts) + left_problems(facts.left)
    if not printed:
        problems.append(Problem("Print the label first.", code="no-label"))
    elif printed != should_say:
        says = "The label no longer says what is in the vial: print it again."
        problems.append(Problem(says, code="label-stale"))
    return problems


def counted_text(facts: FillingFacts) -> str:
    """The counts made so far: 30, or 30 and 30."""
    return " and ".join(plain(count) for count in facts.counts)


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot of the books, beside what its bottle says and how long the supply lasts."""

    number: str
    expires_on: date
    quarantined: str = ""


def lot_problems(lot: LotFacts, *, on: date, good_until: date) -> list[Problem]:
    """Why nothing may be drawn from this lot for a supply that lasts until ``good_until``."""
    if lot.expires_on < on:
        says = (
            f"Lot {lot.number} expired on {lot.expires_on:%m/%d/%Y}: take it off the shelf and "
            "quarantine it."
        )
        return [Problem(says, code="lot-expired", cite="21 USC 351; 21 CFR 211.137")]
    if lot.quarantined:
        says = f"Lot {lot.number} is quarantined ({lot.quarantined}): take another."
        return [Problem(says, code="lot-quarantined")]
    if lot.expires_on < good_until:
        says = (
            f"Lot {lot.number} expires on {lot.expires_on:%m/%d/%Y}, before the supply is used "
            f"up on {good_until:%m/%d/%Y}: take the lot of the pick list."
        )
        return [Problem(says, code="lot-too-short")]
    return []


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product as it is offered: its code, its words, its brand, and what is compared."""

    code: tuple[str, str]
    says: str
    brand: str
    drug: Facts
    # USD for the quantity of the fill at the file's price; None where there is none.
    price_usd: Decimal | None = None


def substitution_problems(
    wanted: ProductFacts, offered: ProductFacts, *, daw: str, state: str, on: date
) -> list[Problem]:
    """Why this product may not be given instead; another package of the same one always may.

    ``state`` is the pharmacy's: its law is asked where a brand is given up for something else.
    """
    if wanted.code == offered.code:
        return []
    problems = []
    if daw in DAW_FIXED and not (wanted.brand and wanted.brand == offered.brand):
        says = f"DAW {daw}: {DAW_FIXED[daw]} wants {wanted.says} and nothing else."
        problems.append(Problem(says, code="daw", field="daw"))
    problems += equivalence_problems(wanted, offered)
    if gives_up_brand(wanted, offered):
        problems += substitution.substitution_problems(state, exchange(wanted, offered), on=on)
    return problems


def substitution_steps(
    wanted: ProductFacts, offered: ProductFacts, *, state: str, on: date
) -> list[Problem]:
    """What the law of the state asks for before this product is given; it blocks nothing."""
    law = substitution.substitution(state, on=on)
    if not gives_up_brand(wanted, offered) or isinstance(law, Problem):
        return []
    return substitution.substitution_steps(law, exchange(wanted, offered))


def gives_up_brand(wanted: ProductFacts, offered: ProductFacts) -> bool:
    """Whether a state's law of substitution is about it: it protects the brand prescribed."""
    return bool(wanted.brand) and wanted.brand != offered.brand


def exchange(wanted: ProductFacts, offered: ProductFacts) -> substitution.Exchange:
    """The two as the law looks at them; rating and DAW are judged here, in the file's words."""
    return substitution.Exchange(
        equivalent=True,
        biologic=BIOLOGIC in {wanted.drug.category, offered.drug.category},
        prescribed_usd=wanted.price_usd,
        offered_usd=offered.price_usd,
    )


def equivalence_problems(wanted: ProductFacts, offered: ProductFacts) -> list[Problem]:
    """What the drug file says against taking one product for the other."""
    verdict = compare(wanted.drug, offered.drug)
    if verdict.standing is Standing.EQUIVALENT:
        return []
    if verdict.standing is Standing.ANOTHER_DRUG:
        # A labeler's name may end in a full stop of its own: Inc.
        said = wanted.says.rstrip(".")
        says = f"{offered.says} is another drug, strength or form than {said}."
        return [Problem(says, code="other-drug", cite=ORANGE_BOOK, verified="K")]
    if verdict.standing is Standing.BIOLOGIC:
        says = f"{offered.says} is {verdict.says}."
        return [Problem(says, code="biologic", cite=verdict.cite, verified="K")]
    codes = f"{wanted.drug.te_code or 'none'} and {offered.drug.te_code or 'none'}"
    says = f"{offered.says} is not rated equivalent (codes {codes})."
    return [Problem(says, code="not-equivalent", cite=ORANGE_BOOK, verified="K")]
