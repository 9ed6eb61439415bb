"""What the goods of a fill cost, who says so, and of which day.

First what we paid: the last approved invoice of the package, of the fill's programme, that was
not later than the day of service. Of a drug bought under 340B then what was said when it was
billed. Else what pharmacies paid that day on the whole (NADAC), else the drug file's own price.
A compound costs what its ingredients were entered with.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection

from apothecary.drugs.pricing import UnitPrice
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.writer import programme_of

OURS, SAID_340B = "our invoice", "340B, as billed"
# The cost in force on a day: of the newest invoice that was not in the future then.
PAID = """
SELECT wanted.package_id, wanted.programme, wanted.on_day, found.usd / k.quantity, k.unit,
       found.invoiced_on
FROM unnest(%(packages)s::bigint[], %(programmes)s::text[], %(days)s::date[])
    AS wanted (package_id, programme, on_day)
JOIN drugs_package k ON k.id = wanted.package_id
CROSS JOIN LATERAL (
    SELECT usd, invoiced_on FROM purchasing_acquisitioncost c
    WHERE c.pharmacy_id = %(pharmacy)s AND c.package_id = wanted.package_id
      AND c.programme = wanted.programme AND c.invoiced_on <= wanted.on_day
    ORDER BY c.invoiced_on DESC, c.id DESC LIMIT 1
) found
"""
SURVEYED = """
SELECT wanted.ndc11, wanted.on_day, found.price_usd, found.unit, found.effective_on
FROM unnest(%(ndcs)s::text[], %(days)s::date[]) AS wanted (ndc11, on_day)
CROSS JOIN LATERAL (
    SELECT price_usd, unit, effective_on FROM drugs_price p
    WHERE p.ndc11 = wanted.ndc11 AND p.effective_on <= wanted.on_day
    ORDER BY p.effective_on DESC LIMIT 1
) found
"""
Bought = tuple[int, str, date]


def unit_costs(fills: Iterable[Fill], *, on: Mapping[int, date]) -> dict[int, UnitPrice]:
    """What one unit of each fill cost on its day, with source and date (2 queries)."""
    fills = list(fills)
    paid = paid_on(fills, on=on)
    surveyed = prices_on({(fill.package.ndc11, on[fill.pk]) for fill in fills})
    found = {}
    for fill in fills:
        day = on[fill.pk]
        price = (
            paid.get(bought_of(fill, day))
            or said_340b(fill)
            or surveyed.get((fill.package.ndc11, day))
            or price_of_file(fill, day)
        )
        if price is not None:
            found[fill.pk] = price
    return found


def bought_of(fill: Fill, on: date) -> Bought:
    """The package, the programme and the day whose invoice counts."""
    return fill.package_id, programme_of(fill).value, on


def paid_on(fills: Iterable[Fill], *, on: Mapping[int, date]) -> dict[Bought, UnitPrice]:
    """What we paid for one unit of each package, last before each day (1 query)."""
    pharmacies = {fill.pharmacy_id for fill in fills}
    if not pharmacies:
        return {}
    (pharmacy_id,) = pharmacies
    wanted = sorted({bought_of(fill, on[fill.pk]) for fill in fills})
    packages, programmes, days = (list(each) for each in zip(*wanted, strict=True))
    asked = {"packages": packages, "programmes": programmes, "days": days}
    with connection.cursor() as cursor:
        cursor.execute(PAID, asked | {"pharmacy": pharmacy_id})
        return {
            (package, programme, day): UnitPrice(usd, unit, since, OURS)
            for package, programme, day, usd, unit, since in cursor.fetchall()
        }


def said_340b(fill: Fill) -> UnitPrice | None:
    """What a fill billed under 340B is said to have cost; no query."""
    if fill.cost_340b_usd is None:
        return None
    each = fill.cost_340b_usd / fill.quantity
    return UnitPrice(each, fill.package.unit, fill.created_at.date(), SAID_340B)


def price_of_file(fill: Fill, on: date) -> UnitPrice | None:
    """The price that stands on the package itself, when it was known by then."""
    package = fill.package
    if package.price_usd is None or package.price_on is None or package.price_on > on:
        return None
    source = "NADAC" if package.price_source == "nadac" else package.price_source
    return UnitPrice(package.price_usd, package.unit, package.price_on, source)


def prices_on(wanted: Iterable[tuple[str, date]]) -> dict[tuple[str, date], UnitPrice]:
    """The surveyed price of each package in force on a day (1 query)."""
    pairs = sorted(wanted)
    ndcs, days = [ndc for ndc, _ in pairs], [on for _, on in pairs]
    with connection.cursor() as cursor:
        cursor.execute(SURVEYED, {"ndcs": ndcs, "days": days})
        return {
            (ndc, on): UnitPrice(usd, unit, since, "NADAC")
            for ndc, on, usd, unit, since in cursor.fetchall()
        }
