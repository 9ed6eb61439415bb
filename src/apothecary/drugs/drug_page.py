"""What the page of a drug shows: what it is, what it costs, what may stand in its place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast, JSONObject

from apothecary.drugs.cautions import Caution, Drug, high_alert, storage_class
from apothecary.drugs.compared import Protected, book_of, compared, protected
from apothecary.drugs.equivalence import Facts, Standing, Verdict, compare
from apothecary.drugs.hazard_list import hazard_of
from apothecary.drugs.hazards import Verdict as Hazard
from apothecary.drugs.models import Package, Product
from apothecary.drugs.notices import Notices, notices_of
from apothecary.drugs.pricing import (
    Choice,
    Margin,
    Size,
    UnitPrice,
    cost_usd,
    fits,
    margin,
)
from apothecary.drugs.side_tables import BillingCode, PaymentLimit, Price, Rating
from apothecary.drugs.source_queries import age_says, is_old
from apothecary.law.problem import Problem
from apothecary.law.substitution import Substitution, substitution

MOST_SHOWN = 30
# The survey looks at a price anew every week; a year later it is another market.
MOST_DAYS_APART = 366
MOST_UNITS = Decimal(100_000)
MOST_USD = Decimal(10_000_000)
PUBLISHED = {"nadac": "CMS NADAC"}


@dataclass(frozen=True, slots=True)
class Billed:
    """How Medicare part B bills a package: code, units in it, and the limit a unit."""

    hcpcs: str
    dosage: str
    units: Decimal
    limit_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class Priced:
    """A package with its price in force, the last other one, and what speaks against it."""

    package: Package
    price: UnitPrice | None
    before: UnitPrice | None
    other_unit: UnitPrice | None
    billed: Sequence[Billed]
    says_age: str
    is_old: bool


@dataclass(frozen=True, slots=True)
class Peer:
    """Another product of the same drug: how it stands to this one, and its cheapest price.

    Prices that are ``far_apart`` in time are not compared: a decade is no discount.
    """

    product: Product
    what: str
    verdict: Verdict
    price: UnitPrice | None
    percent: int | None
    far_apart: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """The answer to a quantity that somebody typed."""

    quantity: Decimal | None
    unit_word: str
    sale_usd: Decimal | None
    choices: Sequence[Choice]
    cost: Decimal | None
    margin: Margin | None
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Alike:
    """Products of the same drug: those rated equivalent, and those that are not."""

    equivalent: Sequence[Peer]
    other: Sequence[Peer]
    more: int


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page but the stock, which lies in a room above."""

    product: Product
    book: Rating | None
    protected: Protected | None
    what: str
    rows: Sequence[Priced]
    oldest: Priced | None
    alike: Alike
    alerts: Sequence[Caution]
    storage: Caution
    hazard: Hazard
    counted: Counted | None
    law: Substitution | Problem
    notices: Notices


def page_of(product: Product, *, on: date, home: str, quantity: str, sale: str) -> Page:
    """The page of a product as of a day, in a pharmacy of that state (5 queries)."""
    rows = priced_packages(product, on=on)
    packages = [row.package for row in rows]
    prices = [row.price for row in rows if row.price]
    alerts, storage = cautions_of(product)
    book = book_of(product)
    return Page(
        product=product,
        book=book,
        protected=protected(book, on=on) if book else None,
        what=compared(product).what,
        rows=rows,
        oldest=next((row for row in rows if row.is_old), None),
        alike=alike(product, min(prices, key=lambda price: price.usd, default=None)),
        alerts=alerts,
        storage=storage,
        hazard=hazard_of(product, brought=product),
        counted=counted(packages, quantity=quantity, sale=sale),
        law=substitution(home, on=on),
        notices=notices_of(product, packages),
    )


def price_of(package: Package) -> UnitPrice | None:
    """The price on a package, where it has one."""
    if package.price_usd is None or package.price_on is None:
        return None
    source = PUBLISHED.get(package.price_source, package.price_source)
    return UnitPrice(package.price_usd, package.unit, package.price_on, source)


def priced_packages(product: Product, *, on: date) -> list[Priced]:
    """The packages with their prices and how old these are, smallest first (1 query)."""
    known = Price.objects.filter(
        ndc11=OuterRef("ndc11"), gone_on=None, effective_on__lte=on
    ).order_by("-effective_on")
    history = known.values(
        found=JSONObject(usd=Cast("price_usd", TextField()), unit="unit", since="effective_on")
    )
    packages = product.packages.order_by("quantity", "ndc")
    limit = PaymentLimit.objects.filter(hcpcs=OuterRef("hcpcs"), gone_on=None)
    codes = BillingCode.objects.filter(ndc11=OuterRef("ndc11"), gone_on=None).exclude(ndc11="")
    billed = codes.order_by("hcpcs").values(
        found=JSONObject(
            hcpcs="hcpcs",
            dosage="dosage",
            units=Cast("units_a_package", TextField()),
            limit=Cast(Subquery(limit.values("limit_usd")[:1]), TextField()),
        )
    )
    found = packages.annotate(history=ArraySubquery(history), billed=ArraySubquery(billed))
    return [_priced(each, on) for each in found]


def _priced(package: Package, on: date) -> Priced:
    price = price_of(package)
    rows = [_told(each) for each in package.history]  # type: ignore[attr-defined]  # annotated
    before = [row for row in rows if price and row.since < price.since and row.usd != price.usd]
    newest = rows[0] if rows else None
    return Priced(
        package=package,
        price=price,
        before=before[0] if before else None,
        other_unit=newest if newest and newest.unit != package.unit else None,
        billed=[_billed(each) for each in package.billed],  # type: ignore[attr-defined]  # annotated
        says_age=age_says(price.since, on=on) if price else "",
        is_old=price is not None and is_old(price.since, on=on),
    )


