"""Electronic orders by program: a key never travels, each act asks its duty and its state."""

from base64 import b64decode, b64encode

import pytest

from apothecary.doors.tests.program import Program, codes, fields
from apothecary.staff.duties import Role
from apothecary.vault.csos.models import CsosCertificate, CsosOrder
from apothecary.vault.csos.order_xml import parsed, read_order
from apothecary.vault.csos.sealing import Holder, sealed
from apothecary.vault.csos.signing import archive_problems
from apothecary.vault.csos.states import CsosState
from apothecary.vault.csos.tests.desk import PLAINS, OrderDesk
from apothecary.vault.csos.trust import FOLDER

AT = "/vault/electronic"


@pytest.fixture
def desk(pharmacy, tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path / "trust"))
    return OrderDesk(pharmacy, tmp_path / "trust")


@pytest.fixture
def tech(pharmacy):
    return Program(pharmacy, Role.TECHNICIAN)


@pytest.fixture
def boss(pharmacy):
    return Program(pharmacy, Role.IN_CHARGE)


def signs(desk, raw, issued=None):
    """What a program of the bearer's does, far from this house."""
    issued = issued or desk.key
    return sealed(raw, Holder(issued.key, issued.certificate, ()))


def base64(raw):
    return {"base64": b64encode(raw).decode()}


def to_sign(boss, order):
    answer = boss.get(f"{AT}/{order.pk}/to-sign")
    assert answer.status_code == 200, answer.content
    return b64decode(answer.json()["base64"])


def state(order):
    return CsosOrder.objects.get(pk=order.pk).state


def test_an_order_goes_its_way_by_program_and_its_key_stays_where_it_is(
    desk, tech, boss, pharmacy
):
    to = {"name": PLAINS.name, "address": PLAINS.address, "dea": PLAINS.dea}
    made = tech.post(AT, to).json()
    assert (made["number"], made["state"]) == ("26X000001", "being written")
    here = f"{AT}/{made['id']}"
    line = {"ndc": pharmacy.drugs["oxycodone"].ndc, "packages": 3}
    tech.post(f"{here}/lines", line)
    assert len(tech.post(f"{here}/lines", line).json()["items"]) == 2
    assert len(tech.post(f"{here}/drop").json()["items"]) == 1
    order = CsosOrder.objects.get()
    raw = to_sign(boss, order)
    assert read_order(parsed(raw)).number == "26X000001"
    signed = boss.post(f"{here}/signed", base64(signs(desk, raw))).json()
    assert (signed["state"], signed["signed_as"]) == ("signed", "registrant")
    assert (signed["signed_by"], signed["faults"]) == (desk.boss.name, [])
    order.refresh_from_db()
    assert archive_problems(order) == []
    assert tech.post(f"{here}/send").json()["state"] == "sent"
    told = boss.post(f"{here}/answer", {"accepted": True, "because": "by telephone"}).json()
    assert (told["state"], told["answer"]) == ("accepted", "by telephone")
    item = told["items"][0]["id"]
    ended = boss.post(f"{AT}/lines/{item}/void", {"because": "none in stock"}).json()
    assert ended["items"][0]["void_because"] == "none in stock"
    assert [row["number"] for row in tech.get(AT).json()] == ["26X000001"]
    assert tech.get(AT).json()[0]["ordered"] == 3


def test_there_is_no_address_that_takes_a_key_or_a_passphrase(desk, boss):
    order = desk.written()
    body = base64(desk.key.file()) | {"passphrase": "a long passphrase"}
    assert boss.post(f"{AT}/{order.pk}/sign", body).status_code == 404
    none = boss.post(f"{AT}/{order.pk}/signed", body)
    assert (none.status_code, codes(none)) == (409, {"csos-unsigned"})
    assert fields(none) == {"signed"}
    assert state(order) == CsosState.WRITTEN


def test_what_was_changed_between_the_signature_and_here_is_not_taken(desk, boss):
    order = desk.written(3)
    raw = signs(desk, to_sign(boss, order)).replace(b">3</Packages>", b">9</Packages>")
    answer = boss.post(f"{AT}/{order.pk}/signed", base64(raw))
    assert codes(answer) == {"csos-unsigned"}
    assert state(order) == CsosState.WRITTEN


def test_a_signature_for_another_order_or_of_another_day_does_not_stand_here(desk, boss):
    order, other = desk.written(3), desk.written(3)
    raw = signs(desk, to_sign(boss, other))
    assert codes(boss.post(f"{AT}/{order.pk}/signed", base64(raw))) == {"csos-other-order"}
    yesterday = to_sign(boss, order).replace(b"2026-11-23", b"2026-11-22")
    late = boss.post(f"{AT}/{order.pk}/signed", base64(signs(desk, yesterday)))
    assert codes(late) == {"csos-other-order"}
    assert {state(order), state(other)} == {CsosState.WRITTEN}


def test_an_order_that_was_changed_after_the_bytes_were_fetched_is_signed_anew(desk, boss):
    order = desk.written(3)
    raw = signs(desk, to_sign(boss, order))
    desk.add(order, 2)
    assert codes(boss.post(f"{AT}/{order.pk}/signed", base64(raw))) == {"csos-other-order"}


