"""A SCRIPT document as JSON and back, byte for byte."""

from lxml import etree

from apothecary.wires.errors import Fault, Malformed
from apothecary.wires.json_keys import Json, faults_out, list_at, object_at, text_at
from apothecary.wires.script.messages import MalformedMessage, parse_message
from apothecary.wires.script.xml import parse_document


def document_to_json(raw: bytes) -> Json:
    root = parse_document(raw)
    out: Json = {"format": "script"}
    kind: str
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    try:
        message = parse_message(raw)
        kind, warnings = message.kind, message.warnings
    except MalformedMessage as error:
        kind, faults = error.kind, error.faults
    text = raw.decode("utf-8")
    start = text.find("<" + _prefixed(root))
    before = text[:start] if start >= 0 else ""
    after = text[text.rfind(">") + 1 :]
    out.update(
        {
            "kind": kind,
            "before": before,
            "message": _node_out(root),
            "after": after,
            "faults": faults_out(faults),
            "warnings": faults_out(warnings),
        }
    )
    if _build_script(out) != raw:
        # Quotes, entities, empty tags: spelled in a way the tree alone does not tell.
        out["exact"] = text
    return out


def _prefixed(element: etree._Element) -> str:
    name = etree.QName(element).localname
    return f"{element.prefix}:{name}" if element.prefix else name


def _node_out(element: etree._Element) -> Json:
    out: Json = {}
    if isinstance(element, etree._Comment):
        out["comment"] = element.text or ""
    elif isinstance(element, etree._ProcessingInstruction):
        out["instruction"] = element.target or ""
        out["text"] = element.text or ""
    else:
        out["name"] = str(element.tag)
        namespaces = {prefix or "": uri for prefix, uri in _own_namespaces(element).items()}
        if namespaces:
            out["namespaces"] = namespaces
        if element.attrib:
            out["attributes"] = {str(name): str(text) for name, text in element.attrib.items()}
        if element.text:
            out["text"] = element.text
        if len(element):
            out["children"] = [_node_out(child) for child in element]
    if element.tail:
        out["tail"] = element.tail
    return out


def _own_namespaces(element: etree._Element) -> dict[str | None, str]:
    parent = element.getparent()
    above = parent.nsmap if parent is not None else {}
    return {prefix: uri for prefix, uri in element.nsmap.items() if above.get(prefix) != uri}


def _build_script(obj: Json) -> bytes:
    root = _node_in(obj.get("message"), "message")
    before, after = text_at(obj, "before", default=""), text_at(obj, "after", default="")
    return (before + etree.tostring(root, encoding="unicode", with_tail=False) + after).encode()


def document_from_json(obj: Json) -> bytes:
    built = _build_script(obj)
    exact = obj.get("exact")
    if isinstance(exact, str):
        # The tree decides: an exact text is taken only while it still says the same.
        again = document_to_json(exact.encode())
        if again["message"] == obj.get("message"):
            return exact.encode()
    parse_document(built)
    return built


def _node_in(value: object, path: str) -> etree._Element:
    node = object_at(value, path)
    try:
        element = _bare_node(node, path)
        element.tail = text_at(node, "tail", path=path, default="") or None
        return element
    except ValueError as error:
        raise Malformed(path, f"cannot be written as XML: {error}") from None


def _bare_node(node: Json, path: str) -> etree._Element:
    if "comment" in node:
        return etree.Comment(text_at(node, "comment", path=path))
    if "instruction" in node:
        target, text = text_at(node, "instruction", path=path), text_at(node, "text", path=path)
        return etree.ProcessingInstruction(target, text)
    names = object_at(node.get("namespaces", {}), f"{path}.namespaces")
    namespaces = {name or None: text_at(names, name) for name in names}
    element = etree.Element(
        text_at(node, "name", path=path),
        nsmap=namespaces,  # type: ignore[arg-type]  # the stubs know no default namespace
    )
    attributes = object_at(node.get("attributes", {}), f"{path}.attributes")
    for name in attributes:
        element.set(name, text_at(attributes, name, path=f"{path}.attributes"))
    element.text = text_at(node, "text", path=path, default="") or None
    for number, child in enumerate(list_at(node.get("children", []), f"{path}.children")):
        element.append(_node_in(child, f"{path}.children[{number}]"))
    return element
