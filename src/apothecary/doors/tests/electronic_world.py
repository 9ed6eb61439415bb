"""Electronic orders standing where each endpoint would take them, and a right body for each."""

from base64 import b64encode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from apothecary.config.tests.world import World
from apothecary.config.tests.world_days import NOON
from apothecary.staff.duties import Role
from apothecary.vault.csos.answering import say_answer
from apothecary.vault.csos.certificates import end_certificate
from apothecary.vault.csos.models import CsosCertificate, CsosOrder
from apothecary.vault.csos.tests.desk import OrderDesk

BECAUSE = {"because": "because"}
SUPPLIER = {"name": "Plains Wholesale", "address": "1 Depot Road", "dea": "PB1111119"}
ALL, ONE = "/vault/electronic", "/vault/electronic/{order_id}"
CERTIFICATES = "/vault/certificates"
# Who signed the registration signs and ends them: the pharmacist in charge of this world.
SIGNED = frozenset(
    {
        *(f"{ONE}/{verb}" for verb in ("signed", "answer", "void", "lost")),
        f"{ALL}/lines/{{line_id}}/void",
        CERTIFICATES,
        f"{CERTIFICATES}/{{certificate_id}}/end",
        f"{CERTIFICATES}/{{certificate_id}}/reported",
    }
)
# An installation of the tests trusts nobody: these are proved where one does.
NEEDS_TRUST = frozenset({f"{ONE}/signed", CERTIFICATES})
AT = "2026-11-23T17:00:00Z"


def of_electronic(world: World, path: str) -> dict[str, object]:
    """The parts of an address: an order or a certificate as far as its verb needs it."""
    if "{" not in path:
        return {}
    with TemporaryDirectory() as folder:
        desk = OrderDesk(world, Path(folder))
        if path.startswith(CERTIFICATES):
            return {"certificate_id": certificate_of(desk, path).pk}
        order = order_for(desk, path)
    return {"order_id": order.pk, "line_id": order.lines.get(number=1).pk}


def certificate_of(desk: OrderDesk, path: str) -> CsosCertificate:
    """The registrant's own; ended, where it is to be reported."""
    row = desk.file(desk.authority.issue(dea=desk.dea))
    if path.endswith("/reported"):
        end_certificate(
            by=desk.boss, certificate_id=row.pk, because="lost", known_at=NOON.replace(hour=9)
        )
    return row


def order_for(desk: OrderDesk, path: str) -> CsosOrder:
    """An order as the act of that name would take it."""
    verb = path.rsplit("/", 1)[-1]
    if "/lines/" in path:
        order = desk.sent(1, 2)
        return say_answer(by=desk.boss, order_id=order.pk, accepted=True, because="told")
    if verb in {"lines", "drop", "signed"}:
        return desk.written(1, 2)
    if verb in {"send", "void"}:
        return desk.signed(1)
    sent = desk.sent(1)
    if verb == "lost":
        desk.written(2)
    return sent


def new_order_id(world: World | None) -> int | None:
    """The order in the place of a lost one, where it was begun."""
    if world is None:
        return None
    rows = CsosOrder.objects.filter(pharmacy=world.pharmacy, state="being written")
    return rows.values_list("pk", flat=True).order_by("-id").first()


def electronic_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """A right body for each, every field said."""
    person = world.people[Role.IN_CHARGE].pk if world else 1
    raw = b64encode(b"bytes").decode()
    return {
        ALL: SUPPLIER | {"number": "26XABC123"},
        f"{ONE}/lines": {"ndc": world.drugs["oxycodone"].ndc if world else "0", "packages": 3},
        f"{ONE}/signed": {"base64": raw},
        f"{ONE}/answer": BECAUSE | {"accepted": True},
        f"{ONE}/void": BECAUSE,
        f"{ALL}/lines/{{line_id}}/void": BECAUSE,
        f"{ONE}/lost": BECAUSE | {"not_received": True, "new_order_id": new_order_id(world)},
        CERTIFICATES: {"person_id": person, "base64": raw, "dea": "PB1111119",
                       "schedules": [2, 3]},
        f"{CERTIFICATES}/{{certificate_id}}/end": BECAUSE | {
            "known_at": AT, "reported_at": AT},
        f"{CERTIFICATES}/{{certificate_id}}/reported": {"reported_at": AT},
    }  # fmt: skip
