"""The commands that need the rooms and the database: run by `apothecary`, which finds both.

A process of its own, so that filters and the supervisor do not carry Django with them.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from apothecary.config import catalogue, inspect, ordering_desks, remittances, tracing
from apothecary.config.answers import run_command
from apothecary.config.demo.load import DEMO_PARTNER, DEMO_PASSWORD, SIGN_INS, load_demo
from apothecary.drugs.search_index import refresh
from apothecary.journal.keys import signing_key
from apothecary.journal.proof import journal_faults
from apothecary.law.problem import Refused
from apothecary.prescriptions.faults import fill_faults
from apothecary.staff.actions import end_partner_token, partner_token, worker_token
from apothecary.staff.certificates import add_certificate, end_certificate
from apothecary.staff.models import Partner, Person, Pharmacy
from apothecary.staff.signon import new_token, stand_in, system_worker, token_hash
from apothecary.staff.worker import Worker
from apothecary.stock.queries import book_faults
from apothecary.vault.book.perpetual import book_differences

SIMULATED_PRESCRIBER = "prescriber-simulator"


@click.group()
def desk() -> None:
    """Commands at the back desk."""


desk.add_command(catalogue.load_source)
desk.add_command(remittances.load_file)
desk.add_command(inspect.inspect_papers)
desk.add_command(tracing.load_tracing)
desk.add_command(tracing.trace_packages)


@desk.command()
@click.option("--demo", is_flag=True, help="load the demo pharmacy where there is none")
def prepare(demo: bool) -> None:
    """Bring the tables up to the code; the last line printed is what the parts need."""
    call_command("migrate", interactive=False, verbosity=1, stdout=sys.stdout)
    # An index that the old code did not have, or read in another way; else nothing is written.
    refresh()
    click.echo(json.dumps(_demo() if demo else {}))


def _demo() -> dict[str, str]:
    """The demo pharmacy's people, and a credential for the simulated prescriber.

    It has a partner of its own: whoever asks for a new token of `eprescribing` must not cut the
    simulator off.
    """
    at = datetime.now(UTC)
    load_demo(at=at)
    given = Partner.objects.select_related("pharmacy").get(name=DEMO_PARTNER)
    simulator, _ = Partner.objects.get_or_create(
        pharmacy=given.pharmacy,
        name=SIMULATED_PRESCRIBER,
        defaults={"token_hash": token_hash(new_token()), "may_send": given.may_send},
    )
    by = system_worker(given.pharmacy, now=at)
    token = partner_token(partner=simulator, by=by)
    found = {"prescriber token": token, "pharmacy number": given.pharmacy.ncpdp_id}
    for person in SIGN_INS:
        says = f"{person.name}, {person.role.value}: password {DEMO_PASSWORD}, PIN {person.pin}"
        found[f"sign-in {person.username}"] = says
    return found


@desk.command()
@click.option("--worker", "worker", help="user name of a person: the token acts as that person")
@click.option("--partner", "partner", help="name of an outside system; its old token ends")
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="with --partner: put this client certificate on file instead (PEM or DER)",
)
@click.option(
    "--end",
    metavar="WHAT",
    help="with --partner: end its `token`, or the certificate whose SHA-256 begins so",
)
@click.option("--json", "as_json", is_flag=True, help='print {"token": …}')
def token(
    worker: str | None,
    partner: str | None,
    certificate: Path | None,
    end: str | None,
    as_json: bool,
) -> None:
    """Print a new bearer token. It is shown this once and stored only as a hash."""
    if bool(worker) == bool(partner):
        raise click.UsageError("give either --worker NAME or --partner NAME")
    if certificate and not partner:
        raise click.UsageError("a certificate is a partner's: give --partner NAME with it")
    if end is not None and (certificate or not partner):
        raise click.UsageError("--end goes with --partner NAME alone")
    if end is not None:
        ended = _end_credential(partner or "", end)
        click.echo(json.dumps(ended) if as_json else "ended: {ended}".format_map(ended))
        return
    if certificate:
        held = _partner_certificate(partner or "", certificate.read_bytes())
        click.echo(json.dumps(held) if as_json else "{sha256} until {expires}".format_map(held))
        return
    made = _worker_token(worker) if worker else _partner_token(partner or "")
    click.echo(json.dumps({"token": made}) if as_json else made)


def _worker_token(name: str) -> str:
    person = Person.objects.filter(username=name, active=True).first()
    if person is None:
        known = Person.objects.filter(active=True).order_by("username")
        raise click.UsageError(_unknown("worker", name, [p.username for p in known]))
    stand_in(person.pharmacy_id)
    return worker_token(person=person, station="token", at=datetime.now(UTC))


def _partner_token(name: str) -> str:
    partner, by = _partner(name)
    return partner_token(partner=partner, by=by)


def _partner_certificate(name: str, raw: bytes) -> dict[str, str]:
    partner, by = _partner(name)
    try:
        held = add_certificate(partner=partner, raw=raw, by=by)
    except Refused as refusal:
        raise click.UsageError(str(refusal)) from refusal
    print_ = bytes(held.fingerprint).hex()
    return {"partner": name, "sha256": print_, "expires": held.expires_at.isoformat()}


def _end_credential(name: str, what: str) -> dict[str, str]:
    partner, by = _partner(name)
    try:
        if what == "token":
            end_partner_token(partner=partner, by=by)
            return {"partner": name, "ended": what}
        held = end_certificate(partner=partner, begins=what, by=by)
    except Refused as refusal:
        raise click.UsageError(str(refusal)) from refusal
    return {"partner": name, "ended": bytes(held.fingerprint).hex()}


def _partner(name: str) -> tuple[Partner, Worker]:
    """The one partner of that name, and the house itself in that partner's pharmacy."""
    found = list(Partner.objects.filter(name=name, active=True).select_related("pharmacy"))
    if not found:
        known = Partner.objects.filter(active=True).order_by("name")
        raise click.UsageError(_unknown("partner", name, [p.name for p in known]))
    if len(found) > 1:
        raise click.UsageError(f"{len(found)} pharmacies have a partner called {name!r}")
    stand_in(found[0].pharmacy_id)
    return found[0], system_worker(found[0].pharmacy, now=datetime.now(UTC))


