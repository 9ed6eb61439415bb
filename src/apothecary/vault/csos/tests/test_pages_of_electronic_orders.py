"""The pages of electronic orders: what their buttons do, what they refuse, what they show."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apothecary.staff.duties import Role
from apothecary.vault.book.tests.hands import refused
from apothecary.vault.csos import queries
from apothecary.vault.csos.certificates import end_certificate, note_reported
from apothecary.vault.csos.ending import void_line, void_order
from apothecary.vault.csos.models import CsosCertificate, CsosOrder
from apothecary.vault.csos.signing import bytes_to_sign
from apothecary.vault.csos.states import CsosState
from apothecary.vault.csos.tests.authority import PASSPHRASE
from apothecary.vault.csos.tests.desk import PLAINS, OrderDesk
from apothecary.vault.csos.trust import FOLDER
from apothecary.vault.orders.tests.desk import elsewhere
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


TYPED = {"supplier_name": "Coast Wholesale", "supplier_address": "2 Pier Street"}


def test_a_refused_order_keeps_what_was_typed_with_the_reason_beside_its_field(desk, tech):
    answer = tech.post(f"{AT}begin", TYPED | {"supplier_dea": "PC2222229"})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert 'value="Coast Wholesale"' in html
    assert 'value="2 Pier Street"' in html
    assert 'value="PC2222229"' in html
    wrong = html.split('name="supplier_dea"')[1].split("</div>")[0]
    assert "aria-invalid" in wrong
    assert not CsosOrder.objects.exists()


def test_a_supplier_of_an_earlier_order_is_chosen_and_not_typed_again(desk, tech):
    desk.begun()
    assert PLAINS.name in text(tech.get(AT))
    answer = tech.post(f"{AT}begin", {"known": PLAINS.dea})
    assert answer.status_code == 302
    last = CsosOrder.objects.order_by("-id")[0]
    assert (last.supplier_name, last.supplier_address) == (PLAINS.name, PLAINS.address)
    both = tech.post(f"{AT}begin", TYPED | {"known": PLAINS.dea})
    assert "One supplier an order" in text(both)
    strange = tech.post(f"{AT}begin", {"known": "PC2222228"})
    assert "No order went to that supplier" in text(strange)
    assert CsosOrder.objects.count() == 2


def test_an_item_that_is_refused_keeps_its_code_and_names_the_packages(desk, tech, pharmacy):
    order, ndc = desk.begun(), pharmacy.drugs["oxycodone"].ndc
    answer = tech.post(f"{AT}{order.pk}/line", {"code": ndc, "packages": "0"})
    assert answer.status_code == 409
    assert f'value="{ndc}"' in answer.content.decode()
    assert not order.lines.exists()


def test_a_passphrase_is_never_written_back_into_the_page(desk, boss):
    order = desk.written()
    answer = signs(boss, order, b"none", "my secret words")
    assert answer.status_code == 409
    assert "my secret words" not in answer.content.decode()


def test_what_the_supplier_voids_is_said_item_by_item(desk, boss, tech):
    order = desk.sent(1, 2)
    boss.post(f"{AT}{order.pk}/answer", {"accepted": "yes", "because": "they called"})
    first = order.lines.get(number=1)
    there, said = f"{AT}{order.pk}/void-line", {"line": str(first.pk), "because": "none left"}
    assert tech.post(there, said).status_code == 403
    assert "Say what the supplier says" in text(boss.post(there, said | {"because": ""}))
    assert "is no line" in text(boss.post(there, said | {"line": "one"}))
    assert boss.post(there, said).status_code == 302
    first.refresh_from_db()
    assert first.void_because == "none left"
    again = boss.post(there, said)
    assert (again.status_code, "is void since" in text(again)) == (409, True)
    assert "void: none left" in text(boss.get(f"{AT}{order.pk}/"))


def test_a_certificate_is_ended_by_its_bearer_and_reported_to_its_authority(desk, boss, tech):
    row = desk.file(desk.authority.issue(dea=desk.dea))
    here = f"{AT}certificates/"
    assert f"End {desk.boss.name}" in text(boss.get(here))
    assert f"End {desk.boss.name}" not in text(tech.get(here))
    said = {"because": "stolen with my bag", "known_at": "2026-11-22T09:00"}
    assert tech.post(f"{here}{row.pk}/end", said).status_code == 403
    ahead = boss.post(f"{here}{row.pk}/end", said | {"known_at": "2027-01-01T09:00"})
    assert "That is still to come" in text(ahead)
    assert "stolen with my bag" in ahead.content.decode()
    assert boss.post(f"{here}{row.pk}/end", said).status_code == 302
    shown = text(boss.get(here))
    assert "stolen with my bag" in shown
    assert "Tell the authority" in shown
    there = f"{here}{row.pk}/reported"
    assert tech.post(there, {"reported_at": "2026-11-22T10:00"}).status_code == 403
    assert "Say when it was told" in text(boss.post(there, {"reported_at": ""}))
    before = boss.post(there, {"reported_at": "2026-11-22T08:59"})
    assert "after it is known" in text(before)
    assert boss.post(there, {"reported_at": "2026-11-22T10:00"}).status_code == 302
    assert "Tell the authority" not in text(boss.get(here))
    row.refresh_from_db()
    assert row.reported_at is not None


def test_another_pharmacys_order_and_certificate_are_not_here(desk, pharmacy):
    row, order = desk.file(desk.authority.issue(dea=desk.dea)), desk.written()
    by = elsewhere(pharmacy, Role.IN_CHARGE)
    for act in (
        lambda: void_order(by=by, order_id=order.pk, because="x"),
        lambda: void_line(by=by, line_id=order.lines.get().pk, because="x"),
        lambda: end_certificate(by=by, certificate_id=row.pk, because="x"),
        lambda: note_reported(by=by, certificate_id=row.pk, reported_at=by.at),
        lambda: bytes_to_sign(by=by, order_id=order.pk),
    ):
        assert set(refused(act)) & {"no-order", "no-line", "no-certificate"}
    assert queries.standing(pharmacy_id=by.pharmacy_id, order_id=order.pk) is None
    assert state(order) == CsosState.WRITTEN
