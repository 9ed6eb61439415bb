"""Schedule II is ordered electronically, shipped by the wholesaler, and comes in on its order.

The wholesaler answers over a real socket, and proves every signature with its own program.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.staff.models import Pharmacy
from apothecary.vault.csos.lines import desks_at
from apothecary.vault.csos.models import CsosOrder
from apothecary.vault.csos.order_xml import write_order
from apothecary.vault.csos.sealing import Holder, sealed
from apothecary.vault.csos.sending import CsosPost, send_order
from apothecary.vault.csos.signing import paper_of
from apothecary.vault.csos.states import CsosState
from apothecary.vault.csos.tests.desk import OrderDesk
from apothecary.vault.csos.writing import To
from simulators.tests.wholesale import DEA, Counter
from simulators.tests.wholesale_line import Line, ThreadedWholesalers
from simulators.wholesaler.catalogue import Catalogue, Item
from simulators.wholesaler.yard import Yard

CAPROCK = To("Caprock Drug", "1 Caprock Escarpment, Lubbock, TX 79401", "RC9001013")
OXYCODONE = Item("0406-0552-01", "399999", "OXYCODONE", "5 mg", "TABLET", "SpecGx LLC",
                 Decimal(100), "EA", "2", "room", Decimal("9.50"), "")  # fmt: skip


@pytest.fixture
def desk(pharmacy, tmp_path):
    Pharmacy.objects.filter(pk=pharmacy.pharmacy.pk).update(dea=DEA)
    pharmacy.pharmacy.refresh_from_db()
    return OrderDesk(pharmacy, tmp_path / "trust")


@pytest.fixture
def there(tmp_path) -> Iterator[Line]:
    """The wholesaler trusts the authority by its own copy of certificate and list."""

    def counter() -> Counter:
        made = Counter()
        sells = Catalogue((*made.shop.catalogue.items, OXYCODONE))
        made.shop = replace(made.shop, catalogue=sells)
        made.shop.clock.begin(TODAY)
        # Midday over there is noon here, an hour or more later.
        made.shop.clock.advance(12 * 3600)
        made.yard = Yard(made.shop, trust=tmp_path / "theirs")
        return made

    with ThreadedWholesalers(make=counter) as line:
        yield line


def signed(desk, packages=3):
    order = desk.begun(to=CAPROCK)
    desk.add(order, packages)
    shutil.copytree(desk.folder, desk.folder.parent / "theirs", dirs_exist_ok=True)
    return desk.sign(order)


def goes_out(desk, there, order, rounds=1):
    post = CsosPost(desks_at(f"{CAPROCK.dea}={there.base}/caprock/csos"))
    send_order(by=desk.world.technician, order_id=order.pk)
    for each in range(rounds):
        post.send_due(desk.world.pharmacy, NOON + timedelta(days=each))
    order.refresh_from_db()
    return order


def test_an_order_is_signed_sent_accepted_shipped_in_parts_and_received(desk, there):
    there.office("POST", "/faults", {"kind": "csos_partial"})
    order = goes_out(desk, there, signed(desk, 4))
    assert (order.state, order.supplier_number) == (CsosState.ACCEPTED, "CC000001")
    where = {"house": "caprock", "po": order.number}
    assert there.office("POST", "/ship", where) == (200, {"bottles": 2})
    desk.came(order, 2, key="r-1")
    assert CsosOrder.objects.get(pk=order.pk).state == CsosState.ACCEPTED
    assert there.office("POST", "/release", where) == (200, {"bottles": 2})
    desk.came(order, 2, key="r-2")
    assert CsosOrder.objects.get(pk=order.pk).state == CsosState.RECEIVED
    kinds = [one["kind"] for one in there.mailbox()]
    assert kinds == ["epcis", "epcis"]


def test_the_line_breaks_after_the_order_and_it_is_filled_once(desk, there):
    there.office("POST", "/faults", {"kind": "drop"})
    order = goes_out(desk, there, signed(desk), rounds=2)
    assert (order.state, order.supplier_number) == (CsosState.ACCEPTED, "CC000001")


def abuse(desk, there, raw):
    """What the wholesaler says of these bytes."""
    status, said = there.ask("POST", "/caprock/csos", raw, media="application/xml")
    return status, said.decode()


def test_the_wholesaler_turns_each_abuse_away_by_name(desk, there):
    order = signed(desk)
    raw, paper = bytes(order.raw), paper_of(order)
    key = desk.key

    def by(holder, **change):
        return sealed(write_order(replace(paper, **change)),
                      Holder(holder.key, holder.certificate, ()))  # fmt: skip

    stranger = type(desk.authority)(desk.authority.name)
    narrow = desk.authority.issue(dea=DEA, schedules="3,4,5")
    other = desk.authority.issue(dea="AB1234563")
    old = desk.authority.issue(dea=DEA, until=NOON - timedelta(hours=20))
    item = replace(paper.items[0], schedule=3)
    for code, sent in (
        ("signature", raw.replace(b"<Packages>3<", b"<Packages>9<")),
        ("signature", write_order(paper)),
        ("chain", by(stranger.issue(dea=DEA))),
        ("expired", by(old)),
        ("registrant", by(other)),
        ("schedule", by(narrow)),
        ("schedule", by(key, items=(item,))),
        ("supplier", by(key, supplier=replace(paper.supplier, dea="RG9001025"))),
        ("number", by(key, number="26Y000001")),
        ("date", by(key, signed_on=TODAY - timedelta(days=61))),
        ("date", by(key, signed_on=TODAY + timedelta(days=3))),
        ("items", by(key, items=(replace(paper.items[0], ndc="99999999999"),))),
    ):
        status, said = abuse(desk, there, sent)
        assert (status, f'"code": "{code}"' in said) == (200, True), (code, said)
    assert abuse(desk, there, b"<no/>")[0] == 422
    assert abuse(desk, there, raw)[0] == 200
    assert '"repeated"' in abuse(desk, there, by(key, purchaser=paper.purchaser))[1]


def test_a_revoked_certificate_and_a_list_out_of_date_stop_the_wholesaler_too(desk, there):
    order = signed(desk)
    theirs = desk.folder.parent / "theirs"
    desk.authority.lay(theirs, crl=desk.authority.crl(until=NOON - timedelta(days=1)))
    assert abuse(desk, there, bytes(order.raw))[0] == 503
    desk.authority.revoke(desk.key, NOON)
    desk.authority.lay(theirs)
    order = goes_out(desk, there, order)
    assert (order.state, order.answer_code) == (CsosState.REFUSED, "revoked")
