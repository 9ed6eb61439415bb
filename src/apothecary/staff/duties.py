"""The one table of who may do what: `duties.csv`, read once, default deny."""

import csv
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from apothecary.law.problem import Problem


class Role(StrEnum):
    CLERK = "clerk"
    TRAINEE = "trainee"
    TECHNICIAN = "technician"
    CERTIFIED = "certified technician"
    INTERN = "intern"
    PHARMACIST = "pharmacist"
    IN_CHARGE = "pharmacist in charge"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Duty(StrEnum):
    RECEIVE_PRESCRIPTION = "receive_prescription"
    RECEIVE_VERBAL = "receive_verbal"
    RECEIVE_VERBAL_CONTROLLED = "receive_verbal_controlled"
    EMERGENCY_ORAL = "emergency_oral"
    ENTER_PRESCRIPTION = "enter_prescription"
    EDIT_PATIENT = "edit_patient"
    EDIT_PRESCRIBER = "edit_prescriber"
    START_REFILL = "start_refill"
    CANCEL_FILL = "cancel_fill"
    TRANSFER_PRESCRIPTION = "transfer_prescription"
    TRANSFER_CONTROLLED = "transfer_controlled"
    SCREEN = "screen"
    REVIEW_DATA = "review_data"
    RESOLVE_FINDING = "resolve_finding"
    WORK_CLAIMS = "work_claims"
    WRITE_OFF = "write_off"
    FILL = "fill"
    FILL_SCHEDULE_II = "fill_schedule_ii"
    VERIFY = "verify"
    GIVE_VACCINE = "give_vaccine"
    BIN = "bin"
    SELL = "sell"
    RELEASE_CONTROLLED = "release_controlled"
    OFFER_COUNSELLING = "offer_counselling"
    COUNSEL = "counsel"
    RETURN_TO_STOCK = "return_to_stock"
    SELL_BEHIND_COUNTER = "sell_behind_counter"
    SELL_EXEMPT = "sell_exempt"
    KEEP_COUNTER_PAPERS = "keep_counter_papers"
    SIGN_REFILLS = "sign_refills"
    ORDER_STOCK = "order_stock"
    KEEP_WHOLESALERS = "keep_wholesalers"
    MANAGE_STOCK = "manage_stock"
    DESTROY_CONTROLLED = "destroy_controlled"
    COUNT_CONTROLLED = "count_controlled"
    COUNT_VAULT = "count_vault"
    OPEN_VAULT = "open_vault"
    CLOSE_DISCREPANCY = "close_discrepancy"
    REPORT_LOSS = "report_loss"
    SIGN_LOSS = "sign_loss"
    REVIEW_FLAGS = "review_flags"
    TAKE_INVENTORY = "take_inventory"
    SIGN_INVENTORY = "sign_inventory"
    KEEP_ATTORNEYS = "keep_attorneys"
    PREPARE_DEA_ORDER = "prepare_dea_order"
    SIGN_DEA_ORDER = "sign_dea_order"
    KEEP_EPCS = "keep_epcs"
    REVIEW_AUDIT = "review_audit"
    MEND_MONITORING = "mend_monitoring"
    ASK_HISTORY = "ask_history"
    LOOK_UP_HISTORY = "look_up_history"
    DECIDE_SUSPECT = "decide_suspect"
    CROSS_PROGRAMMES = "cross_programmes"
    WORK_RECALLS = "work_recalls"
    DECIDE_RECALLS = "decide_recalls"
    READ_RECORDS = "read_records"
    READ_JOURNAL = "read_journal"
    SUPERVISE = "supervise"
    MANAGE_PEOPLE = "manage_people"
    SET_POLICY = "set_policy"
    KEEP_SIG_CODES = "keep_sig_codes"
    FREE_SIGN_IN = "free_sign_in"


class Allowed(StrEnum):
    YES = "yes"
    NO = "no"
    SUPERVISED = "supervised"
    STATE = "state"


