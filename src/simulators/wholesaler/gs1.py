"""GS1 numbers of drug packages and totes: GTIN, SSCC, GLN, their URNs, links and symbols.

A US drug's GTIN is 0, 03, the ten digits of its NDC and a check digit; the company prefix in
its URN is 03 and the labeler, so that its length follows the labeler's.
"""

from calendar import monthrange
from datetime import date

GROUP = "\x1d"
DATA_MATRIX, LINEAR = "]d2", "]C1"
LINKS = "https://id.gs1.org"


def check_digit(body: str) -> str:
    """The digit that ends a GS1 number: from the right, weights 3 and 1 by turns."""
    total = sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(body[::-1]))
    return str(-total % 10)


def gtin(ndc: str) -> str:
    """GTIN-14 of an NDC with hyphens (4-4-2, 5-3-2 or 5-4-1)."""
    body = "003" + ndc.replace("-", "")
    return body + check_digit(body)


def upc(ndc: str) -> str:
    """The twelve digits below the bars of a bottle."""
    body = "3" + ndc.replace("-", "")
    return body + check_digit(body)


def ndc11(ndc: str) -> str:
    """Eleven digits: each part filled up to 5-4-2."""
    labeler, product, package = ndc.split("-")
    return labeler.zfill(5) + product.zfill(4) + package.zfill(2)


def sscc(prefix: str, number: int, *, extension: str = "0") -> str:
    """Eighteen digits of a tote."""
    body = extension + prefix + str(number).zfill(16 - len(prefix))
    return body + check_digit(body)


def sgtin_urn(ndc: str, serial: str) -> str:
    """`urn:epc:id:sgtin:` with the labeler as company prefix."""
    return f"urn:epc:id:sgtin:{_class(ndc)}.{serial}"


def class_urn(ndc: str) -> str:
    """The pattern of every serial of a product, the key of its master data."""
    return f"urn:epc:idpat:sgtin:{_class(ndc)}.*"


def _class(ndc: str) -> str:
    labeler, product, package = ndc.split("-")
    return f"03{labeler}.0{product}{package}"


def sscc_urn(number: str, prefix: str) -> str:
    """`urn:epc:id:sscc:` prefix, then extension digit and serial reference."""
    return f"urn:epc:id:sscc:{prefix}.{number[0]}{number[1 + len(prefix) : 17]}"


def sgln_urn(gln: str, prefix: str) -> str:
    """`urn:epc:id:sgln:` of a place without a finer part."""
    return f"urn:epc:id:sgln:{prefix}.{gln[len(prefix) : 12]}.0"


def package_scan(code: str, *, lot: str, expires: str, serial: str) -> str:
    """What a scanner gives for a package's DataMatrix; `expires` is YYMMDD."""
    return f"{DATA_MATRIX}01{code}17{expires}10{lot}{GROUP}21{serial}"


def tote_scan(number: str) -> str:
    """What a scanner gives for a tote's label."""
    return f"{LINEAR}00{number}"


def expiry_digits(expires_on: date, *, day: bool = True) -> str:
    """YYMMDD; without the day, 00 stands for the last one of the month."""
    return expires_on.strftime("%y%m%d" if day else "%y%m00")


def end_of_month(day: date, *, months: int) -> date:
    """The last day of the month that many months on (or back)."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])
