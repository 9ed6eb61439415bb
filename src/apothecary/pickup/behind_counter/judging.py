"""What the law says of a sale to this buyer, with everything that is known of them here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Q

from apothecary.law.cv_sales import CvBuyer, CvSale, cv_sale_problems
from apothecary.law.listed_chemicals import (
    StateAsks,
    StateSale,
    state_asks,
    state_sale_problems,
)
from apothecary.law.problem import Problem
from apothecary.law.pseudoephedrine import PseCounter, PseSale, pse_sale_problems
from apothecary.law.tables import federal
from apothecary.pickup.behind_counter.models import CounterCertificate, CounterSale, IdKind
from apothecary.pickup.behind_counter.rules import Buyer
from apothecary.staff.worker import Worker

# A day more than the law looks back, so that it is the law that decides.
MARGIN = timedelta(days=1)
PHARMACIST = "pharmacist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a buyer wants: base of listed chemicals, and amounts by limit of 1306.26."""

    grams_base: Decimal
    listed: bool
    packages: int
    exempt: Mapping[str, Decimal]


def certificate_of(pharmacy_id: int) -> CounterCertificate | None:
    """The store's newest certificate (1 query)."""
    rows = CounterCertificate.objects.filter(pharmacy_id=pharmacy_id)
    return rows.select_related("by").order_by("-id").first()


def last_at(pharmacy_id: int) -> datetime | None:
    """When the last sale was made, at whatever register (1 query)."""
    rows = CounterSale.objects.filter(pharmacy_id=pharmacy_id)
    last: datetime | None = rows.aggregate(last=Max("at"))["last"]
    return last


def earlier_sales(buyer: Buyer, *, by: Worker) -> list[CounterSale]:
    """Every sale to this buyer that still counts: by name and birth date, or by paper.

    2 queries.
    """
    days = federal("DEA-151/days", on=by.today).number()
    same = Q(folded=buyer.folded, born_on=buyer.born_on)
    if buyer.paper:
        same |= Q(paper=buyer.paper)
    since = by.today - timedelta(days=days) - MARGIN
    rows = CounterSale.objects.filter(same, pharmacy_id=by.pharmacy_id, sold_on__gte=since)
    return list(rows.prefetch_related("lines").order_by("at", "id"))


def sale_problems(
    asked: Asked,
    buyer: Buyer,
    earlier: Sequence[CounterSale],
    *,
    certificate: CounterCertificate | None,
    by: Worker,
) -> list[Problem]:
    """Every reason against the sale, federal and of the state; none means go ahead."""
    problems = []
    if asked.listed:
        problems += listed_problems(asked, buyer, earlier, certificate, by=by)
    if asked.exempt:
        problems += exempt_problems(asked, buyer, earlier, certificate, by=by)
    return problems


def listed_problems(
    asked: Asked,
    buyer: Buyer,
    earlier: Iterable[CounterSale],
    certificate: CounterCertificate | None,
    *,
    by: Worker,
) -> list[Problem]:
    """21 CFR 1314 and the rows of the state, or what the store has found it to say."""
    sale = PseSale(sold_on=by.today, grams_base=asked.grams_base)
    before = [
        PseSale(sold_on=each.sold_on, grams_base=each.grams_base)
        for each in earlier
        if each.grams_base > 0
    ]
    counter = PseCounter(
        shown=log_shows(buyer),
        photo_identification=buyer.id_kind in IdKind.values,
        certified_on=certificate.certified_on if certificate else None,
    )
    problems = pse_sale_problems(sale, before, counter, on=by.today)
    asks = state_asks(by.standing.state, on=by.today)
    if isinstance(asks, StateAsks):
        more = StateSale(
            born_on=buyer.born_on or by.today,
            packages=asked.packages,
            log_number=buyer.log_number,
        )
        return problems + state_sale_problems(sale, before, more, asks, on=by.today)
    found = certificate is not None and certificate.listed_word
    return problems if found else problems + asks


def exempt_problems(
    asked: Asked,
    buyer: Buyer,
    earlier: Iterable[CounterSale],
    certificate: CounterCertificate | None,
    *,
    by: Worker,
) -> list[Problem]:
    """21 CFR 1306.26 for each kind of limit, every reason once."""
    before = [
        cv_sale(line.limit, line.quantity, at=each.at)
        for each in earlier
        for line in each.lines.all()
        if line.limit
    ]
    who = CvBuyer(
        birth_date=buyer.born_on or by.today,
        known=buyer.known,
        identification_seen=bool(buyer.paper),
        earlier=before,
        shown=book_shows(buyer),
        state_confirmed=bool(certificate and certificate.exempt_word),
    )
    found = [
        problem
        for limit, amount in asked.exempt.items()
        for problem in cv_sale_problems(
            cv_sale(limit, amount, at=by.at),
            who,
            state_code=by.standing.state,
            role=PHARMACIST if by.is_pharmacist else by.role.value,
            on=by.today,
        )
    ]
    return list(dict.fromkeys(found))


def cv_sale(limit: str, amount: Decimal, *, at: datetime) -> CvSale:
    """A sale as it counts against a limit such as ``other_ml``."""
    kind, _, unit = limit.partition("_")
    return CvSale(at=at, amount=amount, liquid=unit == "ml", opium=kind == "opium")


def log_shows(buyer: Buyer) -> frozenset[str]:
    """What the logbook will show: product, quantity, day and time are the house's own."""
    shown = {"product", "quantity", "sold_on", "sold_time"}
    shown |= {
        name
        for name, said in (
            ("buyer_name", buyer.name),
            ("buyer_address", buyer.address),
            ("signature", buyer.signature),
        )
        if said.strip()
    }
    return frozenset(shown)


def book_shows(buyer: Buyer) -> frozenset[str]:
    """What the bound book will show; the pharmacist's initials are of whoever is signed in."""
    shown = {"drug_name", "quantity", "sold_on", "pharmacist_initials"}
    shown |= log_shows(buyer) & {"buyer_name", "buyer_address"}
    return frozenset(shown)
