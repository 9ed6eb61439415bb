"""What is on file that a message may mean: fetched narrow, judged by ``matching``."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from apothecary.drugs.models import Package, Product
from apothecary.drugs.search_hits import Hit, products_of
from apothecary.drugs.search_named import Kind, kinds_named
from apothecary.intake.matching import (
    KnownDrug,
    KnownPatient,
    KnownPrescriber,
    Match,
    SentDrug,
    SentPatient,
    match_drug,
    match_patient,
    match_prescriber,
    name_words,
    strengths,
)
from apothecary.patients.models import Patient
from apothecary.patients.rules import folded_name
from apothecary.prescriptions.models import Prescriber
from apothecary.stock.kinds import Programme
from apothecary.stock.models import Balance, LotState
from apothecary.stock.queries import PICK_KINDS

MOST_PATIENTS = 100
MOST_PACKAGES = 400
KIND = ("ingredient_key", "strength", "form", "route")
PRODUCTS_KIND = tuple(f"product__{name}" for name in KIND)
# What a match looks at: a package and its product have seventy columns.
MATCHED = (
    *("ndc11", "price_usd", "gone_on", *PRODUCTS_KIND),
    *("product__name", "product__brand", "product__te_code", "product__rxcui"),
    "product__schedule",
)


def find_patient(sent: SentPatient, *, pharmacy_id: int) -> Match:
    """The patient meant among those of this pharmacy (1 query)."""
    if sent.born_on is None:
        return match_patient(sent, [])
    rows = Patient.objects.filter(
        Q(birth_date=sent.born_on) | Q(folded=folded_name(sent.last_name, sent.first_name)),
        pharmacy_id=pharmacy_id,
    ).order_by("id")[:MOST_PATIENTS]
    return match_patient(sent, [known_patient(row) for row in rows])


def known_patient(row: Patient) -> KnownPatient:
    """A patient's row as a match looks at it."""
    return KnownPatient(
        id=row.pk,
        folded=row.folded,
        born_on=row.birth_date,
        sex=row.sex,
        street=row.street,
        postal_code=row.postal_code,
        phone=row.phone,
    )


def find_prescriber(npi: str, last_name: str, *, pharmacy_id: int) -> Match:
    """The prescriber meant (1 query)."""
    rows = Prescriber.objects.filter(pharmacy_id=pharmacy_id, npi=npi) if npi else ()
    known = [KnownPrescriber(row.pk, row.npi, row.last_name, row.first_name) for row in rows]
    return match_prescriber(npi, last_name, known)


def find_drug(sent: SentDrug, *, pharmacy_id: int, good_until: date) -> Match:
    """The package to give (3 queries; 4 when neither code is on file)."""
    kinds = coded(sent) or worded(sent)
    rows = packages_like(kinds, pharmacy_id=pharmacy_id, good_until=good_until)
    return match_drug(sent, known_drugs(rows, pharmacy_id=pharmacy_id, good_until=good_until))


def coded(sent: SentDrug) -> list[Kind]:
    """The kinds of drug that have a package under one of the codes sent (1 query, or none).

    Either code is looked up in its own index: asked for together, they are found in neither.
    """
    if not (sent.ndc11 or sent.rxcui):
        return []
    packages = Package.objects.order_by().values("product_id")
    by_ndc = packages.filter(ndc11=sent.ndc11) if sent.ndc11 else packages.none()
    by_rxnorm = packages.filter(product__rxcui=sent.rxcui) if sent.rxcui else packages.none()
    of = Product.every.filter(pk__in=by_ndc.union(by_rxnorm))
    return list(of.values_list(*KIND).distinct())


def worded(sent: SentDrug) -> list[Kind]:
    """The kinds of drug with a name that begins with a word of the description (1 query).

    Only those of a strength in the description: words alone never name another one.
    """
    wanted = strengths(sent.description)
    if not wanted:
        return []
    kinds = kinds_named(name_words(sent.description))
    return [kind for kind in kinds if wanted & strengths(kind[1])]


