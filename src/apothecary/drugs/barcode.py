"""From a scan to the one package it names: the drug file decides, nothing is guessed.

A symbol carries ten digits without their hyphens, and these may stand for three different
codes; what a person types may be short of a zero. More than one package in the drug file, or
none, is a refusal that says so.
"""

from apothecary.drugs.models import Package
from apothecary.drugs.ndc import BadNdc, Ndc, candidates
from apothecary.journal.compiled import Compiled, Given
from apothecary.law.problem import refuse
from apothecary.wires.gs1 import Scan, ScanKind

OF_SYMBOL = Compiled(Package.objects.select_related("product").filter(ndc10=Given("ndc10")))
KINDS = {
    ScanKind.LABEL: "the label of a prescription",
    ScanKind.BAG: "a bag",
    ScanKind.LOGISTIC: "a shipping carton",
}


def package_of(scan: Scan) -> Package:
    """The package a product scan names, with its product (1 query).

    Raises Refused: not a product, no drug number in it, not in the drug file, or ambiguous.
    """
    if scan.kind is not ScanKind.PRODUCT:
        says = f"That is {KINDS[scan.kind]}, not a stock bottle."
        raise refuse(says, code="not-a-product", field="code")
    found = packages_of(scan)
    if not found:
        says = f"NDC {printed(scan)} is not in the drug file."
        raise refuse(says, code="unknown-drug", field="code")
    if len(found) > 1:
        meant = " or ".join(sorted(package.ndc for package in found))
        says = f"{printed(scan)} could be {meant}: type the NDC with its hyphens."
        raise refuse(says, code="ambiguous-drug", field="code")
    return found[0]


def packages_of(scan: Scan) -> list[Package]:
    """Every package in the drug file that the digits may stand for (1 query)."""
    if scan.ndc10:
        return OF_SYMBOL.all({"ndc10": scan.ndc10})
    if not scan.ndc:
        says = f"{scan.gtin14} is the number of a product, but not of a US drug."
        raise refuse(says, code="no-ndc", field="code")
    packages = Package.objects.select_related("product")
    return list(packages.filter(ndc__in=typed_codes(scan.ndc)))


def typed_codes(typed: str) -> list[str]:
    """The hyphenated codes that a typed number may stand for; hyphens as typed decide."""
    try:
        if "-" not in typed:
            return [code.hyphenated for code in candidates(typed)]
        shape = tuple(len(part) for part in typed.split("-"))
        if shape in {(5, 4, 2), (6, 4, 2)}:
            return [code.hyphenated for code in candidates(typed.replace("-", ""))]
        return [Ndc.parse(typed).hyphenated]
    except BadNdc as bad:
        raise refuse(f"{typed} is no NDC: {bad.reason}.", code="bad-ndc", field="code") from bad


def printed(scan: Scan) -> str:
    """The number as the person has it before them."""
    return scan.ndc or scan.ndc10
