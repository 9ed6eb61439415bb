"""Whether this house takes electronic controlled prescriptions today, and why not."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from apothecary.law.epcs import ApplicationFacts, application_problems
from apothecary.law.problem import Problem
from apothecary.law.tables import federal
from apothecary.staff.models import Pharmacy
from apothecary.vault.epcs.backups import backed_up_at
from apothecary.vault.epcs.clock import clock_problems_now, last_reading
from apothecary.vault.epcs.models import (
    EpcsAudit,
    EpcsChange,
    EpcsClock,
    EpcsReview,
    EpcsSetting,
)
from apothecary.vault.epcs.requirements import names_of

SETTING_OFF = "This house has not turned the receipt of controlled prescriptions on: it is off."


@dataclass(frozen=True, slots=True)
class Stands:
    """How the house stands today; ``problems`` are all reasons why it is shut."""

    facts: ApplicationFacts
    audit: EpcsAudit | None
    setting: EpcsSetting | None
    clock: EpcsClock | None
    problems: tuple[Problem, ...]

    @property
    def is_open(self) -> bool:
        return not self.problems

    @property
    def is_on(self) -> bool:
        return self.setting is not None and self.setting.on


def stands(*, pharmacy_id: int, at: datetime, today: date) -> Stands:
    """The house as it stands (6 queries)."""
    facts, audit = facts_of(pharmacy_id=pharmacy_id, today=today)
    setting = EpcsSetting.objects.filter(pharmacy_id=pharmacy_id).order_by("-id").first()
    clock = last_reading(pharmacy_id=pharmacy_id)
    problems = application_problems(facts, on=today)
    problems += clock_problems_now(clock, at=at, on=today)
    if setting is None or not setting.on:
        row = federal("DEA-160", on=today)
        problems.append(row.problem(SETTING_OFF, code="epcs-off", field="setting"))
    return Stands(facts, audit, setting, clock, tuple(problems))


def facts_of(*, pharmacy_id: int, today: date) -> tuple[ApplicationFacts, EpcsAudit | None]:
    """The application as the law looks at it, and the last report (4 queries)."""
    reports = EpcsAudit.objects.filter(pharmacy_id=pharmacy_id)
    audit = reports.order_by("reported_on", "id").last()
    changes = EpcsChange.objects.filter(pharmacy_id=pharmacy_id).order_by("-changed_on")
    reviews = EpcsReview.objects.filter(pharmacy_id=pharmacy_id).order_by("-day")
    vouched = frozenset(audit.vouches) if audit else frozenset()
    facts = ApplicationFacts(
        audited_on=audit.reported_on if audit else None,
        changed_on=changes.values_list("changed_on", flat=True).first(),
        limits_access_to=names_of("limits_access_to", vouched=vouched),
        module=names_of("module", vouched=vouched),
        keeps=names_of("keeps", vouched=vouched),
        found_by=names_of("found_by", vouched=vouched),
        audits=names_of("audits", vouched=vouched),
        audit_entry=names_of("audit_entry", vouched=vouched),
        auditable=names_of("auditable", vouched=vouched),
        backed_up_on=backed_up_on(settings.DATA, pharmacy_id=pharmacy_id, today=today),
        audit_reviewed_on=reviews.values_list("day", flat=True).first(),
    )
    return facts, audit


def backed_up_on(data: Path, *, pharmacy_id: int, today: date) -> date | None:
    """The pharmacy's day of the last backup; none where there was none, or it is to come."""
    at = backed_up_at(data)
    if at is None:
        return None
    day = Pharmacy.objects.get(pk=pharmacy_id).day_of(at)
    return day if day <= today else None
