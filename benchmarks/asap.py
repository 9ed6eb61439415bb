"""Reports to monitoring programmes: a chain's day in one ASAP file, beside a plain split of it.

A day of 5,000 stores with 20 controlled dispensings each, every fiftieth a compound. The file
is written store by store, then read again as a stream: cut into segments, gathered into stores,
every value typed, every segment checked. The floor is the least a reader in Python must do with
the same bytes: decode, split at the terminator, split at the separator. All of one core's own
time; the memory is what streaming added to the process at its highest. ``--quick`` takes 200
stores. Run ``python -m benchmarks.asap``.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from datetime import time as clock
from decimal import Decimal
from pathlib import Path

from apothecary.wires import asap

STORES, QUICK, RECORDS = 5_000, 200, 20
TURNS = 3
DAY = date(2026, 1, 15)
AIM = {"typed_segments_per_s": 50_000}
SOURCE = asap.Source("6125550100", "SAMPLE CHAIN")


def header(version: str = "4.2B") -> asap.Header:
    at = clock(23, 30, tzinfo=UTC) if version == "5.0" else clock(23, 30)
    return asap.Header(version, "CHAIN-1", "01", "", DAY, at, "T")


def record(number: int) -> asap.Dispensing:
    """One dispensing of made-up people; it follows from its place in the day."""
    patient = asap.Patient(
        id_state="MN",
        id_kind="06",
        id_number=f"D{number:012}",
        last_name=f"DOE{number % 977}",
        first_name="JANE",
        address_1=f"{number % 9_999} OAK AVE",
        city="ANYTOWN",
        state="MN",
        zip_code="55401",
        born_on=DAY - timedelta(days=7_000 + number % 20_000),
        gender="FM"[number % 2],
        species="01",
    )
    told = asap.Dispensed(
        reporting_status="00",
        rx_number=f"{2_000_000 + number}",
        written_on=DAY - timedelta(days=number % 30),
        refills_authorized=number % 6,
        filled_on=DAY,
        fill_number=number % 3,
        product_kind="01",
        product_id=f"{number % 10**5:05}0125{number % 90 + 10}",
        quantity=Decimal(number % 90 + 1),
        days_supply=number % 30 + 1,
        unit="01",
        rx_origin="05",
        part=0,
        pharmacist_npi="1234567893",
        payment="04",
        sold_on=DAY,
        quantity_prescribed=Decimal(number % 90 + 1),
    )
    prescriber = asap.Prescriber("1234567893", "AD1234563", last_name="SMITH")
    additional = asap.Additional(relationship="01", last_name="DOE", first_name="JANE")
    ingredients: tuple[asap.Ingredient, ...] = ()
    if number % 50 == 0:
        told = replace(
            told, product_kind="06", product_id="99999AB1234", quantity=Decimal("2.4")
        )
        ingredients = (
            asap.Ingredient(1, "01", "38779052408", Decimal("2.4"), "03"),
            asap.Ingredient(2, "01", "51927102000", Decimal("1.2"), "03"),
        )
    return asap.Dispensing(patient, told, prescriber, ingredients, additional)


def chain(stores: int) -> Iterator[asap.Store]:
    """What each store of the chain reports, one at a time."""
    for number in range(stores):
        pharmacy = asap.Pharmacy(
            npi="1234567893", dea_number="AB1234563", name="SAMPLE CHAIN",
            chain_site_id=f"{number:05}",
        )  # fmt: skip
        held = tuple(record(number * RECORDS + n) for n in range(RECORDS))
        yield asap.Store(pharmacy, held)


def seconds(act: Callable[[], object]) -> float:
    """The best of a few turns, of one core's own time."""
    best = 1e9
    for _ in range(TURNS):
        start = time.process_time()
        act()
        best = min(best, time.process_time() - start)
    return best


def memory_mb() -> int:
    """The most this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def floor(path: Path) -> int:
    """Decode and split, and make nothing of it."""
    return sum(len(one.split("*")) for one in path.read_bytes().decode("latin-1").split("~"))


def cut(path: Path) -> int:
    """Segments of a stream, each with its elements."""
    with path.open("rb") as file:
        return sum(len(one.elements) for one in asap.stream(file))


def typed(path: Path) -> int:
    """Every value of every store."""
    with path.open("rb") as file:
        return sum(
            len(asap.read_store(one).dispensings) for one in asap.raw_stores(asap.stream(file))
        )


def checked(path: Path) -> int:
    """Order, counts, values, codes and compounds of every segment."""
    check = asap.Check()
    with path.open("rb") as file:
        found = sum(len(check.take(one)) for one in asap.stream(file))
    return found + len(check.close())


def measure(path: Path, stores: int) -> dict[str, object]:
    """Figures of one day; the streams come first, so that the memory is theirs."""
    held = list(chain(min(stores, QUICK)))
    before = memory_mb()
    with path.open("wb") as out:
        written = asap.write_stream(out, header(), SOURCE, chain(stores))
    if checked(path) or typed(path) != written.dispensings:
        raise AssertionError("the day is not read as it was written")
    spent = {
        "cut_segments_per_s": seconds(lambda: cut(path)),
        "typed_segments_per_s": seconds(lambda: typed(path)),
        "checked_segments_per_s": seconds(lambda: checked(path)),
    }
    added = memory_mb() - before
    spent["floor_plain_split_segments_per_s"] = seconds(lambda: floor(path))
    figures: dict[str, object] = {
        "stores": written.stores,
        "dispensings": written.dispensings,
        "segments": written.segments,
        "bytes": written.size,
        "memory_added_by_streaming_mb": added,
    }
    figures.update({name: round(written.segments / took) for name, took in spent.items()})
    figures["typed_whole_day_s"] = round(spent["typed_segments_per_s"], 2)
    report = asap.Report(header(), SOURCE, tuple(held))
    raw = asap.write(report)
    (one,) = asap.read(raw).transmissions
    figures["written_segments_per_s"] = round(
        len(one.segments) / seconds(lambda: asap.write(report))
    )
    figures["typed_beside_plain_split"] = round(
        spent["floor_plain_split_segments_per_s"] / spent["typed_segments_per_s"], 3
    )
    return figures


def run(*, quick: bool = False) -> dict[str, object]:
    """Every figure of the day."""
    stores = QUICK if quick else STORES
    with tempfile.TemporaryDirectory() as folder:
        figures: dict[str, object] = {"load_before": os.getloadavg()[0]}
        figures[f"a day of {stores:,} stores"] = measure(Path(folder) / "day.dat", stores)
    figures["aim"] = AIM
    return figures


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=1))
