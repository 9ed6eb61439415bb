"""The facts of a claim: what the house knows, before a payer's wishes are looked at."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from apothecary.law.problem import Problem
from apothecary.wires import Malformed

NPI = "01"
# 423-DN: our cost is submitted as the cash price less the fee; a 340B drug at what it cost us.
USUAL_AND_CUSTOMARY, DISPROPORTIONATE_SHARE = "07", "08"
SCHEDULE_II, SCHEDULE_V = 2, 5
# 420-DK: bought under the federal discount programme for safety-net providers.
DISCOUNT_340B = "20"
ADMINISTERED = "MA"
CENTS, NOTHING = Decimal("0.01"), Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The insurance card as it is billed.

    The cardholder's name is that of another when the patient is a dependent;
    ``eligibility_clarification`` (309-C9) answers a payer who doubts that the patient belongs.
    """

    bin: str
    pcn: str
    group: str
    cardholder_id: str
    person_code: str
    relationship: str
    first_name: str = ""
    last_name: str = ""
    plan_id: str = ""
    eligibility_clarification: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a fill (343-HD): P for the first, C for the one that completes it.

    A completion names the number and the day of service of the part it completes.
    """

    status: str
    quantity_intended: Decimal
    days_intended: int
    completes_number: int | None = None
    completes_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What is asked, in US dollars. The gross due of a claim is ``Bill.gross_due_usd``.

    ``other_amounts``: qualifier (479-H8) and amount (480-H9), such as delivery or postage. The
    rate of the percentage tax is in percent.
    """

    ingredient_cost_usd: Decimal
    dispensing_fee_usd: Decimal
    usual_and_customary_usd: Decimal
    professional_fee_usd: Decimal = NOTHING
    other_amounts: tuple[tuple[str, Decimal], ...] = ()
    flat_tax_usd: Decimal = NOTHING
    percentage_tax_usd: Decimal = NOTHING
    tax_percent: Decimal | None = None
    tax_basis: str = ""

    @property
    def gross_due_usd(self) -> Decimal:
        """The sum of the parts of this price."""
        return (
            self.ingredient_cost_usd
            + self.dispensing_fee_usd
            + self.professional_fee_usd
            + sum((amount for _, amount in self.other_amounts), start=NOTHING)
            + self.flat_tax_usd
            + self.percentage_tax_usd
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPayer:
    """What a payer before this one said (one occurrence of segment 05).

    ``coverage_type`` (338-5C): 01 for the first payer, 02 for the second. Either it paid, then
    ``paid`` holds qualifier (342-HC) and amount, also when the amount is nothing, and
    ``responsible`` what it left to the patient (351-NP, 352-NQ); or it refused, then
    ``rejects`` holds its codes. ``stages``: where in its benefit it paid (393-MV, 394-MW).
    Amounts in US dollars.
    """

    coverage_type: str
    payer_id: str
    on: date
    payer_id_qualifier: str = "03"
    control_number: str = ""
    paid: tuple[tuple[str, Decimal], ...] = ()
    rejects: tuple[str, ...] = ()
    responsible: tuple[tuple[str, Decimal], ...] = ()
    stages: tuple[tuple[str, Decimal], ...] = ()

    @property
    def paid_usd(self) -> Decimal:
        return sum((amount for _, amount in self.paid), start=NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Injury:
    """An injury at work (segment 06); ``reference`` is the number the carrier knows it by."""

    on: date
    reference: str = ""
    employer: str = ""
    carrier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """A manufacturer's coupon (segment 09): its type (485-KE), number and value in dollars."""

    kind: str
    number: str
    value_usd: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """One ingredient of a compound: its quantity in billing units, and what all of it costs."""

    ndc11: str
    quantity: Decimal
    cost_usd: Decimal
    basis_of_cost: str
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """What was compounded (segment 10): dosage form (450-EF), route (995-E2), type (996-G1).

    ``effort`` (474-8E) is the level of effort, in steps of time, where a payer pays by it.
    """

    ingredients: tuple[Ingredient, ...]
    form: str
    route: str = ""
    kind: str = ""
    effort: str = ""

    @property
    def cost_usd(self) -> Decimal:
        return sum((one.cost_usd for one in self.ingredients), start=NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """A vaccine was given here: what is asked for giving it (438-E3), in US dollars.

    As payers read it: preventive care (PH) was the reason, medication administered the result.
    """

    incentive_usd: Decimal
    reason: str = "PH"
    result: str = "3N"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Everything one billing could say; the payer's sheet decides what of it is said."""

    pharmacy_npi: str
    service_on: date
    card: Card
    last_name: str
    first_name: str
    birth_date: date
    sex: str
    street: str
    city: str
    state: str
    postal_code: str
    rx_number: int
    fill_number: int
    ndc11: str
    unit: str
    quantity: Decimal
    days_supply: int
    daw: str
    written_on: date
    refills: int
    origin: str
    schedule: int
    quantity_prescribed: Decimal
    prescriber_npi: str
    prescriber_last_name: str
    price: Price
    part: Part | None = None
    clarification: str = ""
    prior_authorization: str = ""
    safety: tuple[tuple[str, str, str], ...] = ()
    # What kind of card it is, as ``patients.models.CoverageKind`` says it.
    card_kind: str = "commercial"
    others: tuple[OtherPayer, ...] = ()
    other_coverage: str = ""
    injury: Injury | None = None
    coupon: Coupon | None = None
    compound: Compound | None = None
    administration: Administration | None = None
    authorization_type: str = ""
    delay_reason: str = ""
    clarifications: tuple[str, ...] = ()
    # As they were given, in ICD-10-CM or in words; only what is coded can stand in a claim.
    diagnoses: tuple[str, ...] = ()
    basis_of_cost: str = USUAL_AND_CUSTOMARY
    acquisition_cost_usd: Decimal | None = None
    patient_paid_usd: Decimal | None = None
    phone: str = ""
    residence: str = ""
    place_of_service: str = ""
    pharmacy_service_type: str = ""
    level_of_service: str = ""
    special_packaging: str = ""
    pharmacist_npi: str = ""
    # 466-EZ: what kind of number ``prescriber_npi`` is, where a payer takes another.
    prescriber_qualifier: str = NPI
    prescriber_first_name: str = ""
    prescriber_phone: str = ""
    prescriber_street: str = ""
    prescriber_city: str = ""
    prescriber_state: str = ""
    prescriber_postal_code: str = ""

    @property
    def clarified(self) -> tuple[str, ...]:
        """All clarification codes, each once, the technician's own first."""
        said = (self.clarification, *self.clarifications)
        return tuple(dict.fromkeys(code for code in said if code))

    @property
    def is_340b(self) -> bool:
        return DISCOUNT_340B in self.clarified

    @property
    def asks(self) -> Price:
        """The price as submitted: at acquisition cost under 340B, a compound by its parts.

        Payers who ask for clarification 20 pay such a drug by what it cost; the cost of a
        compound is the sum of its ingredients', or the price does not add up.
        """
        if self.compound is not None:
            return replace(self.price, ingredient_cost_usd=self.compound.cost_usd)
        if self.is_340b and self.acquisition_cost_usd is not None:
            return replace(self.price, ingredient_cost_usd=self.acquisition_cost_usd)
        return self.price

    @property
    def basis(self) -> str:
        """423-DN as it is submitted."""
        return DISPROPORTIONATE_SHARE if self.is_340b else self.basis_of_cost

    @property
    def incentive_usd(self) -> Decimal:
        return self.administration.incentive_usd if self.administration else NOTHING

    @property
    def gross_due_usd(self) -> Decimal:
        """430-DU: the sum of what is asked for, always computed, never typed."""
        return self.asks.gross_due_usd + self.incentive_usd


def price_of(*, price_usd: Decimal, fee_usd: Decimal) -> Price:
    """Split the cash price into cost and fee; a price below the fee is all fee.

    Payers pay the lowest of submitted, allowed and usual: asking less than the cash price
    would leave money, asking more is a false claim.
    """
    fee = min(fee_usd, price_usd).quantize(CENTS)
    return Price(
        ingredient_cost_usd=price_usd - fee,
        dispensing_fee_usd=fee,
        usual_and_customary_usd=price_usd,
    )


def billing_problems(error: Malformed) -> list[Problem]:
    """What keeps a claim from being written, each with the codec's own field and reason."""
    return [
        Problem(f"{fault.field} {fault.reason}.", field=fault.field, code="claim-unwritable")
        for fault in error.faults
    ]