# Which column of the table a role reads. Two roles have no column of their own: the
# pharmacist in charge is a pharmacist with the running of the place on top, and an
# administrator has the running of the people alone.
COLUMN = {
    Role.CLERK: "clerk",
    Role.TRAINEE: "trainee",
    Role.TECHNICIAN: "technician",
    Role.CERTIFIED: "certified",
    Role.INTERN: "intern",
    Role.PHARMACIST: "pharmacist",
    Role.IN_CHARGE: "pharmacist",
    Role.SYSTEM: "system",
}
BEYOND_THE_TABLE = {
    Role.IN_CHARGE: {
        Duty.MANAGE_PEOPLE,
        Duty.SET_POLICY,
        Duty.KEEP_SIG_CODES,
        Duty.KEEP_WHOLESALERS,
        Duty.WRITE_OFF,
        Duty.KEEP_ATTORNEYS,
        Duty.KEEP_EPCS,
        Duty.KEEP_COUNTER_PAPERS,
    },
    Role.ADMINISTRATOR: {Duty.MANAGE_PEOPLE, Duty.FREE_SIGN_IN, Duty.KEEP_SIG_CODES},
}
# The licence a role works under; a role that is not here needs none.
LICENCE_OF = {
    Role.TRAINEE: "technician trainee",
    Role.TECHNICIAN: "technician",
    Role.CERTIFIED: "technician",
    Role.INTERN: "intern",
    Role.PHARMACIST: "pharmacist",
    Role.IN_CHARGE: "pharmacist",
}
PHARMACISTS = frozenset({Role.PHARMACIST, Role.IN_CHARGE})


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One row of the table: who may, on what condition, and where it is written."""

    duty: Duty
    says: str
    allowed: dict[Role, Allowed]
    pharmacist_present: bool
    cite: str
    verified: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the table needs to know of somebody: role, licence, state, supervision."""

    name: str
    role: Role
    licence_state: str
    licence_until: date | None
    state: str
    pharmacist_on_duty: bool
    # The duties this state leaves to this role, from the state's own rows of law.
    state_allows: frozenset[Duty] = frozenset()


@cache
def duty_table() -> dict[Duty, DutyRow]:
    """The whole table; a duty without a row is a fault of the house and stops it."""
    text = files("apothecary.staff").joinpath("duties.csv").read_text()
    rows = {}
    for line in csv.DictReader(text.splitlines()):
        duty = Duty(line["duty"])
        allowed = {role: Allowed(line[column]) for role, column in COLUMN.items()}
        allowed[Role.ADMINISTRATOR] = Allowed.NO
        for role, extra in BEYOND_THE_TABLE.items():
            if duty in extra:
                allowed[role] = Allowed.YES
        rows[duty] = DutyRow(
            duty=duty,
            says=line["says"],
            allowed=allowed,
            pharmacist_present=line["pharmacist_present"] == "yes",
            cite=line["cite"],
            verified=line["verified"],
        )
    missing = set(Duty) - set(rows)
    if missing:
        raise LookupError(f"duties without a row: {sorted(missing)}")
    return rows


def duty_problems(standing: Standing, duty: Duty, *, on: date) -> list[Problem]:
    """Every reason this person may not do this today; none means go ahead."""
    row = duty_table()[duty]
    problems = role_problems(standing, row)
    problems += licence_problems(standing, on=on)
    needs_pharmacist = row.pharmacist_present or (
        row.allowed[standing.role] is Allowed.SUPERVISED
    )
    outside = standing.role in PHARMACISTS or standing.role is Role.SYSTEM
    if needs_pharmacist and not outside and not standing.pharmacist_on_duty:
        problems.append(
            Problem(
                says=f"No pharmacist is on duty: nobody may {row.says} without one.",
                cite="BPC 4115(c); MN",
                code="no-pharmacist-on-duty",
                verified="V1",
            )
        )
    return problems


def role_problems(standing: Standing, row: DutyRow) -> list[Problem]:
    """Whether the table, and where it says so the state, lets this role do it."""
    allowed = row.allowed[standing.role]
    if allowed in {Allowed.YES, Allowed.SUPERVISED}:
        return []
    if allowed is Allowed.STATE:
        if row.duty in standing.state_allows:
            return []
        says = (
            f"A {standing.role.value} may {row.says} only where the state allows it, "
            f"and no rule on file says that {standing.state or 'this state'} does."
        )
        return [Problem(says, row.cite, f"duty-state-{row.duty.value}", row.verified)]
    says = f"A {standing.role.value} may not {row.says}."
    return [Problem(says, row.cite, f"duty-{row.duty.value}", row.verified)]


def licence_problems(standing: Standing, *, on: date) -> list[Problem]:
    """Whether the licence that this role works under is of this state and current."""
    kind = LICENCE_OF.get(standing.role)
    if kind is None:
        return []
    if standing.licence_until is None or standing.licence_state != standing.state:
        says = f"No {kind} licence of {standing.state} is on file for {standing.name}."
        return [Problem(says, code="licence-missing", cite="state pharmacy act")]
    if standing.licence_until < on:
        says = f"The {kind} licence of {standing.name} expired on {standing.licence_until}."
        return [Problem(says, code="licence-expired", cite="state pharmacy act")]
    return []
