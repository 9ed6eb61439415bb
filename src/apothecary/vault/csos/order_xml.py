"""An electronic order as XML, before it is signed and as it is read back. Pure.

The regulation names what an order holds (21 CFR 1305.21(b)) and no element: the names are this
house's own, in the namespace below, as the README lists them. A signature, where there is one,
is the last child of the root.
"""

from dataclasses import dataclass
from datetime import date

from lxml import etree

from apothecary.wires.errors import Malformed

NAMESPACE = "urn:apothecary:csos:order:1"
ROOT = "ControlledSubstanceOrder"
SPACES: dict[str | None, str] = {None: NAMESPACE}
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
MOST_BYTES = 1_000_000
MOST_ITEMS = 500
MOST_PACKAGES = 9_999


@dataclass(frozen=True, slots=True)
class Party:
    """Who orders, or who is to fill it."""

    name: str
    address: str
    dea: str


@dataclass(frozen=True, slots=True)
class Item:
    """So many packages of one drug. ``ndc`` has eleven digits; ``schedule`` 0 is uncontrolled;
    ``package_size`` is the quantity in one package with its unit.
    """

    number: int
    ndc: str
    name: str
    strength: str
    form: str
    schedule: int
    package_size: str
    packages: int


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """What an electronic order says."""

    number: str
    signed_on: date
    purchaser: Party
    supplier: Party
    items: tuple[Item, ...]


def write_order(paper: OrderPaper) -> bytes:
    """The order as UTF-8 XML, not signed. Raises Malformed on a letter XML cannot hold."""
    root = etree.Element(f"{{{NAMESPACE}}}{ROOT}", nsmap=SPACES)  # type: ignore[arg-type]  # the stubs know no default
    put(root, "Number", paper.number)
    put(root, "SignedOn", paper.signed_on.isoformat())
    for name, party in (("Purchaser", paper.purchaser), ("Supplier", paper.supplier)):
        there = put(root, name)
        put(there, "Name", party.name)
        put(there, "Address", party.address)
        put(there, "DEA", party.dea)
    items = put(root, "Items")
    for item in paper.items:
        there = put(items, "Item")
        there.set("number", str(item.number))
        put(there, "NDC", item.ndc)
        put(there, "Name", item.name)
        put(there, "Strength", item.strength)
        put(there, "Form", item.form)
        put(there, "Schedule", str(item.schedule))
        put(there, "PackageSize", item.package_size)
        put(there, "Packages", str(item.packages))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def put(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    """A child element of that name."""
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    try:
        child.text = text
    except ValueError as bad:
        raise Malformed(name, f"holds a letter that XML does not: {bad}") from bad
    return child


def parsed(raw: bytes) -> etree._Element:
    """The root of a document. Raises Malformed; nothing outside of it is looked up."""
    if len(raw) > MOST_BYTES:
        raise Malformed("document", f"has {len(raw)} bytes: at most {MOST_BYTES}")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as bad:
        raise Malformed("document", f"is no XML: {bad}") from bad
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs lack it
        raise Malformed("document", "has a document type: an order has none")
    return root


def read_order(root: etree._Element) -> OrderPaper:
    """What a document says. Raises Malformed with the first element that is not as it should
    be; elements it does not know are refused too, since nobody could say what they order.
    """
    if root.tag != f"{{{NAMESPACE}}}{ROOT}":
        raise Malformed("document", f"is no {ROOT} of {NAMESPACE}")
    children = [child for child in root if child.tag != SIGNATURE]
    number, signed_on, purchaser, supplier, items = named(
        children, ("Number", "SignedOn", "Purchaser", "Supplier", "Items"), within=ROOT
    )
    found = list(items)
    if not 0 < len(found) <= MOST_ITEMS:
        raise Malformed("Items", f"has {len(found)} items: 1 to {MOST_ITEMS}")
    read = tuple(read_item(each, place) for place, each in enumerate(found, start=1))
    return OrderPaper(
        text_of(number), day_of(signed_on), read_party(purchaser), read_party(supplier), read
    )


def named(
    children: list[etree._Element], names: tuple[str, ...], *, within: str
) -> list[etree._Element]:
    """The children, where they are exactly those of these names in this order."""
    asked = [f"{{{NAMESPACE}}}{name}" for name in names]
    tags = [child.tag for child in children]
    if tags != asked:
        raise Malformed(within, f"holds {', '.join(names)}, each once and in this order")
    return children


def read_party(there: etree._Element) -> Party:
    """A purchaser or supplier."""
    where = etree.QName(there).localname
    name, address, dea = named(list(there), ("Name", "Address", "DEA"), within=where)
    return Party(text_of(name), text_of(address), text_of(dea))


def read_item(there: etree._Element, place: int) -> Item:
    """One item; its number is its place."""
    where = f"Item {place}"
    if there.tag != f"{{{NAMESPACE}}}Item" or there.get("number") != str(place):
        raise Malformed("Items", f"item {place} is none, or is not numbered {place}")
    names = ("NDC", "Name", "Strength", "Form", "Schedule", "PackageSize", "Packages")
    ndc, name, strength, form, schedule, size, packages = named(
        list(there), names, within=where
    )
    return Item(
        place,
        text_of(ndc),
        text_of(name),
        text_of(strength),
        text_of(form),
        count_of(schedule, most=5, least=0, within=where),
        text_of(size),
        count_of(packages, most=MOST_PACKAGES, least=1, within=where),
    )


def text_of(element: etree._Element) -> str:
    """The text of an element that holds nothing else."""
    if len(element):
        raise Malformed(etree.QName(element).localname, "holds more than text")
    return element.text or ""


def count_of(element: etree._Element, *, least: int, most: int, within: str) -> int:
    """A whole number within its bounds."""
    text = text_of(element)
    if text.isascii() and text.isdigit() and least <= int(text[:9]) <= most and len(text) < 9:
        return int(text)
    name = etree.QName(element).localname
    raise Malformed(name, f"is {text[:40]!r} in {within}: {least} to {most}")


def day_of(element: etree._Element) -> date:
    """A day as ISO 8601 writes it."""
    text = text_of(element)
    try:
        return date.fromisoformat(text)
    except ValueError as bad:
        name = etree.QName(element).localname
        raise Malformed(name, f"is no day: {text[:40]!r}") from bad
