"""Which fact of a bill each field of a claim says: a payer can only ask for what is here."""

from collections.abc import Mapping
from types import MappingProxyType

from apothecary.wires.telecom.tables import VERSIONS

# Segment and field id, as ("01", "4X"); a field id of "" means the whole segment.
Place = tuple[str, str]

_FACTS = """
01 C4=birth_date C5=sex CA=first_name CB=last_name CM=street CN=city CO=state CP=postal_code
01 CQ=phone C7=place_of_service 4X=residence
02 EY=pharmacist_npi E9=pharmacist_npi
03 EZ=prescriber_qualifier DB=prescriber_npi DR=prescriber_last_name PM=prescriber_phone
03 2J=prescriber_first_name 2K=prescriber_street 2M=prescriber_city 2N=prescriber_state
03 2P=prescriber_postal_code
04 C2=card.cardholder_id CC=card.first_name CD=card.last_name FO=card.plan_id
04 C9=card.eligibility_clarification C1=card.group C3=card.person_code C6=card.relationship
05 5C=others 6C=others 7C=others E8=others A7=others HC=others DV=others 6E=others NP=others
05 NQ=others MV=others MW=others
06 DY=injury CF=injury CR=injury DZ=injury
07 EM=rx_number D2=rx_number E1=ndc11 D7=ndc11 EN=part EP=part E7=quantity D3=fill_number
07 D5=days_supply D6=compound D8=daw DE=written_on DF=refills DJ=origin DK=clarification
07 ET=quantity_prescribed C8=other_coverage DT=special_packaging 28=unit DI=level_of_service
07 EU=authorization_type EV=prior_authorization HD=part HF=part HG=part NV=delay_reason
07 E2=compound G1=compound U7=pharmacy_service_type
08 E4=safety E5=safety E6=safety 8E=compound
09 KE=coupon ME=coupon NE=coupon
10 EF=compound EG=compound RE=compound TE=compound ED=compound EE=compound UE=compound
10 2H=compound
11 D9=price DC=price BE=price DX=patient_paid_usd E3=administration H8=price H9=price
11 HA=price GE=price HE=price JE=price DQ=price DU=price DN=basis_of_cost
12 PA=authorization PB=authorization PC=authorization PD=authorization PE=authorization
12 PF=authorization PG=authorization PH=authorization PJ=authorization PK=authorization
12 PY=authorization F3=authorization PP=authorization
13 WE=diagnoses DO=diagnoses
"""


def _read() -> Mapping[Place, str]:
    table: dict[Place, str] = {}
    for line in _FACTS.split("\n"):
        segment, *pairs = line.split() or [""]
        for pair in pairs:
            field, fact = pair.split("=")
            table[segment, field] = fact
    return MappingProxyType(table)


FACT_OF = _read()
SEGMENTS = frozenset(segment for segment, _ in FACT_OF)
# What money a claim asks for: a payer who forbids one of these would have us ask for less.
ASKED = (("11", "BE"), ("11", "E3"), ("11", "H9"), ("11", "HA"), ("11", "GE"))


def named(place: Place) -> str:
    """A field as people and payer sheets call it: ``patient residence (384-4X)``."""
    segment, field_id = place
    field = VERSIONS["D0"].by_segment[segment][field_id]
    return f"{field.name[:1].lower()}{field.name[1:]} ({field.number}-{field_id})"