def _billed(found: Mapping[str, str]) -> Billed:
    limit = Decimal(found["limit"]) if found["limit"] else None
    return Billed(found["hcpcs"], found["dosage"], Decimal(found["units"]), limit)


def _told(found: Mapping[str, str]) -> UnitPrice:
    """A price out of an annotation: its amount is text, so that it never was a float."""
    return UnitPrice(
        Decimal(found["usd"]),
        found["unit"],
        date.fromisoformat(found["since"]),
        PUBLISHED.get(found.get("source", ""), found.get("source", "")),
    )


def alike(product: Product, price: UnitPrice | None) -> Alike:
    """Other products of the same drug, the equivalent ones cheapest first (1 query)."""
    facts = compared(product)
    if not product.ingredient_key:
        return Alike((), (), 0)
    peers = [_peer(facts, price, each) for each in _candidates(product, facts)]
    drug = [peer for peer in peers if peer.verdict.standing is not Standing.ANOTHER_DRUG]
    drug.sort(key=_order)
    equivalent = [peer for peer in drug if peer.verdict.standing is Standing.EQUIVALENT]
    other = [peer for peer in drug if peer.verdict.standing is not Standing.EQUIVALENT]
    shown = equivalent[:MOST_SHOWN], other[:MOST_SHOWN]
    return Alike(*shown, more=len(drug) - len(shown[0]) - len(shown[1]))


def _candidates(product: Product, facts: Facts) -> Iterable[Product]:
    same = Q(strength=product.strength)
    if facts.book:
        same |= Q(
            rated__rating__ingredient=facts.book.ingredient,
            rated__rating__form_route=facts.book.form_route,
            rated__rating__strength=facts.book.strength,
        )
    found = Product.objects.filter(same, ingredient_key=product.ingredient_key, gone_on=None)
    cheapest = Package.objects.filter(
        product=OuterRef("pk"), price_usd__isnull=False, price_on__isnull=False
    )
    told = JSONObject(
        usd=Cast("price_usd", TextField()), unit="unit", since="price_on", source="price_source"
    )
    return (
        found.exclude(pk=product.pk)
        .select_related("rated__rating")
        .annotate(
            cheapest=Subquery(cheapest.order_by("price_usd", "ndc").values(found=told)[:1])
        )
    )


def _peer(facts: Facts, price: UnitPrice | None, other: Product) -> Peer:
    told = other.cheapest  # type: ignore[attr-defined]  # annotated by _candidates
    theirs, its = compared(other), _told(told) if told else None
    verdict = compare(facts, theirs)
    if price is None or its is None or price.unit != its.unit:
        return Peer(other, theirs.what, verdict, its, None)
    if abs((price.since - its.since).days) > MOST_DAYS_APART:
        return Peer(other, theirs.what, verdict, its, None, far_apart=True)
    percent = int((its.usd - price.usd) / price.usd * 100)
    return Peer(other, theirs.what, verdict, its, percent)


def _order(peer: Peer) -> tuple[Decimal, str, int]:
    dear = Decimal("Infinity")
    return peer.price.usd if peer.price else dear, peer.product.labeler, peer.product.pk


def counted(packages: Sequence[Package], *, quantity: str, sale: str) -> Counted | None:
    """Which packages fit a typed quantity, what it costs, what a sale price leaves.

    None where nothing was typed; what was typed wrong is a problem of its field.
    """
    if not quantity and not sale:
        return None
    unit, word = (packages[0].unit, _word(packages)) if packages else ("", "")
    problems: list[Problem] = []
    many = _number(quantity, "quantity", MOST_UNITS, problems)
    sold = _number(sale, "sale", MOST_USD, problems) if sale else None
    if many is None or problems:
        return Counted(many, word, sold, (), None, None, problems)
    offered = [each for each in packages if each.gone_on is None]
    sizes = [
        Size(each.ndc, each.quantity, each.unit, each.inner_count, price_of(each))
        for each in offered
    ]
    known = [price for each in offered if (price := price_of(each))]
    cheapest = min(known, key=lambda price: price.usd, default=None)
    cost = cost_usd(cheapest, many, unit)
    left = None
    if cost is not None and sold is not None:
        left = margin(sale_usd=sold, cost_usd=cost)
    return Counted(many, word, sold, fits(many, unit, sizes), cost, left, ())


def _word(packages: Sequence[Package]) -> str:
    """What is counted, where every package counts the same: tablet; else the billing unit."""
    words = {package.unit_word for package in packages}
    return (words.pop() if len(words) == 1 else "") or packages[0].unit


def _number(typed: str, field: str, most: Decimal, problems: list[Problem]) -> Decimal | None:
    try:
        value = Decimal(typed.strip().removeprefix("$").replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if value.is_finite() and 0 < value <= most:
        return value
    says = f"“{typed}” is no number above zero and up to {most:,}."
    problems.append(Problem(says, code="drug-page-number", field=field))
    return None


def cautions_of(product: Product) -> tuple[Sequence[Caution], Caution]:
    """Why it is a high-alert drug, and how it is stored."""
    drug = Drug(
        ingredients=frozenset(product.ingredient_key.split("+")),
        classes=frozenset(product.classes.split("; ")) - {""},
        form_group=product.form_group,
        routes=frozenset(product.route.upper().split("; ")),
        words=f"{product.form} {product.strength}".lower(),
    )
    return high_alert(drug), storage_class(product.storage)
