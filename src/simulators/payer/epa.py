"""Electronic prior authorization: POST /epa, NCPDP SCRIPT 2017071 in and out.

A request is answered with the payer's questions, the answers with yes or no. What was asked
before under the same message number is answered with the same bytes. Names of elements as found
in public software; the questions are in ``data/questions.toml``.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from lxml import etree

from simulators.payer.claim import Reject
from simulators.payer.epa_questions import answers_in, number_in, put, questions_for
from simulators.payer.judges.members import find_plan
from simulators.payer.line import Line
from simulators.payer.plans import Plan, Rule
from simulators.payer.web import response

VERSION = "20170715"
MAX_BODY_BYTES = 1_000_000
XML = "application/xml; charset=utf-8"
GROUNDS_WORDS = 10
REPLY_DAYS = 7
_TABLES = """
CREATE TABLE IF NOT EXISTS epa_cases (
    id INTEGER PRIMARY KEY, plan TEXT NOT NULL, cardholder TEXT NOT NULL, drug TEXT NOT NULL,
    quantity TEXT NOT NULL, days INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'open',
    number TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS epa_answers (message_id TEXT PRIMARY KEY, answer BLOB NOT NULL);
"""
Tree = etree._Element


class Unreadable(ValueError):
    """A request that cannot be answered; told in an Error message."""


@dataclass(frozen=True)
class Case:
    """One case: whose, about what, how it stands."""

    id: int
    plan: str
    cardholder: str
    drug: str
    quantity: str
    days: int
    state: str
    number: str

    @property
    def reference(self) -> str:
        """The payer's number of the case."""
        return f"EPA{self.id:07d}"


class Epa:
    """Answers SCRIPT messages from the same books and memory as the claims line."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._billing = line.desk.billing
        self._db = line.desk.memory.db
        self._db.executescript(_TABLES)
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; gives the port."""
        self._server = await asyncio.start_server(self._serve, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the link."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._exchange(reader, writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            print(f"payer: epa connection ended: {error}", flush=True)
        finally:
            writer.close()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, *_ = [*head[0].split(" "), "", ""]
        lengths = [
            one.partition(":")[2].strip()
            for one in head
            if one.lower().startswith("content-length:")
        ]
        if (method, target) != ("POST", "/epa"):
            writer.write(response("404 Not Found", b"", "text/plain"))
            return
        if not lengths or not lengths[0].isdigit() or int(lengths[0]) > MAX_BODY_BYTES:
            writer.write(response("413 Content Too Large", b"", "text/plain"))
            return
        body = await reader.readexactly(int(lengths[0]))
        answer = self.answer(body)
        fault = self._line.faults.strike(bin_of(body))
        kind = fault.kind if fault else ""
        if kind == "drop":
            return
        if kind == "garbage":
            answer = self._line.faults.garbage().encode("latin-1")
        writer.write(response("200 OK", answer, XML))

    def answer(self, raw: bytes) -> bytes:
        """Answer one message; a repeat gets the first answer, byte for byte."""
        asked_by = ""
        try:
            root = read(raw)
            asked_by = said(root, "Header/MessageID")
            known = self._db.execute(
                "SELECT answer FROM epa_answers WHERE message_id = ?",
                [asked_by],
            ).fetchone()
            if known:
                return bytes(known[0])
            answer = self._decide(root)
        except Unreadable as flaw:
            return error(str(flaw), relates_to=asked_by)
        self._db.execute("INSERT INTO epa_answers VALUES (?, ?)", [asked_by, answer])
        return answer

    def _decide(self, root: Tree) -> bytes:
        body = root.find("Body")
        if body is None or len(body) != 1:
            raise Unreadable("Body: must hold one message")
        asked = body[0]
        kind = str(asked.tag)
        acts = {
            "PAInitiationRequest": self._begin,
            "PARequest": self._judge,
            "PAAppealRequest": self._hear,
            "PACancelRequest": self._cancel,
        }
        if kind not in acts:
            raise Unreadable(f"{kind}: is not answered here")
        outcome = acts[kind](asked)
        answer = kind.removesuffix("Request") + "Response"
        return message(root, answer, said(asked, "PAReferenceID"), outcome)

    def _begin(self, asked: Tree) -> Tree:
        plan = self._plan(asked)
        ndc = said(asked, "MedicationPrescribed/DrugCoded/ProductCode/Code")
        card = said(asked, "BenefitsCoordination/CardholderID")
        if not (ndc and card):
            raise Unreadable("CardholderID, ProductCode/Code: missing")
        rule = self._billing.books.rule(plan, ndc)
        if rule is None or not rule.prior_authorization:
            return status("Closed", ("ReasonCode", "CC"))
        drug = self._billing.books.drug(ndc)
        ingredient = drug.ingredient if drug else ndc[:9]
        on_file = self._billing.memory.approvals_on(plan.key, card, ingredient)
        standing = [one for one in on_file if one.stands(self._billing.today())]
        if standing:
            note = f"NUMBER {standing[0].number}"
            return status("Closed", ("ReasonCode", "CF"), ("PANote", note))
        case = self._open(plan, card, ingredient, asked, rule)
        opened = status("Open", ("PACaseID", case.reference))
        until = datetime.now(UTC) + timedelta(days=REPLY_DAYS)
        late = etree.SubElement(opened[0], "DeadlineForReply")
        put(late, "DateTime", f"{until:%Y-%m-%dT%H:%M:%S.0Z}")
        opened[0].append(questions_for(ingredient).tree())
        return opened

    def _judge(self, asked: Tree) -> Tree:
        case = self._case(asked)
        if case.state != "open":
            return status("Closed", ("PACaseID", case.reference), ("ReasonCode", "CY"))
        missing, wrong = questions_for(case.drug).judged(answers_in(asked))
        if missing:
            more = status("Open", ("PACaseID", case.reference))
            inner = etree.SubElement(
                etree.SubElement(more[0], "Reason"), "MoreInformationRequired"
            )
            inner.append(questions_for(case.drug).tree())
            return more
        if wrong:
            self._set(case, "denied")
            return denied(case, f"Criteria not met: {wrong}")
        return self._approve(case)

    def _hear(self, asked: Tree) -> Tree:
        case = self._case(asked)
        if case.state != "denied":
            raise Unreadable("PACaseID: there is no denial to appeal")
        if len(said(asked, "PANote").split()) < GROUNDS_WORDS:
            return denied(case, "The appeal gives no grounds")
        return self._approve(case)

    def _cancel(self, asked: Tree) -> Tree:
        case = self._case(asked)
        self._billing.memory.withdraw_approval(case.plan, case.number)
        self._set(case, "cancelled")
        outcome = etree.Element("Response")
        put(etree.SubElement(outcome, "Approved"), "PACaseID", case.reference)
        return outcome

    def _approve(self, case: Case) -> Tree:
        today = self._billing.today()
        until = today + timedelta(days=case.days)
        number = f"EA{case.id:07d}"
        self._billing.memory.approve(
            case.plan, number, case.cardholder, case.drug, from_on=today, until_on=until,
            quantity=Decimal(case.quantity),
        )  # fmt: skip
        self._set(case, "approved", number)
        found = status(
            "Approved", ("PACaseID", case.reference), ("AuthorizationNumber", number)
        )
        period = etree.SubElement(found[0], "AuthorizationPeriod")
        for name, day in (("EffectiveDate", today), ("ExpirationDate", until)):
            put(etree.SubElement(period, name), "Date", day.isoformat())
        put(etree.SubElement(found[0], "AuthorizationDetails"), "Quantity", case.quantity)
        return found

    def _plan(self, asked: Tree) -> Plan:
        payer = "BenefitsCoordination/PayerIdentification"
        number = said(asked, f"{payer}/IINNumber")
        pcn = said(asked, f"{payer}/ProcessorIdentificationNumber")
        plan = find_plan(self._billing.books, number, pcn)
        if isinstance(plan, Reject):
            raise Unreadable(f"IINNumber {number}: no plan of ours")
        return plan

    def _open(self, plan: Plan, card: str, drug: str, asked: Tree, rule: Rule) -> Case:
        place = "MedicationPrescribed"
        quantity = number_in(said(asked, f"{place}/Quantity/Value")) or Decimal(0)
        refills = number_in(said(asked, f"{place}/NumberOfRefills")) or Decimal(0)
        row = self._db.execute(
            "INSERT INTO epa_cases (plan, cardholder, drug, quantity, days)"
            " VALUES (?, ?, ?, ?, ?) RETURNING id",
            [plan.key, card, drug, f"{quantity * (refills + 1):f}", rule.pa_days],
        ).fetchone()
        return self._one(int(row[0]))

    def _case(self, asked: Tree) -> Case:
        reference = said(asked, "PACaseID")
        digits = reference.removeprefix("EPA")
        found = self._one(int(digits)) if digits.isdigit() else None
        if found is None or found.reference != reference:
            raise Unreadable(f"PACaseID: {reference!r} is no case of ours")
        return found

    def _set(self, case: Case, state: str, number: str = "") -> None:
        self._db.execute(
            "UPDATE epa_cases SET state = ?, number = ? WHERE id = ?",
            [state, number or case.number, case.id],
        )

    def _one(self, number: int) -> Case:
        row = self._db.execute(
            "SELECT id, plan, cardholder, drug, quantity, days, state, number"
            " FROM epa_cases WHERE id = ?",
            [number],
        ).fetchone()
        if row is None:
            raise Unreadable(f"PACaseID: {number} is no case of ours")
        return Case(*row)


def read(raw: bytes) -> Tree:
    """The document, without entities and without network."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as flaw:
        raise Unreadable(f"document: {flaw.msg}") from None
    if root.tag != "Message" or root.get("TransactionVersion") != VERSION:
        raise Unreadable("Message: is no SCRIPT 2017071 message")
    if not said(root, "Header/MessageID"):
        raise Unreadable("Header/MessageID: missing")
    return root


def bin_of(raw: bytes) -> str:
    """Which payer a request is for; empty when it cannot be read."""
    try:
        return said(read(raw), "Header/To")
    except Unreadable:
        return ""


def said(element: Tree, path: str) -> str:
    """The text at a path, empty when there is none."""
    return (element.findtext(path) or "").strip()


def status(name: str, *values: tuple[str, str]) -> Tree:
    """A ResponseStatus with one end and its values."""
    top = etree.Element("ResponseStatus")
    end = etree.SubElement(top, name)
    for field, value in values:
        put(end, field, value)
    return top


def denied(case: Case, why: str) -> Tree:
    """A no, with its reason and the word that it may be appealed."""
    found = status("Denied", ("PACaseID", case.reference), ("DenialReason", why))
    put(etree.SubElement(found[0], "Appeal"), "IsEAppealSupported", "Y")
    return found


def message(root: Tree, kind: str, reference: str, outcome: Tree) -> bytes:
    """The response to a request: addresses turned round, its number named."""
    top = envelope(said(root, "Header/MessageID"), said(root, "Header/From"))
    inner = etree.SubElement(etree.SubElement(top, "Body"), kind)
    put(inner, "PAReferenceID", reference)
    if outcome.tag == "Response":
        inner.append(outcome)
    else:
        etree.SubElement(inner, "Response").append(outcome)
    return etree.tostring(top, xml_declaration=True, encoding="UTF-8")


def error(says: str, *, relates_to: str) -> bytes:
    """An Error message: the request is refused for good."""
    top = envelope(relates_to, "UNKNOWN")
    inner = etree.SubElement(etree.SubElement(top, "Body"), "Error")
    put(inner, "Code", "900")
    put(inner, "Description", says[:70])
    return etree.tostring(top, xml_declaration=True, encoding="UTF-8")


def envelope(relates_to: str, to: str) -> Tree:
    """A message with its header and no body yet."""
    top = etree.Element("Message")
    for name in ("Datatypes", "Transport", "Transaction", "Structures", "ECL"):
        top.set(f"{name}Version", VERSION)
    top.set("TransactionDomain", "SCRIPT")
    head = etree.SubElement(top, "Header")
    for name, value, qualifier in (("To", to, "P"), ("From", "PAYER", "PY")):
        put(head, name, value)
        head[-1].set("Qualifier", qualifier)
    now = datetime.now(UTC)
    put(head, "MessageID", f"EPA{now:%Y%m%d%H%M%S%f}")
    if relates_to:
        put(head, "RelatesToMessageID", relates_to)
    put(head, "SentTime", f"{now:%Y-%m-%dT%H:%M:%S.0Z}")
    software = etree.SubElement(head, "SenderSoftware")
    put(software, "SenderSoftwareDeveloper", "Apothecary")
    put(software, "SenderSoftwareProduct", "Payer simulator")
    put(software, "SenderSoftwareVersionRelease", "1")
    return top
