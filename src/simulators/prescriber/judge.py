"""Whether the house answered a message as the standard and the flaw demand."""

from dataclasses import dataclass

from lxml import etree

from simulators.prescriber.post import Reply

STATUS_CODES = frozenset(["000", "001", "002", "003", "005", "010"])
ERROR_CODES = frozenset(["600", "601", "602", "700", "900"])
_KINDS = {
    "Status": "status",
    "Verify": "status",
    "Error": "error",
    "CancelRxResponse": "cancel-response",
}


@dataclass(frozen=True)
class Expectation:
    """What we sent, as far as the answer must refer to it. `readable`: our header arrives."""

    message_id: str
    sent_from: str
    sent_to: str
    right: frozenset[str]
    readable: bool = True


@dataclass(frozen=True)
class Answer:
    """The answer's body kind, code and header; all texts empty when there was no message."""

    kind: str
    code: str = ""
    description: str = ""
    relates_to: str = ""
    header_from: str = ""
    header_to: str = ""

    @property
    def outcome(self) -> str:
        """Kind and code in one text, for the log."""
        return f"{self.kind} {self.code}".strip()


def read_answer(reply: Reply) -> Answer:
    """The SCRIPT message in an HTTP reply; a 4xx without one counts as an error."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(reply.body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return Answer(
            "error" if 400 <= reply.status < 500 else "nothing", f"HTTP {reply.status}"
        )
    body = root.find("{*}Body")
    if body is None or len(body) != 1:
        return Answer("nothing", f"HTTP {reply.status}")
    inner = body[0]
    name = etree.QName(inner).localname
    return Answer(
        kind=_KINDS.get(name, name),
        code=(inner.findtext(".//{*}Code") or "").strip(),
        description=(inner.findtext(".//{*}Description") or "").strip(),
        relates_to=(root.findtext("{*}Header/{*}RelatesToMessageID") or "").strip(),
        header_from=(root.findtext("{*}Header/{*}From") or "").strip(),
        header_to=(root.findtext("{*}Header/{*}To") or "").strip(),
    )


def wrongs(expected: Expectation, reply: Reply, answer: Answer) -> list[str]:
    """Everything wrong with the answer; none means the house did well."""
    found = []
    if reply.status >= 500:
        found.append(f"HTTP {reply.status}: the house broke")
    if answer.kind not in expected.right:
        wanted = " or ".join(sorted(expected.right))
        found.append(f"answered {answer.outcome}, right is {wanted}")
    if not answer.header_to and not answer.relates_to:
        return found
    return found + _message_wrongs(expected, answer)


def _message_wrongs(expected: Expectation, answer: Answer) -> list[str]:
    found = []
    if answer.kind == "status" and answer.code not in STATUS_CODES:
        found.append(f"Status code {answer.code!r} is not in the standard")
    if answer.kind == "error" and answer.code not in ERROR_CODES:
        found.append(f"Error code {answer.code!r} is not in the standard")
    if not expected.readable:
        return found
    if answer.relates_to != expected.message_id:
        found.append(f"RelatesToMessageID {answer.relates_to!r}, sent {expected.message_id!r}")
    if (answer.header_to, answer.header_from) != (expected.sent_from, expected.sent_to):
        found.append(f"To {answer.header_to!r} From {answer.header_from!r} are not swapped")
    return found
