"""The manifest of a return on paper, for controlled drugs its invoice: a layout of our own."""

from collections.abc import Sequence
from decimal import Decimal

from apothecary.returns.sheets import facts, grid, head, sheet, signatures, text, units
from apothecary.returns.shipments.models import Shipment, ShipmentLine
from apothecary.returns.shipments.states import Group, LineState
from apothecary.staff.models import Pharmacy

WHAT = ("Line", "NDC", "Drug", "Lot", "Expires")
HEADS = (*WHAT, "Quantity", "Packages", "Why", "Waste", "Credit")
WIDTHS = (28, 82, 150, 66, 60, 66, 56, 100, 44, 54)
NOT_GOING = frozenset({LineState.DROPPED.value, LineState.REFUSED.value})
TITLES = {
    Group.PLAIN.value: "Return manifest",
    Group.INVOICE.value: "Return manifest and invoice, Schedule III to V",
    Group.FORM_222.value: "Return manifest, Schedule II",
}


def manifest_pdf(row: Shipment, lines: Sequence[ShipmentLine], pharmacy: Pharmacy) -> bytes:
    """The paper that goes with the goods; equal facts, equal bytes."""
    going = [one for one in lines if one.state not in NOT_GOING]
    total = sum((one.expected_usd or Decimal(0) for one in going), Decimal(0))
    partner = row.partner
    sender = f"{pharmacy.name}, {pharmacy.street}, {pharmacy.city}, {pharmacy.state}"
    pieces = [
        facts(
            [
                ("From", f"{sender} {pharmacy.postal_code}"),
                ("DEA number", pharmacy.dea),
                ("To", partner.name),
                ("Their DEA number", partner.dea),
                ("Authorization", row.authorization),
                ("Form 222", row.form_222),
                ("Carrier", f"{row.carrier} {row.tracking}".strip()),
            ]
        ),
        head("Goods"),
        grid(HEADS, [cells(one) for one in going], WIDTHS),
        text(f"{len(going)} lines, expected credit ${total:,.2f}"),
        *signatures(["packed by", "received by"]),
    ]
    title = f"{TITLES[row.group]} {row}"
    return sheet(title, pieces, foot=f"{row} · {row.authorization or 'not authorized yet'}")


def cells(line: ShipmentLine) -> tuple[str, ...]:
    """One line as it is read."""
    package = line.lot.package
    whole, loose = divmod(line.quantity, package.quantity)
    return (
        str(line.number),
        package.ndc,
        f"{package.product.name} {package.product.strength_said}",
        line.lot.number,
        line.lot.expires_on.isoformat(),
        f"{units(line.quantity)} {package.unit_word or package.unit}",
        f"{whole:f}" + (f" and {units(loose)}" if loose else ""),
        line.reason,
        line.codes,
        "" if line.expected_usd is None else f"${line.expected_usd:,.2f}",
    )
