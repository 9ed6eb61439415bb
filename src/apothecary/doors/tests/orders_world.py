"""Forms 222 standing where each endpoint would take them, and a right body for each."""

from typing import Any

from apothecary.config.tests.world import World
from apothecary.staff.duties import Role
from apothecary.vault.orders.models import Form222
from apothecary.vault.orders.tests.desk import begun, line, registrant, sent, signed, written

BECAUSE = {"because": "because"}
TODAY = "2026-11-23"
SUPPLIER = {"name": "Plains Wholesale", "address": "1 Depot Road", "dea": "PB1111119"}
ORDER = "/vault/orders/{form_id}"
# Who signed the registration signs and ends them: the pharmacist in charge of this world.
NEW = "230000002"
ENDS = ("sign", "void", "cancel", "lost")
SIGNED = frozenset(
    {
        *(f"{ORDER}/{verb}" for verb in ENDS),
        *(
            "/vault/orders/lines/{line_id}/void",
            "/vault/orders/taken-over",
            "/vault/registrant",
        ),
    }
)


def of_orders(world: World, path: str) -> dict[str, object]:
    """The parts of an address: a form as far as its verb needs it."""
    verb = path.rsplit("/", 1)[-1]
    if verb == "taken-over":
        registrant(world)
    if "{" not in path:
        return {}
    if verb in {"lines", "drop"}:
        return {"form_id": written(world, 1, 2).pk}
    if verb == "sign":
        registrant(world)
        return {"form_id": written(world, 1).pk}
    if verb == "send":
        return {"form_id": signed(world, 1).pk}
    form = sent(world, 1, 2)
    if verb == "lost":
        line(world, begun(world, NEW))
    return {"form_id": form.pk, "line_id": form.lines.get(number=1).pk}


def new_form_id(world: World | None) -> int | None:
    """The form in the place of a lost one, where it was begun."""
    if world is None:
        return None
    rows = Form222.objects.filter(pharmacy=world.pharmacy, serial=NEW)
    return rows.values_list("pk", flat=True).first()


def orders_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """A right body for each, every field said."""
    ndc = world.drugs["oxycodone"].ndc if world else "0"
    person = world.people[Role.IN_CHARGE].pk if world else 1
    one_line = {"ndc": ndc, "packages": 3}
    return {
        "/vault/orders": SUPPLIER | {"serial": "230000003"},
        "/vault/orders/taken-over": SUPPLIER | BECAUSE | {
            "serial": "230000004", "signed_on": TODAY, "signed_by": "Olivia Owner",
            "signed_as": "registrant", "lines": [one_line | {"came_before": 1}]},
        "/vault/registrant": {"person_id": person, "since": TODAY},
        f"{ORDER}/lines": one_line,
        f"{ORDER}/sign": {"lines_completed": 1, "signed_on": TODAY},
        f"{ORDER}/send": {"copy_kept": True},
        f"{ORDER}/void": BECAUSE | {"defects": ["altered"]},
        "/vault/orders/lines/{line_id}/void": BECAUSE,
        f"{ORDER}/cancel": BECAUSE,
        f"{ORDER}/lost": BECAUSE | {"not_received": True, "new_form_id": new_form_id(world)},
        f"{ORDER}/endorsed": {
            "name": "Coast Wholesale", "address": "2 Pier Street", "dea": "PC2222228",
            "endorsed_on": TODAY},
    }  # fmt: skip
