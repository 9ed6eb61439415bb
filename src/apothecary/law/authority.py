"""Whether this prescriber may prescribe this drug."""

from datetime import date

from apothecary.law.facts import PrescriberFacts, RxFacts, schedule_name
from apothecary.law.identifiers import dea_problems, licence_problems, npi_problems
from apothecary.law.problem import Problem
from apothecary.law.tables import federal


def authority_problems(rx: RxFacts, prescriber: PrescriberFacts, *, on: date) -> list[Problem]:
    """Every reason the prescriber's numbers do not carry this prescription.

    None means go ahead. A right number proves its form, not a living registration: that is a
    look-up outside the law.
    """
    problems = []
    if prescriber.npi:
        problems.extend(npi_problems(prescriber.npi, on=on))
    if prescriber.licence:
        problems.extend(
            licence_problems(
                prescriber.licence,
                prescriber.licence_state,
                prescriber.licence_expires_on,
                on=on,
            )
        )
    if rx.controlled:
        problems.extend(_registration_problems(rx, prescriber, on=on))
    return problems


def _registration_problems(
    rx: RxFacts, prescriber: PrescriberFacts, *, on: date
) -> list[Problem]:
    row = federal("DEA-010", on=on)
    name = schedule_name(rx.schedule)
    if not prescriber.dea:
        return [
            row.problem(
                f"A {name} drug needs the prescriber's DEA number.",
                code="dea-needed",
                field="dea",
            )
        ]
    problems = dea_problems(prescriber.dea, on=on)
    letters = federal("DEA-180", on=on)
    if not problems and prescriber.dea[0] in letters.names():
        problems.append(
            letters.problem(
                f"DEA number {prescriber.dea} belongs to a distributor, not to a prescriber.",
                code="dea-not-a-prescriber",
                field="dea",
            )
        )
    expires_on = prescriber.dea_expires_on
    if expires_on is not None and on > expires_on:
        problems.append(
            row.problem(
                f"The prescriber's DEA registration expired on {expires_on}.",
                code="dea-expired",
                field="dea_expires_on",
            )
        )
    schedules = prescriber.schedules_authorized
    if schedules is not None and rx.schedule not in schedules:
        problems.append(
            row.problem(
                f"The prescriber's DEA registration does not cover {name}.",
                code="dea-schedule",
                field="schedules_authorized",
            )
        )
    return problems