def test_anothers_key_a_strange_one_and_a_revoked_one_sign_nothing_by_program(desk, boss):
    order = desk.written()
    raw = to_sign(boss, order)
    strange = desk.authority.issue(dea=desk.dea)
    answer = boss.post(f"{AT}/{order.pk}/signed", base64(signs(desk, raw, strange)))
    assert codes(answer) == {"csos-not-on-file"}
    theirs = desk.authority.issue("Phil Pharmacist", dea=desk.dea)
    desk.file(theirs, of=Role.PHARMACIST)
    answer = boss.post(f"{AT}/{order.pk}/signed", base64(signs(desk, raw, theirs)))
    assert codes(answer) == {"csos-not-bearer"}
    desk.authority.revoke(desk.key, desk.boss.at)
    desk.authority.lay(desk.folder)
    answer = boss.post(f"{AT}/{order.pk}/signed", base64(signs(desk, raw)))
    assert codes(answer) == {"csos-certificate-revoked"}
    assert state(order) == CsosState.WRITTEN


def test_what_was_signed_once_is_not_signed_again(desk, boss):
    order = desk.signed()
    assert codes(boss.get(f"{AT}/{order.pk}/to-sign")) == {"csos-state"}
    raw = bytes(CsosOrder.objects.get(pk=order.pk).raw or b"")
    assert codes(boss.post(f"{AT}/{order.pk}/signed", base64(raw))) == {"csos-state"}


def test_a_technician_neither_fetches_what_is_to_be_signed_nor_signs_it(desk, tech, boss):
    order = desk.written()
    assert tech.get(f"{AT}/{order.pk}/to-sign").status_code == 403
    raw = signs(desk, to_sign(boss, order))
    assert tech.post(f"{AT}/{order.pk}/signed", base64(raw)).status_code == 403
    assert state(order) == CsosState.WRITTEN


def test_without_any_trust_nothing_signed_is_taken(desk, boss, monkeypatch):
    order = desk.written()
    raw = signs(desk, to_sign(boss, order))
    monkeypatch.delenv(FOLDER)
    assert codes(boss.post(f"{AT}/{order.pk}/signed", base64(raw))) == {"csos-no-trust"}


def test_the_same_number_twice_is_refused_by_its_field(desk, tech):
    body = {"name": PLAINS.name, "address": PLAINS.address, "dea": PLAINS.dea}
    first = tech.post(AT, body | {"number": "26xelm001"})
    assert first.json()["number"] == "26XELM001"
    again = tech.post(AT, body | {"number": "26XELM001"})
    assert (again.status_code, codes(again)) == (409, {"csos-number-twice"})
    assert fields(again) == {"order_number"}
    assert CsosOrder.objects.count() == 1


def test_an_order_that_is_not_here_is_no_order(desk, boss):
    assert codes(boss.get(f"{AT}/999999")) == {"no-order"}
    assert codes(boss.post(f"{AT}/999999/void", {"because": "x"})) == {"no-order"}


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("void", {"because": "x"}),
        ("answer", {"because": "x", "accepted": True}),
        ("lost", {"because": "x", "not_received": True}),
    ],
)
def test_how_an_order_ends_is_said_by_who_may_sign(desk, tech, verb, body):
    order = desk.sent()
    assert tech.post(f"{AT}/{order.pk}/{verb}", body).status_code == 403
    assert state(order) == CsosState.SENT


def test_a_lost_order_names_the_one_in_its_place(desk, boss):
    order, new = desk.sent(), desk.written()
    stated = {"because": "never came", "not_received": True, "new_order_id": new.pk}
    answer = boss.post(f"{AT}/{order.pk}/lost", stated).json()
    assert (answer["state"], answer["replaced_by"]) == ("lost", new.number)
    assert answer["ended_because"] == "never came"


def test_what_came_stands_beside_its_item(desk, tech):
    order = desk.sent(3)
    desk.came(order, 2)
    items = tech.get(f"{AT}/{order.pk}").json()["items"]
    assert items[0]["came"] == [{"packages": 2, "received_on": "2026-11-23"}]


def test_a_certificate_is_put_on_file_ended_and_reported_by_program(desk, boss, tech):
    issued = desk.authority.issue(dea=desk.dea)
    body = base64(issued.pem) | {"person_id": desk.boss.person_id}
    assert tech.post("/vault/certificates", body).status_code == 403
    made = boss.post("/vault/certificates", body).json()
    assert (made["dea"], made["schedules"]) == (desk.dea, [2, 3, 4, 5])
    here = f"/vault/certificates/{made['id']}"
    known = {"because": "my bag was stolen", "known_at": "2026-11-23T16:00:00Z"}
    assert tech.post(f"{here}/end", known).status_code == 403
    assert boss.post(f"{here}/end", known).json()["ended_because"] == "my bag was stolen"
    assert codes(boss.post(f"{here}/end", known)) == {"csos-ended"}
    early = boss.post(f"{here}/reported", {"reported_at": "2026-11-23T15:59:59Z"})
    assert (codes(early), fields(early)) == ({"bad-instant"}, {"reported_at"})
    told = boss.post(f"{here}/reported", {"reported_at": "2026-11-23T17:00:00Z"})
    assert told.json()["reported_at"].startswith("2026-11-23T17:00:00")
    assert [row["id"] for row in tech.get("/vault/certificates").json()] == [made["id"]]


def test_a_key_file_is_not_put_on_file_as_a_certificate(desk, boss):
    body = base64(desk.authority.issue(dea=desk.dea).file())
    answer = boss.post("/vault/certificates", body | {"person_id": desk.boss.person_id})
    assert (answer.status_code, codes(answer)) == (409, {"no-certificate"})
    assert not CsosCertificate.objects.exists()
