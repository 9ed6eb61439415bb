"""The pages of electronic orders: what their buttons do, what they refuse, what they show."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apothecary.staff.duties import Role
from apothecary.vault.csos.models import CsosCertificate, CsosOrder
from apothecary.vault.csos.states import CsosState
from apothecary.vault.csos.tests.authority import PASSPHRASE
from apothecary.vault.csos.tests.desk import PLAINS, OrderDesk
from apothecary.vault.csos.trust import FOLDER
from apothecary.vault.orders.tests.pages_of_orders import client_of, text

AT = "/vault/electronic/"


@pytest.fixture
def desk(pharmacy, tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path / "trust"))
    return OrderDesk(pharmacy, tmp_path / "trust")


@pytest.fixture
def tech(pharmacy):
    return client_of(pharmacy)


@pytest.fixture
def boss(pharmacy):
    return client_of(pharmacy, Role.IN_CHARGE)


def file_of(raw, name="key.p12"):
    return SimpleUploadedFile(name, raw)


def state(order):
    return CsosOrder.objects.get(pk=order.pk).state


def signs(client, order, raw, passphrase=PASSPHRASE):
    sent = {"passphrase": passphrase} | ({"key_file": file_of(raw)} if raw else {})
    return client.post(f"{AT}{order.pk}/sign", sent)


def test_an_order_goes_its_way_by_the_buttons(desk, tech, boss, pharmacy):
    typed = {"supplier_name": PLAINS.name, "supplier_address": PLAINS.address,
             "supplier_dea": PLAINS.dea}  # fmt: skip
    answer = tech.post(f"{AT}begin", typed)
    order = CsosOrder.objects.get()
    assert answer["Location"] == f"{AT}{order.pk}/"
    code = pharmacy.drugs["oxycodone"].ndc
    tech.post(f"{AT}{order.pk}/line", {"code": code, "packages": "3"})
    tech.post(f"{AT}{order.pk}/line", {"code": code, "packages": "9"})
    tech.post(f"{AT}{order.pk}/drop")
    assert [line.packages for line in order.lines.all()] == [3]
    assert "Sign" not in text(tech.get(f"{AT}{order.pk}/")).split("Who and when")[0]
    assert signs(boss, order, desk.key.file()).status_code == 302
    assert state(order) == CsosState.SIGNED
    shown = text(boss.get(f"{AT}{order.pk}/"))
    assert "stands" in shown
    assert desk.boss.name in shown
    assert desk.authority.name in shown
    assert tech.post(f"{AT}{order.pk}/send").status_code == 302
    assert state(order) == CsosState.SENT
    assert order.number in text(tech.get(AT))


@pytest.mark.parametrize(
    ("raw", "passphrase", "says"),
    [(b"", PASSPHRASE, "Choose your key file"), (b"none", "x", "does not open")],
)
def test_a_signature_that_is_refused_says_why_and_changes_nothing(
    desk, boss, raw, passphrase, says
):
    order = desk.written()
    answer = signs(boss, order, raw, passphrase)
    assert answer.status_code == 409
    assert says in text(answer)
    assert state(order) == CsosState.WRITTEN


def test_without_trust_the_page_says_that_nobody_is_trusted(desk, boss, monkeypatch):
    order, key = desk.written(), desk.key.file()
    monkeypatch.delenv(FOLDER)
    answer = signs(boss, order, key)
    assert answer.status_code == 409
    assert "No authority is trusted here" in text(answer)


def test_a_technician_is_turned_away_from_the_signature(desk, tech):
    order = desk.written()
    assert signs(tech, order, desk.key.file()).status_code == 403
    assert state(order) == CsosState.WRITTEN


def test_the_certificate_is_put_on_file_by_the_pharmacist_in_charge(desk, boss, tech):
    issued = desk.authority.issue(dea=desk.dea)
    sent = {"person": str(desk.boss.person_id)}
    there = f"{AT}certificates/register"
    assert tech.post(there, sent | {"file": file_of(issued.pem)}).status_code == 403
    assert boss.post(there, sent).status_code == 409
    assert boss.post(there, sent | {"file": file_of(issued.pem)}).status_code == 302
    row = CsosCertificate.objects.get()
    shown = text(tech.get(f"{AT}certificates/"))
    assert row.serial in shown
    assert "in the certificate" in shown


def test_an_order_is_void_or_lost_with_its_reason(desk, boss, tech):
    order, sent = desk.signed(), desk.sent()
    assert tech.post(f"{AT}{order.pk}/void", {"because": "x"}).status_code == 403
    assert boss.post(f"{AT}{order.pk}/void", {"because": ""}).status_code == 409
    boss.post(f"{AT}{order.pk}/void", {"because": "wrong supplier"})
    assert state(order) == CsosState.VOID
    assert "wrong supplier" in text(boss.get(f"{AT}{order.pk}/"))
    new = desk.written()
    stated = {"not_received": "on", "because": "never came", "new_order": new.number.lower()}
    missing = boss.post(f"{AT}{sent.pk}/lost", stated | {"new_order": "26X999999"})
    assert missing.status_code == 409
    boss.post(f"{AT}{sent.pk}/lost", stated)
    assert state(sent) == CsosState.LOST
    assert new.number in text(boss.get(f"{AT}{sent.pk}/"))


def test_an_answer_that_nobody_could_read_is_said_by_hand(desk, boss):
    order = desk.sent()
    boss.post(f"{AT}{order.pk}/answer", {"accepted": "no", "because": "they called"})
    assert state(order) == CsosState.REFUSED
    assert "they called" in text(boss.get(f"{AT}{order.pk}/"))


def test_what_is_not_here_is_not_shown(desk, tech):
    assert tech.get(f"{AT}999999/").status_code == 404
    assert "No electronic order was written here yet" in text(tech.get(AT))
    assert "No certificate is on file" in text(tech.get(f"{AT}certificates/"))
