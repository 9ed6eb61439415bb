"""The drug of a message: what, how much, how taken, until when."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from apothecary.wires.script.look import Look
from apothecary.wires.script.model import (
    CodedDrug,
    CompoundOrder,
    CompoundPart,
    Diagnosis,
    DrugUse,
    Medication,
    Quantity,
)

# NCI codes of the schedules; C38046 says "not specified".
_SCHEDULES = {
    "C48672": "I",
    "C48675": "II",
    "C48676": "III",
    "C48677": "IV",
    "C48679": "V",
    "C38046": "",
}
_PRODUCT_QUALIFIERS = ("ND", "UP", "NH", "RT", "UN", "DI", "GMP", "GPI", "GSP")
# What an ingredient may be numbered by; a natural product has its UNII, a drug its RxCUI.
_ITEM_QUALIFIERS = (*_PRODUCT_QUALIFIERS, "SCD", "SBD", "GPK", "BPK")
MOST_INGREDIENTS = 25
_QUANTITY_QUALIFIERS = ("38", "40", "87", "QS", "CF", "UQ", "QT")
_MEASURED_UNITS = frozenset({"C28254", "C48155"})  # millilitre, gram
# Absurd, not merely large: three months of dialysis fluid in millilitres stays below the first.
MOST_MEASURED = Decimal(1_000_000)
MOST_COUNTED = Decimal(10_000)
# Sent in UTC, written by a local calendar: one day apart is no contradiction.
_CLOCK_SLACK = timedelta(days=1)


def read_medication(parent: Look, *, sent_on: date | None, full: bool) -> Medication:
    """The prescribed drug. ``full`` asks for all a new prescription must say; a cancellation
    only has to name the drug.
    """
    look = parent.need("MedicationPrescribed")
    coded = look.at("DrugCoded")
    written_on = look.day("WrittenDate", need=full)
    if written_on and sent_on and written_on - sent_on > _CLOCK_SLACK:
        look.fault("WrittenDate", f"{written_on} is after the day the message was sent")
    strength = coded.at("Strength")
    sig = look.need("Sig") if full else look.at("Sig")
    dates = _other_dates(look)
    return Medication(
        description=look.text("DrugDescription", most=105, need=True),
        product=_product(coded.at("ProductCode")),
        drug_codes=tuple(_drug_codes(coded)),
        strength=strength.text("StrengthValue", most=70),
        strength_form_code=_code(strength.at("StrengthForm")),
        strength_unit_code=_code(strength.at("StrengthUnitOfMeasure")),
        dea_schedule=_schedule(coded),
        quantity=_quantity(look, need=full),
        days_supply=look.whole("DaysSupply", most=999, least=1),
        written_on=written_on,
        last_fill_on=look.day("LastFillDate"),
        effective_on=dates.get("EffectiveDate"),
        expires_on=dates.get("ExpirationDate"),
        needed_by=look.day("NeedNoLaterThan"),
        substitution_allowed=look.text("Substitutions", need=full, of=("0", "1")) == "0",
        refills=look.whole("NumberOfRefills", most=99, need=full),
        diagnoses=tuple(_diagnoses(look)),
        prior_authorization=look.text("PriorAuthorization", most=35),
        prior_authorization_status=look.text(
            "PriorAuthorizationStatus", of=("A", "D", "F", "N", "R")
        ),
        note=look.text("Note", most=210),
        drug_use=tuple(_drug_use(look)),
        coverage_status=_coverage_status(look),
        sig_text=sig.text("SigText", most=1000, need=full),
        structured_sig=tuple(sig.leaves()),
        do_not_fill=look.text("DoNotFill", of=("Y", "H", "E")),
        order_capture=look.text("OrderCaptureMethod"),
        fill_indicator=look.text("RxFillIndicator"),
        compound=_compound(look.at("CompoundInformation")),
    )


def _compound(look: Look) -> CompoundOrder | None:
    """What is to be compounded, ingredient by ingredient; None for a finished product.

    Some senders name the form and leave the ingredients to the directions: a warning, and a
    person reads them there.
    """
    if not look:
        return None
    form = look.at("FinalCompoundPharmaceuticalDosageForm")
    code = form.text("Code", most=15) if form.at("Code") else form.own_text()
    parts = [
        _part(one) for one in look.each("CompoundIngredientsLotNotUsed", most=MOST_INGREDIENTS)
    ]
    if not parts:
        look.warn("CompoundIngredientsLotNotUsed", "is missing: no ingredient is named")
    return CompoundOrder(code, tuple(parts))


def _part(look: Look) -> CompoundPart:
    named = look.need("CompoundIngredient")
    strength = named.at("Strength")
    return CompoundPart(
        description=named.text("CompoundIngredientItemDescription", most=105, need=True),
        item=_coded(named.at("ItemNumber"), _ITEM_QUALIFIERS),
        strength=strength.text("StrengthValue", most=70),
        strength_form_code=_code(strength.at("StrengthForm")),
        strength_unit_code=_code(strength.at("StrengthUnitOfMeasure")),
        dea_schedule=_schedule(named),
        quantity=_quantity(look, need=True),
        drug_use=tuple(_drug_use(look)),
    )


def _code(holder: Look) -> str:
    return holder.text("Code", most=15)


def _product(look: Look) -> CodedDrug | None:
    return _coded(look, _PRODUCT_QUALIFIERS)


def _coded(look: Look, qualifiers: Sequence[str]) -> CodedDrug | None:
    """A code with what it is a code of, or none where none was sent."""
    if not look:
        return None
    code = look.text("Code", most=40, need=True)
    qualifier = look.text("Qualifier", need=True, of=qualifiers)
    whole = code.isascii() and code.isdigit() and len(code) == 11
    if code and qualifier == "ND" and not whole:
        look.fault("Code", f"an NDC must be 11 digits, is {code!r}")
    return CodedDrug(code, qualifier)


def _drug_codes(coded: Look) -> list[CodedDrug]:
    return [
        CodedDrug(one.text("Code", most=35, need=True), one.text("Qualifier", need=True))
        for one in coded.each("DrugDBCode")
    ]


def _schedule(coded: Look) -> str:
    """The schedule as a Roman numeral, empty when none was stated."""
    holder = coded.at("DEASchedule")
    code = holder.own_text() if len(list(holder.children())) == 0 else _code(holder)
    if not code:
        return ""
    if code not in _SCHEDULES:
        holder.fault("", f"is no known schedule: {code!r}")
        return ""
    return _SCHEDULES[code]


def _quantity(parent: Look, *, need: bool) -> Quantity | None:
    look = parent.need("Quantity") if need else parent.at("Quantity")
    if not look:
        return None
    value = look.number("Value", most=11, need=True)
    qualifier = look.text("CodeListQualifier", need=True, of=_QUANTITY_QUALIFIERS)
    unit = look.need("QuantityUnitOfMeasure").text("Code", most=15, need=True)
    if value is None:
        return None
    _check_quantity(look, value, unit)
    return Quantity(value, qualifier, unit)


def _check_quantity(look: Look, value: Decimal, unit: str) -> None:
    most = MOST_MEASURED if unit in _MEASURED_UNITS else MOST_COUNTED
    if value <= 0:
        look.fault("Value", f"must be above zero, is {value}")
    elif value > most:
        look.fault("Value", f"{value} is absurd, more than {most:f} of one unit")
    elif value != value.quantize(Decimal("0.001")):
        look.fault("Value", f"may have 3 decimals, is {value}")


def _diagnoses(look: Look) -> list[Diagnosis]:
    found = []
    for one in look.each("Diagnosis", most=2):
        for rank in ("Primary", "Secondary"):
            part = one.at(rank)
            if part:
                found.append(
                    Diagnosis(
                        code=part.text("Code", most=15, need=True),
                        qualifier=part.text("Qualifier"),
                        description=part.text("Description", most=255),
                        rank=rank,
                    )
                )
    return found


def _drug_use(look: Look) -> list[DrugUse]:
    return [
        DrugUse(
            reason=one.text("ServiceReasonCode", need=True),
            service=one.text("ProfessionalServiceCode"),
            result=one.text("ServiceResultCode"),
            significance=one.text("ClinicalSignificanceCode", of=("1", "2", "3", "9")),
            acknowledgement=one.text("AcknowledgementReason", most=100),
        )
        for one in look.each("DrugUseEvaluation", most=5)
    ]


def _coverage_status(look: Look) -> tuple[str, ...]:
    return tuple(one.own_text() for one in look.each("DrugCoverageStatusCode", most=5))


def _other_dates(look: Look) -> dict[str, date]:
    """EffectiveDate, ExpirationDate … of OtherMedicationDate, by the qualifier's name.

    Senders differ in where they put the qualifier, so both the child element and the
    ``OtherMedicationDateQualifier`` text are understood.
    """
    found: dict[str, date] = {}
    for one in look.each("OtherMedicationDate"):
        named = one.text("OtherMedicationDateQualifier")
        for name in ("EffectiveDate", "ExpirationDate"):
            if one.at(name):
                day = one.day(name)
            elif named == name:
                day = one.day("OtherMedicationDate")
            else:
                continue
            if day:
                found[name] = day
    return found
