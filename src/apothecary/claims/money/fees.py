"""What a processor keeps back of a paid claim in a sum beside the claims (571-NZ). Pure.

A discount card pays the claim before its fee and withholds the fees of all claims in one PLB;
the claim's answer told both.
"""

from decimal import Decimal

from apothecary.wires.errors import Malformed
from apothecary.wires.telecom import read

NOTHING = Decimal("0.00")
FEE_FIELD = "NZ"


def fee_of(
    remitted_usd: Decimal, promised_usd: Decimal, answer: bytes, *, back: bool = False
) -> Decimal:
    """The fee in a line's amount: that of the answer when it explains the line to the cent.

    ``back`` is a line that takes the payment back: its fee is below zero. Nothing when the
    amounts agree without a fee, or do not with it.
    """
    sign = Decimal(-1) if back else Decimal(1)
    if remitted_usd == sign * promised_usd:
        return NOTHING
    fee = announced(answer)
    return sign * fee if remitted_usd == sign * (promised_usd + fee) else NOTHING


def announced(answer: bytes) -> Decimal:
    """The processor's fee as the payer's answer says it; nothing where it says none."""
    try:
        message = read(answer)
    except Malformed:
        return NOTHING
    for group in message.transactions:
        for segment in group:
            if fee := segment.decimal(FEE_FIELD):
                return fee
    return NOTHING
