"""What a processor keeps back of a paid claim in a sum beside the claims (571-NZ). Pure.

A discount card pays the claim before its fee and withholds the fees of all claims in one PLB;
the claim's answer told both.
"""

from decimal import Decimal

from apothecary.wires.errors import Malformed
from apothecary.wires.telecom import read

NOTHING = Decimal("0.00")
FEE_FIELD = "NZ"


def fee_of(remitted_usd: Decimal, promised_usd: Decimal, answer: bytes) -> Decimal:
    """The fee in a line's amount: that of the answer when it explains the line to the cent.

    A reversal's fee is below zero. Nothing when the amounts agree without it, or do not with.
    """
    if abs(remitted_usd) == abs(promised_usd) and remitted_usd:
        return NOTHING
    fee = announced(answer)
    for sign in (Decimal(1), Decimal(-1)):
        if fee and remitted_usd == sign * (promised_usd + fee):
            return sign * fee
    return NOTHING


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
