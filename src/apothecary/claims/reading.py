"""Whether an answer is one to what we asked, and what it says. Pure."""

from dataclasses import dataclass

from apothecary.claims.states import Kind
from apothecary.wires import Malformed
from apothecary.wires.telecom import Answer, Message, answers, read

RESPONSE_HEADER_CHARACTERS = 31
# What each question may be answered with. A captured claim is neither paid nor refused: it is
# asked about again, and filling may go on meanwhile.
POSSIBLE = {
    Kind.BILLING.value: frozenset("PDRCQ"),
    Kind.REVERSAL.value: frozenset("ASR"),
    "E1": frozenset("AR"),
    "N1": frozenset("CQR"),
    "N2": frozenset("ASR"),
    "N3": frozenset("CQR"),
    "P1": frozenset("PDRCQF"),
    "P2": frozenset("AR"),
    "P3": frozenset("APDRCF"),
    "P4": frozenset("ARCF"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What went out: the answer must speak of the same."""

    code: str
    npi: str
    service_on: str
    rx_number: str

    @classmethod
    def of(cls, request: bytes) -> "Asked":
        """Read from the bytes that went out, so that it is what the payer saw."""
        message = read(request)
        head = message.header
        first = message.transactions[0] if message.transactions else message.transmission
        return cls(
            code=head["transaction_code"],
            npi=head["service_provider_id"],
            service_on=head["date_of_service"],
            rx_number=first.raw("07", "D2") or "",
        )


def read_answer(raw: bytes, asked: Asked) -> Answer:
    """The payer's word on the one claim or question that was asked.

    Raises Malformed naming field and reason on: bytes that are no response, a header of the
    wrong length, another pharmacy, day or prescription number, more or fewer answers than one,
    a status that is no answer to it, a paid claim that does not say what the patient pays.
    """
    message = read(raw)
    found = answers(message)
    refused_whole = message.header["header_response_status"] == "R"
    check_header(message, asked, refused_whole=refused_whole)
    if len(found) != 1:
        raise Malformed("transactions", f"one answer was expected, {len(found)} came")
    answer = found[0]
    if answer.status not in POSSIBLE[asked.code]:
        reason = f"{answer.status or 'no status'} is no answer to a {asked.code}"
        raise Malformed("segment 21 field AN", reason)
    check_number(answer, asked)
    if answer.paid and (answer.pricing is None or answer.pricing.patient_pay_usd is None):
        raise Malformed("segment 23 field F5", "is missing in a paid answer")
    return answer


def check_header(message: Message, asked: Asked, *, refused_whole: bool) -> None:
    """The header repeats ours. A payer that refuses everything may leave its fields blank."""
    if len(message.header_text) != RESPONSE_HEADER_CHARACTERS:
        reason = f"has {len(message.header_text)} characters, not {RESPONSE_HEADER_CHARACTERS}"
        raise Malformed("header", reason)
    wanted = {
        "transaction_code": asked.code,
        "service_provider_id": asked.npi,
        "date_of_service": asked.service_on,
    }
    for name, ours in wanted.items():
        theirs = message.header[name]
        if theirs != ours and not (refused_whole and not theirs):
            raise Malformed(f"header {name}", f"is {theirs!r}, {ours!r} was asked")


def check_number(answer: Answer, asked: Asked) -> None:
    """The prescription number is ours; only a refusal may leave it out.

    A question about a member or an authorization names no prescription.
    """
    if not asked.rx_number:
        return
    theirs, ours = answer.rx_number.lstrip("0"), asked.rx_number.lstrip("0")
    if theirs != ours and not (answer.rejected and not theirs):
        reason = f"is {answer.rx_number!r}, {asked.rx_number!r} was asked"
        raise Malformed("segment 22 field D2", reason)
