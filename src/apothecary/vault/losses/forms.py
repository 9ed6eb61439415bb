"""What people type about a loss, read into typed values or refused by field."""

from django.http import QueryDict

from apothecary.drugs.models import Package
from apothecary.law.problem import refuse
from apothecary.law.tables import federal
from apothecary.staff.worker import Worker
from apothecary.stock.forms import amount, number
from apothecary.stock.places.forms import chosen
from apothecary.vault.book.forms import read_day, read_instant
from apothecary.vault.losses.drafting import DRAFT
from apothecary.vault.losses.filing import Filed
from apothecary.vault.losses.noticing import Sent
from apothecary.vault.losses.reporting import Discovery, Missing
from apothecary.vault.losses.rules import Judgement
from apothecary.vault.losses.states import Kind, Way

LONGEST_NDC = 20
ANSWERS = {"yes": True, "no": False, "": None}


def read_missing(typed: QueryDict) -> Missing:
    """A lot at a place, or the package a carrier lost."""
    units = amount(typed.get("quantity", ""), field="quantity")
    where = typed.get("lot", "")
    if where:
        lot, _, place = where.partition("-")
        return Missing(units, number(lot, field="lot"), number(place, field="lot"))
    ndc = typed.get("package", "").strip()
    if not ndc:
        raise refuse("Say of which lot, or the NDC of what never came.", field="lot")
    found = Package.objects.filter(ndc=ndc[:LONGEST_NDC]).first() if "\0" not in ndc else None
    if found is None:
        raise refuse(f"No package {ndc[:LONGEST_NDC]!r} is known.", field="package")
    return Missing(units, package_id=found.pk)


def read_discovery(typed: QueryDict) -> Discovery:
    """What was found and since when."""
    return Discovery(
        kind=chosen(Kind, typed.get("kind", ""), field="kind"),
        what=typed.get("what", ""),
        lines=[read_missing(typed)],
        at=read_instant(typed, "discovered_at"),
    )


def read_answer(typed: QueryDict, field: str) -> bool | None:
    """Yes, no, or nothing said."""
    said = typed.get(field, "")
    if said not in ANSWERS:
        raise refuse("Yes or no.", field=field, code="no-choice")
    return ANSWERS[said]


def read_judgement(typed: QueryDict, *, by: Worker) -> Judgement:
    """What a pharmacist weighed, factor by factor."""
    names = federal("DEA-125", on=by.today).names()
    return Judgement(
        kind=chosen(Kind, typed.get("kind", ""), field="kind"),
        because=typed.get("because", ""),
        factors={name: typed.get(name, "") for name in names},
        significant=read_answer(typed, "significant"),
        in_custody=read_answer(typed, "in_custody"),
        supplier_told=typed.get("supplier_told", ""),
    )


def read_sent(typed: QueryDict) -> Sent:
    """How a notice went out."""
    return Sent(
        to=typed.get("to", ""),
        way=chosen(Way, typed.get("way", ""), field="way"),
        reference=typed.get("reference", ""),
        at=read_instant(typed, "sent_at"),
        because=typed.get("because", ""),
    )


def read_filed(typed: QueryDict) -> Filed:
    """When the report was filed, and under which number."""
    return Filed(
        on=read_day(typed, "filed_on"),
        reference=typed.get("reference", ""),
        because=typed.get("because", ""),
    )


def read_draft(typed: QueryDict) -> dict[str, str]:
    """The fields of the report that this form has."""
    return {each.name: typed.get(each.name, "") for each in DRAFT if each.name in typed}