def _unknown(kind: str, name: str, known: list[str]) -> str:
    return f"no {kind} called {name!r}; there are: {', '.join(known) or 'none yet'}"


def _journal(pharmacy: Pharmacy) -> list[str]:
    trusted = frozenset([signing_key(settings.DATA / "keys").public])
    return journal_faults(pharmacy_id=pharmacy.pk, trusted_keys=trusted)


def _books(pharmacy: Pharmacy) -> list[str]:
    return [
        *book_faults(pharmacy_id=pharmacy.pk),
        *book_differences(
            pharmacy_id=pharmacy.pk, zone=pharmacy.time_zone, today=datetime.now(UTC).date()
        ),
        *fill_faults(pharmacy_id=pharmacy.pk),
        *remittances.money_faults_now(pharmacy),
    ]


CHECKS: dict[str, Callable[[Pharmacy], list[str]]] = {
    "books": _books,
    "journal": _journal,
    "csos": ordering_desks.electronic_orders,
}


@desk.command()
@click.argument("what", type=click.Choice([*CHECKS, "all"]))
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def check(what: str, as_json: bool) -> None:
    """Prove books, journal or electronic orders, or name what is wrong (exit code 1)."""
    names = list(CHECKS) if what == "all" else [what]
    faults = list(_faults(names))
    if as_json:
        click.echo(json.dumps({"checked": names, "faults": faults}))
    else:
        for fault in faults:
            click.echo("{pharmacy}: {check}: {says}".format_map(fault))
        if not faults:
            click.echo(f"{' and '.join(names)}: nothing wrong")
    raise SystemExit(1 if faults else 0)


def _faults(names: list[str]) -> Iterator[dict[str, str]]:
    for pharmacy in Pharmacy.objects.order_by("pk"):
        stand_in(pharmacy.pk)
        for name in names:
            # One snapshot for a whole check: the house goes on working meanwhile.
            with transaction.atomic():
                says = CHECKS[name](pharmacy)
            for line in says:
                yield {"pharmacy": pharmacy.name, "check": name, "says": line}


if __name__ == "__main__":
    run_command(desk)
