"""Takes a year of tracing documents in on the measured house, then asks as an inspector does.

Program: JSON in (``documents``, ``packages`` of each), JSON out. The first product has a fifth
of all packages, forty-nine others share the rest; each document brings every product in a lot
of its own. Statements are counted with everything, BEGIN and COMMIT too.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.drugs.models import Package
from apothecary.drugs.ndc import Ndc
from apothecary.purchasing.tracing.answering import as_rows, trace
from apothecary.purchasing.tracing.history import package_history
from apothecary.purchasing.tracing.models import TracedPackage
from apothecary.purchasing.tracing.taking import take_document
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.duties import Role
from apothecary.staff.models import Person, Pharmacy
from apothecary.staff.signon import person_as_worker, stand_in
from apothecary.staff.worker import Worker
from apothecary.wires import epcis

KINDS, SHARE_OF_FIRST, TURNS = 50, 5, 5
SELLER = "urn:epc:id:sgln:0614141.00101.0"
BUYER = "urn:epc:id:sgln:0399999.00001.0"
AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
EXPIRES_ON = date(2029, 12, 31)


@dataclass(frozen=True)
class Seller:
    """Who sells to whom, and what."""

    pharmacy: Pharmacy
    code: str
    packages: list[Package]

    def places(self) -> tuple[epcis.Place, epcis.Place]:
        here = self.pharmacy
        return (
            epcis.Place(SELLER, "Caprock Drug", ("1 Dock St",), "Lubbock", "TX", "79401", "US"),
            epcis.Place(
                BUYER, here.name, (here.street,), here.city, here.state, here.postal_code, "US"
            ),
        )

    def document(self, number: int, packages: int) -> bytes:
        """One delivery: each product made in a lot of its own, then all of it sold."""
        made, items = [], []
        every: list[str] = []
        for place, count in enumerate(shares(packages)):
            ndc = self.packages[place].ndc
            bottles = tuple(bottle(ndc, f"S{number}-{place}-{n}") for n in range(count))
            every += bottles
            lot = f"L{number}-{place}"
            made.append(
                epcis.Event(
                    epcis.Kind.OBJECT, AT, "+00:00", "ADD", bottles, step="commissioning",
                    disposition="active", lot=lot, expires_on=EXPIRES_ON,
                )
            )  # fmt: skip
            items.append(item(self.packages[place], bottles[0]))
        sold = epcis.Event(
            epcis.Kind.OBJECT, AT, "+00:00", "OBSERVE", tuple(every), step="shipping",
            disposition="in_transit", sources=(("owning_party", SELLER),),
            destinations=(("owning_party", BUYER),),
        )  # fmt: skip
        document = epcis.Document(
            "1.2", AT, (*made, sold), instance=f"bench-{packages}-{number}", sent_at=AT,
            statement=epcis.Statement(affirmed=True, notice="complied with FDCA 581(27)"),
            items=tuple(items), places=self.places(),
        )  # fmt: skip
        return epcis.write_xml(document)


def bottle(ndc: str, serial: str) -> str:
    """A package by its serial number: 03 and the labeler's code are its company prefix."""
    prefix_digits = 2 + len(ndc.partition("-")[0])
    gtin = Ndc.parse(ndc).gtin14()
    return epcis.epc_uri(epcis.Epc("sgtin", gtin, serial, prefix_digits=prefix_digits))


def shares(packages: int) -> list[int]:
    """How many of each product: a fifth of the first, the rest alike."""
    first = packages // SHARE_OF_FIRST
    each = (packages - first) // (KINDS - 1)
    return [packages - each * (KINDS - 1), *[each] * (KINDS - 1)]


def item(package: Package, bottle: str) -> epcis.Item:
    """A product as its seller describes it."""
    product = package.product
    pattern = bottle.removeprefix("urn:epc:id:sgtin:").rpartition(".")[0]
    return epcis.Item(
        f"urn:epc:idpat:sgtin:{pattern}.*", product.name, product.strength or "-",
        product.form or "-", "1 package", ndc_sent=package.ndc, ndc_kind="US_FDA_NDC",
    )  # fmt: skip


def peak_mb() -> int:
    """The most memory this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def took(act: Callable[[], object]) -> dict[str, object]:
    """The slowest of a few turns in milliseconds, and how many statements one turn takes."""
    slowest = 0
    for _ in range(TURNS):
        start = time.perf_counter_ns()
        act()
        slowest = max(slowest, (time.perf_counter_ns() - start) // 1_000_000)
    with CaptureQueriesContext(connection) as caught:
        act()
    return {"slowest_ms": slowest, "statements": len(caught)}


def taken_in(by: Worker, seller: Seller, documents: int, packages: int) -> Iterator[int]:
    """Milliseconds of each document."""
    for number in range(documents):
        raw = seller.document(number, packages)
        start = time.perf_counter_ns()
        row = take_document(by=by, partner=seller.code, raw=raw, name=f"{number}.xml")
        if row.problem or row.packages != packages:
            raise RuntimeError(row.problem or f"{row.packages} of {packages}")
        yield (time.perf_counter_ns() - start) // 1_000_000


def answered(by: Worker, said: str) -> int:
    """An answer down to its last line; how many packages fit."""
    return sum(1 for _ in as_rows(trace(by=by, said=said)))


def measure(documents: int, packages: int) -> dict[str, object]:
    """Everything, on the one pharmacy of this house."""
    pharmacy = Pharmacy.objects.get()
    stand_in(pharmacy.pk)
    person = Person.objects.filter(pharmacy=pharmacy, role=Role.PHARMACIST.value)[0]
    # The gauge has a GLN of its own; a wholesaler without one on file may send from any.
    wholesaler = Wholesaler.objects.order_by("pk")[0]
    Wholesaler.objects.filter(pk=wholesaler.pk).update(gln="")
    by = person_as_worker(person, now=datetime.now(UTC), station="bench", on_duty=True)
    known = Package.objects.select_related("product").exclude(ndc="").order_by("pk")
    seller = Seller(pharmacy, wholesaler.code, list(known[:KINDS]))
    before_mb = peak_mb()
    spent = sorted(taken_in(by, seller, documents, packages))
    last = seller.document(documents, packages)
    with CaptureQueriesContext(connection) as caught:
        take_document(by=by, partner=seller.code, raw=last, name="last.xml")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE purchasing_tracedpackage, purchasing_traceditem")
    taking = {
        "packages_known": TracedPackage.objects.count(),
        "packages_a_document": packages,
        "median_ms": spent[len(spent) // 2],
        "slowest_ms": spent[-1],
        "statements": len(caught),
        "peak_mb_more": peak_mb() - before_mb,
    }
    first, other = seller.packages[0].ndc, seller.packages[1].ndc
    gtin = Ndc.parse(first).gtin14()
    asked = {
        "ndc of a fifth of all": first,
        "ndc": other,
        "lot": "L7-0",
        "serial": "S7-1-0",
        "nothing": "S7-1-0-not",
    }
    answers = {}
    for name, said in asked.items():
        answers[name] = took(partial(answered, by, said)) | {"packages": answered(by, said)}
    answers["a package's way"] = took(
        lambda: package_history(pharmacy_id=pharmacy.pk, gtin=gtin, serial="S7-0-0")
    )
    return {"taking_in": taking, "answers": answers, "peak_mb": peak_mb()}


if __name__ == "__main__":
    given = json.load(sys.stdin)
    print(json.dumps(measure(given["documents"], given["packages"])))
