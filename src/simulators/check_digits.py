"""Check digits of the two numbers every prescriber carries, written from the field facts.

The house has its own; these are deliberately separate so that one can prove the other wrong.
"""

from random import Random


def luhn_digit(body: str) -> int:
    """The digit that makes `body` followed by it pass the Luhn test."""
    total = 0
    for place, character in enumerate(reversed(body)):
        digit = int(character)
        if place % 2 == 0:
            digit *= 2
            digit -= 9 if digit > 9 else 0
        total += digit
    return -total % 10


def npi_is_valid(npi: str) -> bool:
    """Ten digits, the first 1 or 2, Luhn over the card-issuer prefix 80840 and the number."""
    if len(npi) != 10 or not (npi.isascii() and npi.isdigit()) or npi[0] not in "12":
        return False
    return luhn_digit("80840" + npi[:9]) == int(npi[9])


def dea_digit(digits: str) -> int:
    """Last digit of (d1+d3+d5) + 2 x (d2+d4+d6) for the first six digits of a DEA number."""
    odd = sum(int(d) for d in digits[0:6:2])
    even = sum(int(d) for d in digits[1:6:2])
    return (odd + 2 * even) % 10


def dea_is_valid(dea: str) -> bool:
    """A letter, a letter or 9, and seven digits, the last one the check digit."""
    if len(dea) != 9 or not dea.isascii() or not dea[2:].isdigit():
        return False
    head_is_good = dea[0].isupper() and (dea[1].isupper() or dea[1] == "9")
    return head_is_good and dea_digit(dea[2:8]) == int(dea[8])


def invent_npi(random: Random) -> str:
    """A well-formed individual NPI; whether somebody holds it is not looked up."""
    body = "1" + "".join(str(random.randrange(10)) for _ in range(8))
    return body + str(luhn_digit("80840" + body))


def spoil_last_digit(number: str) -> str:
    """The same number with its check digit off by one: well-formed and wrong."""
    return number[:-1] + str((int(number[-1]) + 1) % 10)
