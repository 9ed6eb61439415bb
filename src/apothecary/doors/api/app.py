"""The JSON API: one endpoint per action, the same duties as the screens."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from apothecary.doors.api import (
    apart,
    authorizations,
    behind_counter,
    calculations,
    claims,
    compounds,
    counter,
    drugs,
    electronic_orders,
    emergency,
    filling,
    flags,
    intake,
    looking_up,
    losses,
    money,
    monitoring,
    payers,
    prescriptions,
    purchasing,
    recalls,
    receiving,
    refill_log,
    returns,
    stock,
    stock_rounds,
    tracing,
    transfers,
    vault,
    vault_orders,
    waste,
    wholesalers,
)
from apothecary.doors.api.said import Strict
from apothecary.law.problem import Problem
from apothecary.staff.middleware import problems_as_json

UNPROCESSABLE = 422

api = NinjaAPI(
    title="Apothecary",
    version="1",
    description="One endpoint per action. Refusals are 409 with every reason; bad input is 422"
    " with the field. `Idempotency-Key` is honoured on every POST.",
    docs_url=None,
    urls_namespace="api",
    parser=Strict(),
)
api.add_router("", intake.router)
api.add_router("", transfers.router)
api.add_router("", prescriptions.router)
api.add_router("", refill_log.router)
api.add_router("", emergency.router)
api.add_router("", compounds.router)
api.add_router("", apart.router)
api.add_router("", claims.router)
api.add_router("", payers.router)
api.add_router("", authorizations.router)
api.add_router("", money.router)
api.add_router("", filling.router)
api.add_router("", counter.router)
api.add_router("", behind_counter.router)
api.add_router("", stock.router)
api.add_router("", stock_rounds.router)
api.add_router("", purchasing.router)
api.add_router("", receiving.router)
api.add_router("", recalls.router)
api.add_router("", vault.router)
api.add_router("", vault_orders.router)
api.add_router("", electronic_orders.router)
api.add_router("", losses.router)
api.add_router("", flags.router)
api.add_router("", monitoring.router)
api.add_router("", looking_up.router)
api.add_router("", wholesalers.router)
api.add_router("", tracing.router)
api.add_router("", returns.router)
api.add_router("", waste.router)
api.add_router("", drugs.router)
api.add_router("", calculations.router)


@api.exception_handler(ValidationError)
def bad_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Every field that is wrong, by name, with what is wrong about it."""
    problems = [
        Problem(
            says=f"{field_name(fault['loc'])}: {fault['msg']}",
            field=field_name(fault["loc"]),
            code="bad-input",
        )
        for fault in error.errors
    ]
    return problems_as_json(problems, status=UNPROCESSABLE)


@api.exception_handler(HttpError)
def bad_request(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON; it is bad input as well."""
    problem = Problem("The body is no JSON that can be read.", field="body", code="bad-input")
    return problems_as_json([problem], status=UNPROCESSABLE)


def field_name(place: tuple[str | int, ...]) -> str:
    """`("body", "sent", "quantity")` is `quantity` to whoever sent it."""
    names = [str(step) for step in place if step not in {"body", "query", "path", "sent"}]
    return ".".join(names) or "body"
