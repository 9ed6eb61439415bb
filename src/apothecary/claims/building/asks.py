"""The facts of what is asked of a payer beside a claim."""

from dataclasses import dataclass
from datetime import date

from apothecary.claims.building.bill import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """Who asks for the authorization in the patient's name, where it is not the prescriber."""

    first_name: str
    last_name: str
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """What is asked of a prior authorization (segment 12).

    ``request_type`` (498-PA): 1 a first one, 2 another after one, 3 one that was deferred.
    ``basis`` (498-PD): ME an exception for medical reasons, PR the plan's rule, PL more than
    the plan's limit. ``number`` (498-PY) is the payer's, once it has given one;
    ``authorization`` (503-F3) what its answer called the transaction.
    """

    request_type: str = ""
    basis: str = ""
    begins_on: date | None = None
    ends_on: date | None = None
    representative: Representative | None = None
    number: str = ""
    authorization: str = ""
    supporting_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whom a payer is asked about: a card, or a patient by name, birth date, sex and zip."""

    pharmacy_npi: str
    service_on: date
    bin: str
    pcn: str
    card: Card | None = None
    last_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    sex: str = ""
    postal_code: str = ""
