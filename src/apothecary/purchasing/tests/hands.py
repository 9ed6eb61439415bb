"""Hands at the door in a real browser: codes as they are printed, keys as they are struck."""

from datetime import date
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import Page, expect

from apothecary.drugs.ndc import Ndc
from apothecary.purchasing.tests.yard import FAR, Yard
from apothecary.purchasing.tracing.models import (
    TracedItem,
    TracedPackage,
    TracedShipment,
    TracingDocument,
)
from apothecary.wires.models import Incoming

SSCC = "006141410000000012"


def datamatrix(yard: Yard, drug: str, serial: str, *, lot: str, expires_on: date = FAR) -> str:
    """The code on a bottle, as a scanner sends it."""
    gtin = Ndc.parse(yard.world.drugs[drug].ndc).gtin14()
    return f"]d201{gtin}21{serial}\x1d17{expires_on:%y%m%d}10{lot}"


def linear(yard: Yard, drug: str) -> str:
    """The bars on a bottle, which name the drug and nothing else."""
    return "]E0" + Ndc.parse(yard.world.drugs[drug].ndc).gtin14()[1:]


def tell_of(yard: Yard, drug: str, *serials: str, lot: str, expires_on: date = FAR) -> None:
    """What their seller told of bottles, so that no day of the law refuses them."""
    of, package = yard.world.pharmacy.pk, yard.world.drugs[drug]
    raw = f"what was told of {drug} {lot} {serials}".encode()
    incoming = Incoming.objects.create(
        pharmacy_id=of,
        partner="plains",
        format="epcis",
        message_id=f"{drug}-{lot}-{serials[0]}",
        received_at=yard.by.at,
        raw=raw,
        sha256=sha256(raw).digest(),
    )
    document = TracingDocument.objects.create(
        pharmacy_id=of,
        wholesaler=yard.wholesaler,
        incoming=incoming,
        arrived_at=yard.by.at,
        packages=len(serials),
    )
    shipment = TracedShipment.objects.create(
        pharmacy_id=of,
        document=document,
        event=0,
        shipped_at=yard.by.at,
        transaction_on=yard.by.today,
    )
    gtin = Ndc.parse(package.ndc).gtin14()
    item = TracedItem.objects.create(
        pharmacy_id=of, shipment=shipment, gtin=gtin, package=package
    )
    TracedPackage.objects.bulk_create(
        TracedPackage(
            pharmacy_id=of,
            item=item,
            gtin=gtin,
            serial=serial,
            lot=lot,
            expires_on=expires_on,
            of_lot=len(serials),
        )
        for serial in serials
    )


def types(page: Page, text: str) -> None:
    """Type into the field that has the focus, once one has it."""
    expect(page.locator(":focus")).to_be_editable()
    page.keyboard.type(text)


def strikes(page: Page, key: str) -> None:
    """Strike a key that leads to another page, and be there."""
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_load_state("networkidle")


def says(page: Page, text: str) -> None:
    """Wait until the page says so."""
    expect(page.locator("main")).to_contain_text(text)


def axe_finds(page: Page) -> list[str]:
    """What a program for accessibility finds wrong on the page."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    page.evaluate((Path(spec.origin).parent / "axe.min.js").read_text())
    violations = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in violations]
