"""The record of a destruction on paper, in a layout of our own."""

from datetime import date

from apothecary.law.form41 import Destroyed, Form41
from apothecary.returns.sheets import facts, grid, head, sheet, signatures, text, units

ROMAN = {2: "II", 3: "III", 4: "IV", 5: "V"}
HEADS = ("NDC", "Drug", "Form", "Schedule", "Lot", "Expires", "Packages", "Loose", "Quantity")
WIDTHS = (82, 160, 90, 50, 70, 62, 56, 56, 76)


def form41_pdf(form: Form41, *, number: str, kept_until: date) -> bytes:
    """The record as PDF: what DEA Form 41 asks for, to be kept with it."""
    seen = [f"{one.name}, {one.title}" for one in form.witnesses]
    pieces = [
        text("Record for DEA Form 41 (21 CFR 1304.21(e), 1317.90, 1317.95)."),
        head("Registrant"),
        facts(
            [
                ("Name", form.registrant),
                ("DEA number", form.dea),
                ("Address", form.address),
            ]
        ),
        head("Destruction"),
        facts(
            [
                ("Date", form.destroyed_on.isoformat()),
                ("Place", form.place),
                ("Method", form.method),
            ]
        ),
        head("Destroyed"),
        grid(HEADS, [cells(one) for one in form.lines], WIDTHS),
        head("Seen by two of the registrant's own"),
        *signatures(seen),
        text(f"Keep at hand until {kept_until}."),
    ]
    return sheet(f"Controlled drugs destroyed, {number}", pieces, foot=f"{number} · {form.dea}")


def cells(line: Destroyed) -> tuple[str, ...]:
    """One line of the record as it is read."""
    return (
        line.ndc,
        line.drug,
        line.form,
        ROMAN.get(line.schedule, ""),
        line.lot,
        line.expires_on.isoformat(),
        str(line.full_packages),
        units(line.loose),
        f"{units(line.quantity)} {line.unit}",
    )