def packages_like(
    kinds: Sequence[Kind], *, pharmacy_id: int, good_until: date
) -> list[Package]:
    """The packages of these kinds, those on hand first, then the cheapest (1 query, or none).

    A much made drug has more than a match looks at: those that would be chosen are among them.
    """
    if not kinds:
        return []
    alike = Q(pk__in=[])
    for kind in kinds:
        alike |= Q(**dict(zip(PRODUCTS_KIND, kind, strict=True)))
    here = on_hand(pharmacy_id=pharmacy_id, good_until=good_until)
    rows = Package.objects.select_related("product").only(*MATCHED).filter(alike)
    first = (
        ~Exists(here.filter(lot__package_id=OuterRef("pk"))),
        F("price_usd").asc(nulls_last=True),
        "ndc11",
    )
    return list(rows.order_by(*first)[:MOST_PACKAGES])


def on_hand(*, pharmacy_id: int, good_until: date) -> QuerySet[Balance]:
    """What could be promised of any lot now."""
    return Balance.objects.filter(
        pharmacy_id=pharmacy_id,
        place__kind__in=PICK_KINDS,
        place__programme=Programme.OWN,
        lot__state=LotState.AVAILABLE,
        lot__expires_on__gte=good_until,
        on_hand__gt=F("reserved"),
    )


def equivalents_of(package: Package) -> list[Package]:
    """Every package of the same drug, strength, form and route (1 query)."""
    of = package.product
    return list(
        Package.objects.select_related("product").filter(
            product__ingredient_key=of.ingredient_key,
            product__strength=of.strength,
            product__form=of.form,
            product__route=of.route,
        )[:MOST_PACKAGES]
    )


def packages_of_hits(
    hits: Sequence[Hit], *, pharmacy_id: int, good_until: date
) -> list[list[Package]]:
    """For each drug that was found its packages on hand, else those of the product that leads.

    Where a code was asked for, the package of that code, whatever else there is (2 queries).
    """
    free = on_hand(pharmacy_id=pharmacy_id, good_until=good_until)
    drugs = products_of(hit.drug_id for hit in hits if not hit.ndc)
    here = Q(product_id__in=list(drugs), pk__in=free.values("lot__package_id"))
    leading = Q(product_id__in=[hit.product_id for hit in hits if not hit.ndc])
    by_code = Q(ndc__in=[hit.ndc for hit in hits if hit.ndc])
    rows = Package.objects.select_related("product").filter(here | leading | by_code)
    found: dict[object, list[Package]] = defaultdict(list)
    for row in rows:
        found[drugs.get(row.product_id)].append(row)
        found[row.ndc].append(row)
    return [found[hit.ndc or hit.drug_id] for hit in hits]


def free_of(
    package_ids: Iterable[int], *, pharmacy_id: int, good_until: date
) -> dict[int, Decimal]:
    """What could be promised of each package now (1 query)."""
    rows = (
        Balance.objects.filter(
            pharmacy_id=pharmacy_id,
            lot__package_id__in=list(package_ids),
            place__kind__in=PICK_KINDS,
            place__programme=Programme.OWN,
            lot__state=LotState.AVAILABLE,
            lot__expires_on__gte=good_until,
        )
        .values("lot__package_id")
        .annotate(free=Sum(F("on_hand") - F("reserved")))
    )
    return {row["lot__package_id"]: row["free"] for row in rows}


def known_drugs(
    rows: Iterable[Package], *, pharmacy_id: int, good_until: date
) -> list[KnownDrug]:
    """Packages as a match looks at them, with what is on hand of each (1 query)."""
    packages = list(rows)
    if not packages:
        return []
    free = free_of([row.pk for row in packages], pharmacy_id=pharmacy_id, good_until=good_until)
    return [known_drug(row, free.get(row.pk, Decimal(0))) for row in packages]


def known_drug(row: Package, free: Decimal) -> KnownDrug:
    """A package's row as a match looks at it."""
    product = row.product
    return KnownDrug(
        id=row.pk,
        ndc11=row.ndc11,
        name=product.name,
        brand=product.brand,
        ingredient_key=product.ingredient_key,
        strength=product.strength,
        form=product.form,
        route=product.route,
        te_code=product.te_code,
        rxcui=product.rxcui,
        schedule=product.schedule,
        price_usd=row.price_usd,
        free=free,
        gone=row.gone_on is not None,
    )
