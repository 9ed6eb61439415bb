"""The payer's front desk: every missing, malformed or impossible field of a request at once."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from simulators.check_digits import npi_is_valid
from simulators.payer import cob
from simulators.payer.claim import ZERO, Reject, day_or_none, money_or_none, same_code
from simulators.payer.compound import compound_rejects, is_compound
from simulators.payer.reading import interventions
from simulators.payer.wire import Request, Segment, is_number

MONEY_PARTS = ("D9", "DC", "BE", "E3", "HA", "GE")

# segment, field, longest, pattern, reject code, text; in the order a payer sheet lists them
_REQUIRED: tuple[tuple[str, str, int, str, str, str], ...] = (
    ("04", "C2", 20, r"[A-Za-z0-9-]+", "07", "CARDHOLDER ID"),
    ("01", "C4", 8, r"[0-9]{8}", "09", "DATE OF BIRTH"),
    ("01", "C5", 1, r"[0-3]", "10", "GENDER CODE"),
    ("07", "EM", 2, r"0?1", "EM", "RX NUMBER QUALIFIER MUST BE 1"),
    ("07", "D2", 12, r"0*[1-9][0-9]*", "16", "RX NUMBER"),
    ("07", "E7", 10, r"0*[1-9][0-9]*", "E7", "QUANTITY DISPENSED"),
    ("07", "D3", 2, r"[0-9]{1,2}", "17", "FILL NUMBER"),
    ("07", "D5", 3, r"0*[1-9][0-9]*", "19", "DAYS SUPPLY"),
    ("07", "D6", 1, r"[12]", "20", "COMPOUND CODE"),
    ("07", "D8", 1, r"[0-9]", "22", "DAW CODE"),
    ("07", "DE", 8, r"[0-9]{8}", "28", "DATE WRITTEN"),
    ("11", "D9", 8, r".+", "23", "INGREDIENT COST"),
    ("11", "DQ", 8, r".+", "DQ", "USUAL AND CUSTOMARY CHARGE"),
    ("11", "DU", 8, r".+", "DU", "GROSS AMOUNT DUE"),
    ("11", "DN", 2, r"[0-9]{1,2}", "DN", "BASIS OF COST"),
    ("03", "EZ", 2, r"0?1", "EZ", "PRESCRIBER QUALIFIER MUST BE 01"),
    ("03", "DB", 15, r"[0-9]{10}", "25", "PRESCRIBER NPI"),
)
_OPTIONAL: tuple[tuple[str, str, int, str, str, str], ...] = (
    ("04", "C1", 15, r"[A-Za-z0-9-]*", "06", "GROUP ID"),
    ("04", "C3", 3, r"[0-9]{0,3}", "08", "PERSON CODE"),
    ("04", "C6", 1, r"[0-4]?", "11", "RELATIONSHIP CODE"),
    ("01", "CA", 12, r"[^\x00-\x1f]*", "CA", "FIRST NAME TOO LONG"),
    ("01", "CB", 15, r"[^\x00-\x1f]*", "CB", "LAST NAME TOO LONG"),
    ("07", "DF", 2, r"[0-9]{0,2}", "29", "REFILLS AUTHORIZED"),
    ("07", "DJ", 1, r"[0-5]?", "33", "ORIGIN CODE"),
    ("07", "28", 2, r"(EA|GM|ML)?", "26", "UNIT MUST BE EA GM OR ML"),
    ("07", "C8", 2, r"0?[0-8]?", "13", "OTHER COVERAGE CODE"),
    ("07", "ET", 10, r"[0-9]*", "ET", "QUANTITY PRESCRIBED"),
    ("07", "EU", 2, r"0?[0-9]?", "EU", "PRIOR AUTHORIZATION TYPE"),
    ("07", "HD", 1, r"[PC]?", "HD", "DISPENSING STATUS"),
    ("07", "HF", 10, r"(0*[1-9][0-9]*)?", "HF", "QUANTITY INTENDED"),
    ("07", "HG", 3, r"(0*[1-9][0-9]*)?", "HG", "DAYS SUPPLY INTENDED"),
    ("07", "EN", 12, r"(0*[1-9][0-9]*)?", "EN", "ASSOCIATED RX NUMBER"),
    ("07", "EP", 8, r"([0-9]{8})?", "EP", "ASSOCIATED DATE"),
    ("07", "EV", 11, r"[A-Za-z0-9]*", "EV", "PRIOR AUTHORIZATION NUMBER"),
)
# Of a product that is no compound; a compound has its own rule for both.
_PRODUCT: tuple[tuple[str, str, int, str, str, str], ...] = (
    ("07", "E1", 2, r"03", "E1", "PRODUCT QUALIFIER MUST BE 03"),
    ("07", "D7", 19, r"(?!0{11})[0-9]{11}", "21", "NDC MUST BE 11 DIGITS"),
)
_SEGMENT_REJECTS = {
    "04": Reject("6J", "INSURANCE SEGMENT MISSING"),
    "01": Reject("6K", "PATIENT SEGMENT MISSING"),
    "07": Reject("1Y", "CLAIM SEGMENT MISSING"),
    "11": Reject("6P", "PRICING SEGMENT MISSING"),
    "03": Reject("6N", "PRESCRIBER SEGMENT MISSING"),
}
_REPEATABLE = frozenset(["DK", "ER", "H8", "H9"])


def header_rejects(request: Request, *, codes: Iterable[str]) -> list[Reject]:
    """What is wrong with the fixed header itself; such a request is refused whole."""
    head = request.header
    found = []
    if head["version"] != "D0":
        found.append(Reject("02", "VERSION MUST BE D0"))
    if head["code"] not in codes:
        found.append(Reject("03", "TRANSACTION CODE NOT SUPPORTED"))
    claims = len(request.claims) or (1 if head["code"] in {"E1", "P2", "P3"} else 0)
    if head["count"] not in {"1", "2", "3", "4"} or int(head["count"]) != claims:
        found.append(Reject("A9", f"TRANSACTION COUNT, {claims} FOUND"))
    if head["provider_qualifier"] not in {"01", "07"}:
        found.append(Reject("B2", "PROVIDER QUALIFIER"))
    elif not _provider_is_good(head["provider_qualifier"], head["provider_id"]):
        found.append(Reject("05", "SERVICE PROVIDER ID"))
    return found


def _provider_is_good(qualifier: str, number: str) -> bool:
    if qualifier == "01":
        return npi_is_valid(number)
    return bool(re.fullmatch(r"[0-9]{7}", number))


def field_rejects(
    request: Request, claim: int, *, without: frozenset[str] = frozenset()
) -> list[Reject]:
    """Every missing, malformed, over-long or wrongly repeated field of that B1.

    ``without`` names segments which the transaction does not have.
    """
    wanted = [s for s in _SEGMENT_REJECTS if s not in without]
    segments = {s: request.segment(s) or request.segment(s, claim) for s in wanted}
    found = [_SEGMENT_REJECTS[s] for s, there in segments.items() if there is None]
    body = segments["07"]
    product = () if is_compound(body) else _PRODUCT
    for rules, required in ((_REQUIRED, True), (product, True), (_OPTIONAL, False)):
        for segment_id, field_id, longest, pattern, code, text in rules:
            segment = segments.get(segment_id)
            if segment and not _fits(segment, field_id, longest, pattern, required):
                found.append(Reject(code, text))
    found += [r for s in segments.values() if s for r in _repeat_rejects(s)]
    return found


def _fits(segment: Segment, field_id: str, longest: int, pattern: str, required: bool) -> bool:
    value = segment.get(field_id)
    if not value and not required:
        return True
    return len(value) <= longest and re.fullmatch(pattern, value) is not None


def _repeat_rejects(segment: Segment) -> list[Reject]:
    ids = [i for i, _ in segment.pairs if i not in _REPEATABLE]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    return [Reject("P9", f"FIELD {i} REPEATED") for i in twice]


def value_rejects(request: Request, claim: int, *, today: date) -> list[Reject]:
    """What is well-formed and impossible: dates, check digit, prices that do not add up."""
    found = _date_rejects(request, claim, today=today)
    prescriber = request.segment("03", claim)
    if (
        prescriber
        and len(prescriber.get("DB")) == 10
        and not npi_is_valid(prescriber.get("DB"))
    ):
        found.append(Reject("25", "PRESCRIBER NPI CHECK DIGIT"))
    body = request.segment("07", claim)
    if body:
        found += _claim_rejects(body)
        found += _part_rejects(body)
    pricing = request.segment("11", claim)
    found += _pricing_rejects(pricing) if pricing else []
    return found + _section_rejects(request, claim, today=today)


def _section_rejects(request: Request, claim: int, *, today: date) -> list[Reject]:
    """The segments only some claims have: compound, other payers, interventions, clinical."""
    body, others = request.segment("07", claim), request.segment("05", claim)
    found = compound_rejects(request, claim)
    if others:
        found += cob.segment_rejects(others, today=today)
    if body and not found:
        found += cob.coverage_code_rejects(same_code(body.get("C8")), others)
    for segment_id, rule in (("08", _dur_rejects), ("09", _coupon_rejects), ("13", _clinical)):
        segment = request.segment(segment_id, claim)
        found += rule(segment) if segment else []
    return found


def _dur_rejects(segment: Segment) -> list[Reject]:
    found = []
    counters = [int(v) if is_number(v) else 0 for v in segment.all("7E")]
    if not counters:
        return [Reject("7E", "COUNTER OF INTERVENTIONS")]
    if counters != list(range(1, len(counters) + 1)):
        found.append(Reject("P8", "COUNTERS OUT OF SEQUENCE"))
    for place, one in enumerate(interventions(segment), start=1):
        for code, value, pattern in (
            ("E4", one.reason, r"[A-Z]{2}"),
            ("E5", one.service, r"00|[A-Z][A-Z0]"),
            ("E6", one.result, r"00|[1-5][A-HJ-NP-R]"),
        ):
            if not re.fullmatch(pattern, value):
                found.append(Reject(code, f"{code} OF INTERVENTION {place}", occurrence=place))
    return found


def _coupon_rejects(segment: Segment) -> list[Reject]:
    found = []
    if segment.get("KE") not in {"01", "02", "99"}:
        found.append(Reject("KE", "COUPON TYPE"))
    if not re.fullmatch(r"[A-Z0-9]{1,15}", segment.get("ME")):
        found.append(Reject("ME", "COUPON NUMBER"))
    if segment.has("NE") and (money_or_none(segment.get("NE")) or ZERO) <= 0:
        found.append(Reject("NE", "COUPON VALUE"))
    return found


def _clinical(segment: Segment) -> list[Reject]:
    codes, count = segment.all("DO"), segment.get("VE")
    found = []
    if codes and (not is_number(count) or int(count) != len(codes)):
        found.append(Reject("P7", f"COUNT SAYS {count}, {len(codes)} DIAGNOSES FOUND"))
    if codes and set(segment.all("WE")) != {"02"}:
        found.append(Reject("WE", "DIAGNOSIS QUALIFIER MUST BE 02"))
    good = all(re.fullmatch(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?", c) for c in codes)
    return found if good else [*found, Reject("39", "DIAGNOSIS CODE")]


def _date_rejects(request: Request, claim: int, *, today: date) -> list[Reject]:
    served = day_or_none(request.header["service_date"])
    if served is None or served > today:
        return [Reject("15", "DATE OF SERVICE")]
    patient, body = request.segment("01"), request.segment("07", claim)
    born = day_or_none(patient.get("C4")) if patient else None
    written = day_or_none(body.get("DE")) if body else None
    found = []
    if (
        patient
        and re.fullmatch(r"[0-9]{8}", patient.get("C4"))
        and (born is None or born > served)
    ):
        found.append(Reject("09", "DATE OF BIRTH"))
    if body and re.fullmatch(r"[0-9]{8}", body.get("DE")) and (
        written is None or written > served
    ):  # fmt: skip
        found.append(Reject("28", "DATE WRITTEN AFTER SERVICE"))
    return found


def _claim_rejects(body: Segment) -> list[Reject]:
    found = []
    days, refills, fill = body.get("D5"), body.get("DF"), body.get("D3")
    if is_number(days) and int(days) > 365:
        found.append(Reject("19", "DAYS SUPPLY OVER 365"))
    if is_number(refills) and is_number(fill) and int(fill) > int(refills):
        found.append(Reject("7W", "FILL NUMBER EXCEEDS REFILLS AUTHORIZED"))
    return found


def _part_rejects(body: Segment) -> list[Reject]:
    status = body.get("HD")
    if status not in {"P", "C"}:
        return []
    intended, dispensed = body.get("HF"), body.get("E7")
    found = []
    if not intended:
        found.append(Reject("7T", "QUANTITY INTENDED NEEDED FOR A PARTIAL"))
    elif is_number(intended) and is_number(dispensed) and int(intended) <= int(dispensed):
        found.append(Reject("HF", "INTENDED IS NOT MORE THAN DISPENSED"))
    if not body.get("HG"):
        found.append(Reject("7U", "DAYS INTENDED NEEDED FOR A PARTIAL"))
    if status == "C" and not body.get("EN"):
        found.append(Reject("RG", "ASSOCIATED RX NUMBER NEEDED TO COMPLETE"))
    if status == "C" and day_or_none(body.get("EP")) is None:
        found.append(Reject("RH", "ASSOCIATED DATE NEEDED TO COMPLETE"))
    return found


def _pricing_rejects(pricing: Segment) -> list[Reject]:
    found: list[Reject] = []
    codes = {"D9": "23"}
    amounts: dict[str, Decimal] = {}
    sent = [(i, v.strip()) for i, v in pricing.pairs if i in {*MONEY_PARTS, "DQ", "DU", "H9"}]
    total = ZERO
    for field_id, value in sent:
        amount = money_or_none(value)
        if amount is None or amount < 0:
            found.append(Reject(codes.get(field_id, field_id), f"AMOUNT {field_id}"))
            continue
        amounts[field_id] = amount
        if field_id not in {"DQ", "DU"}:
            total += amount
    claimed = amounts.get("DU")
    if not found and claimed is not None and claimed != total:
        found.append(Reject("R9", f"GROSS DUE {claimed} IS NOT THE SUM {total}"))
    return found
