"""Whether an answer is one to what we asked, and what it says. Pure."""

from dataclasses import dataclass

from apothecary.claims.states import Kind
from apothecary.wires import Malformed
from apothecary.wires.telecom import Answer, Message, answers, read

RESPONSE_HEADER_CHARACTERS = 31
# What each question may be answered with. A captured or deferred claim is neither paid nor
# refused; it is asked about again and then looked at by a person.
FINAL = {Kind.BILLING: frozenset("PDR"), Kind.REVERSAL: frozenset("ASR")}


@dataclass(frozen=True, slots=True)
class Asked:
    """What went out: the answer must speak of the same."""

    kind: Kind
    npi: str
    service_on: str
    rx_number: str

    @classmethod
    def of(cls, request: bytes) -> "Asked":
        """Read from the bytes that went out, so that it is what the payer saw."""
        message = read(request)
        head = message.header
        return cls(
            kind=Kind(head["transaction_code"]),
            npi=head["service_provider_id"],
            service_on=head["date_of_service"],
            rx_number=message.transactions[0].raw("07", "D2") or "",
        )


def read_answer(raw: bytes, asked: Asked) -> Answer:
    """The payer's word on the one claim that was asked.

    Raises Malformed naming field and reason on: bytes that are no response, a header of the
    wrong length, another pharmacy, day or prescription number, more or fewer answers than one,
    a status that is not final, a paid claim that does not say what the patient pays.
    """
    message = read(raw)
    found = answers(message)
    refused_whole = message.header["header_response_status"] == "R"
    check_header(message, asked, refused_whole=refused_whole)
    if len(found) != 1:
        raise Malformed("transactions", f"one answer was expected, {len(found)} came")
    answer = found[0]
    if answer.status not in FINAL[asked.kind]:
        reason = f"{answer.status or 'no status'} is no final answer to a {asked.kind.value}"
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
        "transaction_code": asked.kind.value,
        "service_provider_id": asked.npi,
        "date_of_service": asked.service_on,
    }
    for name, ours in wanted.items():
        theirs = message.header[name]
        if theirs != ours and not (refused_whole and not theirs):
            raise Malformed(f"header {name}", f"is {theirs!r}, {ours!r} was asked")


def check_number(answer: Answer, asked: Asked) -> None:
    """The prescription number is ours; only a refusal may leave it out."""
    theirs, ours = answer.rx_number.lstrip("0"), asked.rx_number.lstrip("0")
    if theirs != ours and not (answer.rejected and not theirs):
        reason = f"is {answer.rx_number!r}, {asked.rx_number!r} was asked"
        raise Malformed("segment 22 field D2", reason)
