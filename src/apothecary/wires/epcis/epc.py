"""Identifiers of things and places: EPC URIs and GS1 Digital Links, read and written.

Source: the EPC Tag Data Standard's rules for the company prefix and check digit, and the GS1
Digital Link URI syntax, in our own words.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote

from apothecary.wires.errors import Malformed
from apothecary.wires.ndc import check_digit, has_check_digit

Scheme = Literal["sgtin", "lgtin", "gtin", "sscc", "sgln", "pgln"]
LONGEST = 300  # characters
# Which digits of the key stand in the URN (check digit left out), and whether a digit of the
# second part goes to the front of the key.
_KEY_DIGITS = {"sgtin": 13, "lgtin": 13, "gtin": 13, "sscc": 17, "sgln": 12, "pgln": 12}
_MOVED = ("sgtin", "lgtin", "gtin", "sscc")
_URN = re.compile(
    r"urn:epc:(id|class|idpat):(sgtin|lgtin|sscc|sgln|pgln):([0-9]+)\.([0-9]*)(?:\.(.+))?",
    re.ASCII,
)
_LINK = re.compile(
    r"https?://[^/?#]+(?:/[^/?#]+)*?/(01|00|414|417)/([0-9]+)((?:/(?:10|21|22|254)/[^/?#]+)*)/?"
    r"(?:[?#].*)?",
    re.ASCII,
)
_PART = re.compile("/(10|21|22|254)/([^/?#]+)")
_TEXT = re.compile(r"[!-\"%-?A-Z_a-z]{1,20}", re.ASCII)
_ALLOWED = "!'()*+,-.:;=_"


@dataclass(frozen=True, slots=True)
class Epc:
    """One identifier. ``key`` is the GTIN-14, SSCC-18 or GLN-13 with its check digit;
    ``serial`` is that of a package, or the extension of a location; ``prefix_digits`` is how
    long the company prefix is, which only a URN tells (0 otherwise).
    """

    scheme: Scheme
    key: str
    serial: str = ""
    lot: str = ""
    prefix_digits: int = 0

    @property
    def company_prefix(self) -> str:
        """The company prefix; empty when the identifier does not tell where it ends."""
        start = 1 if self.scheme in _MOVED else 0
        return self.key[start : start + self.prefix_digits]

    @property
    def ndc10(self) -> str:
        """The ten digits of a US drug code inside a GTIN (03); empty when there is none."""
        named = self.scheme in ("sgtin", "lgtin", "gtin") and self.key[1:3] == "03"
        return self.key[3:13] if named else ""

    @property
    def labeler_digits(self) -> int | None:
        """Whether the labeler has four or five digits, where the company prefix tells it."""
        found = self.prefix_digits - 2
        return found if self.ndc10 and found in (4, 5) else None


def read_epc(uri: str) -> Epc:
    """Read an EPC URI (id, class, pattern) or a Digital Link. Raises Malformed."""
    if len(uri) > LONGEST:
        raise Malformed("epc", f"has {len(uri)} characters, at most {LONGEST} are read")
    urn = _URN.fullmatch(uri)
    if urn is not None:
        return _from_urn(uri, urn)
    link = _LINK.fullmatch(uri)
    if link is not None:
        return _from_link(uri, link)
    raise Malformed("epc", f"is no identifier we know: {uri[:80]!r}")


def _from_urn(uri: str, urn: re.Match[str]) -> Epc:
    kind, scheme, company, reference, tail = urn[1], urn[2], urn[3], urn[4], urn[5] or ""
    if (kind == "class") != (scheme == "lgtin") or (kind == "idpat" and scheme != "sgtin"):
        raise Malformed("epc", f"{scheme} does not belong into {kind}: {uri[:80]!r}")
    digits = company + reference
    if len(digits) != _KEY_DIGITS[scheme] or not 6 <= len(company) <= 12:
        wanted = _KEY_DIGITS[scheme]
        reason = f"has {len(company)} and {len(reference)} digits, together must be {wanted}"
        raise Malformed("epc", f"{reason}: {uri[:80]!r}")
    if scheme in _MOVED:
        digits = reference[:1] + company + reference[1:]
    key = digits + check_digit(digits)
    if kind == "idpat":
        if tail != "*":
            raise Malformed("epc", f"a pattern must end with *: {uri[:80]!r}")
        return Epc("gtin", key, prefix_digits=len(company))
    text = _text(tail, uri) if tail else ""
    if (scheme in ("sgtin", "lgtin", "sgln")) != bool(tail):
        raise Malformed("epc", f"{scheme} has a part too few or too many: {uri[:80]!r}")
    if scheme == "lgtin":
        return Epc("lgtin", key, lot=text, prefix_digits=len(company))
    named: Scheme = (
        "sgtin" if scheme == "sgtin" else "sscc" if scheme == "sscc"
        else "sgln" if scheme == "sgln" else "pgln"
    )  # fmt: skip
    return Epc(named, key, text, prefix_digits=len(company))


def _from_link(uri: str, link: re.Match[str]) -> Epc:
    ai, key = link[1], link[2]
    parts = {name: _text(text, uri) for name, text in _PART.findall(link[3])}
    if ai == "01":
        key = key.zfill(14)
    wanted = {"01": 14, "00": 18, "414": 13, "417": 13}[ai]
    if len(key) != wanted or not has_check_digit(key):
        reason = f"has no {wanted} digits with their check digit: {uri[:80]!r}"
        raise Malformed("epc", reason)
    if ai == "00":
        return Epc("sscc", key)
    if ai == "417":
        return Epc("pgln", key)
    if ai == "414":
        return Epc("sgln", key, parts.get("254", "0"))
    serial, lot = parts.get("21", ""), parts.get("10", "")
    return Epc("sgtin" if serial else "lgtin" if lot else "gtin", key, serial, lot)


def _text(text: str, uri: str) -> str:
    found = unquote(text)
    if _TEXT.fullmatch(found) is None:
        reason = f"has a serial or lot of other characters or length: {uri[:80]!r}"
        raise Malformed("epc", reason)
    return found


def epc_uri(epc: Epc) -> str:
    """The URN of an identifier; needs its ``prefix_digits``. Raises Malformed."""
    wanted = _KEY_DIGITS[epc.scheme] + 1
    if len(epc.key) != wanted or not has_check_digit(epc.key):
        raise Malformed("epc", f"has no {wanted} digits with their check digit: {epc.key!r}")
    if not 6 <= epc.prefix_digits <= 12:
        raise Malformed("epc", f"needs its company prefix of 6 to 12 digits: {epc.key!r}")
    digits = epc.key[:-1]
    if epc.scheme in _MOVED:
        digits = digits[1 : epc.prefix_digits + 1] + digits[0] + digits[epc.prefix_digits + 1 :]
    pair = f"{digits[: epc.prefix_digits]}.{digits[epc.prefix_digits :]}"
    tail = quote(epc.lot if epc.scheme == "lgtin" else epc.serial, safe=_ALLOWED)
    if epc.scheme in ("sgtin", "lgtin", "sgln"):
        if not tail:
            raise Malformed("epc", f"{epc.scheme} needs a serial, lot or extension: {pair}")
        family = "class" if epc.scheme == "lgtin" else "id"
        return f"urn:epc:{family}:{epc.scheme}:{pair}.{tail}"
    if epc.scheme == "gtin":
        return f"urn:epc:idpat:sgtin:{pair}.*"
    return f"urn:epc:id:{epc.scheme}:{pair}"


def digital_link(epc: Epc, *, site: str = "https://id.gs1.org") -> str:
    """The Digital Link of an identifier."""
    if epc.scheme == "sscc":
        return f"{site}/00/{epc.key}"
    if epc.scheme == "pgln":
        return f"{site}/417/{epc.key}"
    if epc.scheme == "sgln":
        tail = "" if epc.serial in ("", "0") else f"/254/{quote(epc.serial, safe='')}"
        return f"{site}/414/{epc.key}{tail}"
    lot = f"/10/{quote(epc.lot, safe='')}" if epc.lot else ""
    serial = f"/21/{quote(epc.serial, safe='')}" if epc.serial else ""
    return f"{site}/01/{epc.key}{lot}{serial}"
