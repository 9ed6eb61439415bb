"""Remittance files as a payer writes them, made of typed claims by a writer of our own."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

NPI = "1234567893"
DAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Paid:
    """A CLP with one line. The charge is paid plus what CAS says."""

    rx: str
    usd: str
    number: str = ""
    status: str = "1"
    charge: str = "11.76"
    patient: str = "2.51"
    ndc: str = "68180098001"
    on: date = DAY


@dataclass(frozen=True)
class Beside:
    """A PLB pair; above zero it is kept back."""

    reason: str
    usd: str
    reference: str = ""


@dataclass(frozen=True)
class Sent:
    """One 835."""

    claims: tuple[Paid, ...] = ()
    beside: tuple[Beside, ...] = ()
    trace: str = "T1"
    payer: str = "1999999999"
    npi: str = NPI
    more_usd: str = "0"
    day: str = "20261123"
    extra: tuple[str, ...] = field(default=())

    @property
    def usd(self) -> Decimal:
        paid = sum((Decimal(one.usd) for one in self.claims), Decimal(0))
        return paid - sum((Decimal(one.usd) for one in self.beside), Decimal(0))

    def segments(self, control: str) -> list[str]:
        amount = self.usd + Decimal(self.more_usd)
        head = [
            f"ST*835*{control}",
            f"BPR*I*{abs(amount)}*{'D' if amount < 0 else 'C'}*CHK************{self.day}",
            f"TRN*1*{self.trace}*{self.payer}",
            "N1*PR*SAMPLE HEALTH",
            f"N1*PE*PHARMACY*XX*{self.npi}",
            "LX*1",
        ]
        body = [text for one in self.claims for text in lines_of(one)]
        plb = f"PLB*{self.npi}*20261231"
        tail = [f"{plb}*{one.reason}:{one.reference}*{one.usd}" for one in self.beside]
        all_ = [*head, *body, *self.extra, *tail]
        return [*all_, f"SE*{len(all_) + 1}*{control}"]


def lines_of(one: Paid) -> list[str]:
    charge, paid = Decimal(one.charge), Decimal(one.usd)
    patient = Decimal(one.patient)
    contract = charge - paid - patient
    served = f"{one.on:%Y%m%d}"
    said = "" if one.status == "22" else f"{patient}"
    adjusted = [f"CAS*CO*45*{contract}"] if contract else []
    adjusted += [f"CAS*PR*3*{patient}"] if patient else []
    return [
        f"CLP*{one.rx}*{one.status}*{charge}*{paid}*{said}*12*{one.number}",
        f"DTM*232*{served}",
        f"SVC*N4:{one.ndc}*{charge}*{paid}**30",
        f"DTM*472*{served}",
        *adjusted,
    ]


def file_of(*sent: Sent) -> bytes:
    """One interchange with these remittances."""
    isa = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'PAYER':15}*ZZ*{'PHARMACY':15}*261123*1200*^*00501"
        "*000000001*0*T*:"
    )
    body = [text for at, one in enumerate(sent, 1) for text in one.segments(f"{at:04d}")]
    whole = [
        isa,
        "GS*HP*PAYER*PHARMACY*20261123*1200*1*X*005010X221A1",
        *body,
        f"GE*{len(sent)}*1",
        "IEA*1*000000001",
    ]
    return ("~".join(whole) + "~").encode("ascii")


def turned(one: Paid) -> Paid:
    """The reversal of a claim: every sign the other way."""
    usd, charge, patient = (str(-Decimal(text)) for text in (one.usd, one.charge, one.patient))
    return replace(one, status="22", usd=usd, charge=charge, patient=patient)
