"""The pages of losses: the list with its clocks, one loss from discovery to form."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apothecary.law.problem import Problem, Refused
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Pharmacy
from apothecary.stock.forms import number
from apothecary.vault.again import Act, answered
from apothecary.vault.again import done as done_or_again
from apothecary.vault.book.cases import suspected_losses
from apothecary.vault.book.count_pages import people
from apothecary.vault.book.forms import read_signature
from apothecary.vault.losses import ending, filing, judging, noticing, papers, queries
from apothecary.vault.losses import reporting as writing
from apothecary.vault.losses.drafting import DRAFT, YES_NO
from apothecary.vault.losses.drawing import clocks_drawn
from apothecary.vault.losses.forms import (
    read_answer,
    read_discovery,
    read_draft,
    read_filed,
    read_judgement,
    read_missing,
    read_sent,
)
from apothecary.vault.losses.models import Loss
from apothecary.vault.losses.states import APART, Kind, Manner, State, Way
from apothecary.vault.losses.taking import hand_on_as_loss, take_over

__all__ = ["papers"]
CHOICES = {
    "manner": [("", "—"), *((each.value, each.value) for each in Manner)],
    "yes-no": [("", "—"), *((each, each) for each in YES_NO)],
}
TYPED_AS = {"date": "date"}


def losses(request: StaffRequest) -> HttpResponse:
    """Losses with their clocks, cases that wait, and the form that begins one (6 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    return losses_page(request)


def losses_page(request: StaffRequest, problems: Sequence[Problem] = ()) -> HttpResponse:
    """The list, with what was typed below it and what is wrong with that."""
    by = request.worker
    rows = queries.losses(pharmacy_id=by.pharmacy_id, on=by.today)
    found = {
        "tab": "losses",
        "rows": [
            (each, queries.lost(each.row), clocks_drawn(list(each.clocks), today=by.today))
            for each in rows
        ],
        "late": sum(each.late for each in rows),
        "waiting": suspected_losses(pharmacy_id=by.pharmacy_id),
        "kinds": [(kind.value, kind.value) for kind in Kind],
        "lots": [("", "—"), *queries.lots_here(pharmacy_id=by.pharmacy_id)],
        "writes": by.may(Duty.REPORT_LOSS),
        "signs": by.may(Duty.SIGN_LOSS),
    }
    return answered(request, "vault/losses.html", found, problems)


@require_POST
def report(request: StaffRequest) -> HttpResponse:
    """Write down that something is missing or broken."""
    by = request.worker
    by.must(Duty.REPORT_LOSS)
    try:
        made = writing.report_loss(by=by, found=read_discovery(request.POST))
    except Refused as refusal:
        return losses_page(request, refusal.problems)
    return redirect("vault:loss", loss_id=made.pk)


def loss(request: StaffRequest, loss_id: int) -> HttpResponse:
    """One loss: what is missing, its clocks, what is to be done next (8 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    return loss_page(request, loss_id)


def loss_page(
    request: StaffRequest, loss_id: int, problems: Sequence[Problem] = ()
) -> HttpResponse:
    """A loss, with what was typed into one of its forms and what is wrong with that."""
    by = request.worker
    rows = Loss.objects.filter(pharmacy_id=by.pharmacy_id, pk=loss_id)
    row = rows.prefetch_related(queries.lines_of_all()).first()
    if row is None:
        raise Http404
    stands = queries.standing(row, on=by.today)
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    state, lines = State(row.state), list(row.lines.all())
    told_next = state is State.DISCOVERED and row.significant is True
    found = {
        "tab": "losses",
        "loss": row,
        "stands": stands,
        "drawn": clocks_drawn(list(stands.clocks), today=by.today),
        "lines": lines,
        "state": state.name,
        "apart": Kind(row.kind) in APART,
        "text": noticing.notice_text(row, lines, house, signed=by.name, at=by.at)
        if told_next
        else "",
        "notices": row.notices.order_by("id"),
        "forms": row.forms.order_by("version"),
        "draft": draft_fields(row),
        "factors": queries.factors(on=by.today),
        "kinds": [(each.value, each.value) for each in Kind if each not in APART],
        "ways": [(way.value, way.value) for way in Way],
        "lots": [("", "—"), *queries.lots_here(pharmacy_id=by.pharmacy_id)]
        if state is State.DISCOVERED
        else [],
        "named": people(by.pharmacy_id),
        "writes": by.may(Duty.REPORT_LOSS),
        "signs": by.may(Duty.SIGN_LOSS),
        "today": by.today,
    }
    return answered(request, "vault/loss.html", found, problems)


def draft_fields(row: Loss) -> list[tuple[str, str, str, str, list[tuple[str, str]] | None]]:
    """The fields of the report as the form shows them: name, label, value, kind, choices."""
    return [
        (
            each.name,
            each.label,
            row.draft.get(each.name, ""),
            TYPED_AS.get(each.kind, "text"),
            CHOICES.get(each.kind),
        )
        for each in DRAFT
        if row.kind == Kind.TRANSIT or not each.transit
    ]


def done(request: StaffRequest, loss_id: int, act: Act) -> HttpResponse:
    """The loss after an act, or as it was with every reason why not."""
    return done_or_again(
        act,
        again=lambda problems: loss_page(request, loss_id, problems),
        then=lambda: redirect("vault:loss", loss_id=loss_id),
    )


@require_POST
def add(request: StaffRequest, loss_id: int) -> HttpResponse:
    """Name one more thing that is missing."""
    by, typed = request.worker, request.POST
    by.must(Duty.REPORT_LOSS)

    def act() -> object:
        return writing.add_line(by=by, loss_id=loss_id, missing=read_missing(typed))

    return done(request, loss_id, act)


@require_POST
def draft(request: StaffRequest, loss_id: int) -> HttpResponse:
    """Keep what was typed of the report."""
    by, typed = request.worker, read_draft(request.POST)
    by.must(Duty.REPORT_LOSS)

    def act() -> object:
        return writing.save_draft(by=by, loss_id=loss_id, typed=typed)

    return done(request, loss_id, act)


@require_POST
def judge(request: StaffRequest, loss_id: int) -> HttpResponse:
    """Judge it by the factors of the rule."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_LOSS)

    def act() -> object:
        said = read_judgement(typed, by=by)
        return judging.judge_loss(by=by, loss_id=loss_id, said=said)

    return done(request, loss_id, act)


@require_POST
def breakage(request: StaffRequest, loss_id: int) -> HttpResponse:
    """Sign with a witness what broke or was spilled."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_LOSS)

    def act() -> object:
        return judging.sign_breakage(
            by=by,
            loss_id=loss_id,
            recoverable=read_answer(typed, "recoverable") is not False,
            because=typed.get("because", ""),
            signature=read_signature(typed),
        )

    return done(request, loss_id, act)


@require_POST
def notice(request: StaffRequest, loss_id: int) -> HttpResponse:
    """Write down that DEA was told, when and how."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_LOSS)

    def act() -> object:
        return noticing.give_notice(by=by, loss_id=loss_id, sent=read_sent(typed))

    return done(request, loss_id, act)


@require_POST
def take_back(request: StaffRequest, loss_id: int) -> HttpResponse:
    """Tell DEA that nothing was lost after all."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_LOSS)

    def act() -> object:
        because = typed.get("because", "")
        sent = read_sent(typed)
        return noticing.take_notice_back(by=by, loss_id=loss_id, because=because, sent=sent)

    return done(request, loss_id, act)


@require_POST
def file(request: StaffRequest, loss_id: int) -> HttpResponse:
    """Sign the report as it was filed, or its amendment."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_LOSS)

    def act() -> object:
        return filing.file_form(by=by, loss_id=loss_id, filed=read_filed(typed))

    return done(request, loss_id, act)


@require_POST
def close(request: StaffRequest, loss_id: int) -> HttpResponse:
    """Close it."""
    by, because = request.worker, request.POST.get("because", "")
    by.must(Duty.SIGN_LOSS)

    def act() -> object:
        return ending.close_loss(by=by, loss_id=loss_id, because=because)

    return done(request, loss_id, act)


@require_POST
def call_off(request: StaffRequest, loss_id: int) -> HttpResponse:
    """Say that nothing was missing."""
    by, because = request.worker, request.POST.get("because", "")
    by.must(Duty.SIGN_LOSS)

    def act() -> object:
        return ending.call_off(by=by, loss_id=loss_id, because=because)

    return done(request, loss_id, act)


@require_POST
def take(request: StaffRequest) -> HttpResponse:
    """Take over a discrepancy that was handed on before."""
    request.worker.must(Duty.SIGN_LOSS)
    case_id = number(request.POST.get("case", ""), field="case")
    made = take_over(by=request.worker, case_id=case_id)
    return redirect("vault:loss", loss_id=made.pk)


@require_POST
def hand_on(request: StaffRequest, case_id: int) -> HttpResponse:
    """Hand a discrepancy on; the loss it becomes is opened by the same act."""
    because = request.POST.get("because", "")
    hand_on_as_loss(by=request.worker, case_id=case_id, because=because)
    return redirect("vault:case", case_id=case_id)
