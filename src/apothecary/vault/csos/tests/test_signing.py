"""Nobody signs an order who may not, nor with a certificate that does not hold."""

from dataclasses import replace
from datetime import timedelta

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused
from apothecary.vault.csos.certificates import Enrolled, end_certificate, register_certificate
from apothecary.vault.csos.models import CsosCertificate, CsosOrder
from apothecary.vault.csos.sealing import opened
from apothecary.vault.csos.signing import KeyFile, archive_problems, paper_of, sign_order
from apothecary.vault.csos.states import CsosState
from apothecary.vault.csos.tests.authority import DAY, PASSPHRASE, Authority
from apothecary.vault.csos.tests.desk import OrderDesk
from apothecary.vault.csos.trust import FOLDER, trust_of_installation
from apothecary.vault.orders.states import SignedAs
from apothecary.vault.orders.tests.desk import attorney, elsewhere, later

SECOND = timedelta(seconds=1)


@pytest.fixture
def desk(pharmacy, tmp_path):
    return OrderDesk(pharmacy, tmp_path / "trust")


def unsigned(order):
    order.refresh_from_db()
    return (order.state, order.raw, order.signed_at) == (CsosState.WRITTEN, None, None)


def test_the_registrant_signs_with_their_own_key(desk):
    order = desk.sign(desk.written(3, 2))
    assert (order.state, order.signed_as) == (CsosState.SIGNED, SignedAs.REGISTRANT)
    assert (order.signed_on, order.signed_by_id) == (TODAY, desk.boss.person_id)
    found = opened(bytes(order.raw), at=NOON)
    assert found.certificate == desk.key.certificate
    assert found.paper == paper_of(order)
    assert [item.packages for item in found.paper.items] == [3, 2]
    assert deeds("csosorder", order.pk)[-1] == "signed an electronic order"


def test_nothing_of_key_or_passphrase_is_kept(desk):
    order = desk.signed()
    assert b"PRIVATE" not in bytes(order.raw)
    said = "".join(str(each.details) for each in Entry.objects.all())
    assert PASSPHRASE not in said
    assert PASSPHRASE not in repr(KeyFile(b"raw", PASSPHRASE))
    columns = {field.name for field in CsosOrder._meta.get_fields()}
    assert not {name for name in columns if "key" in name or "pass" in name}


def test_who_holds_a_power_signs_with_their_own_certificate(desk, pharmacy):
    by = attorney(pharmacy)
    issued = desk.authority.issue("Phil Pharmacist", dea=desk.dea)
    desk.file(issued, of=Role.PHARMACIST)
    order = desk.sign(desk.written(), issued, by=by)
    assert order.signed_as == SignedAs.ATTORNEY
    assert order.power.person_id == by.person_id


def test_without_a_power_a_pharmacist_does_not_sign(desk, pharmacy):
    order = desk.written()
    issued = desk.authority.issue(dea=desk.dea)
    desk.file(issued, of=Role.PHARMACIST)
    assert "power-none" in refused(lambda: desk.sign(order, issued, by=pharmacy.pharmacist))
    assert unsigned(order)


def test_nobody_signs_with_anothers_key(desk, pharmacy):
    by, order, theirs = attorney(pharmacy), desk.written(), desk.key
    assert refused(lambda: desk.sign(order, theirs, by=by)) == {
        "csos-not-bearer": "certificate"
    }
    assert unsigned(order)


def test_a_certificate_that_is_not_on_file_does_not_sign(desk):
    order, issued = desk.written(), desk.authority.issue(dea=desk.dea)
    assert refused(lambda: desk.sign(order, issued)) == {"csos-not-on-file": "certificate"}
    assert unsigned(order)


def test_a_wrong_passphrase_opens_nothing(desk):
    order = desk.written()
    assert refused(lambda: desk.sign(order, passphrase="wrong")) == {
        "csos-passphrase": "passphrase"
    }
    assert unsigned(order)


def test_a_revoked_certificate_does_not_sign(desk):
    order, issued = desk.written(), desk.key
    desk.authority.revoke(issued, NOON - SECOND)
    desk.authority.lay(desk.folder)
    assert refused(lambda: desk.sign(order)) == {"csos-certificate-revoked": "certificate"}
    assert unsigned(order)


def test_without_a_revocation_list_of_today_nobody_signs(desk):
    order = desk.written()
    assert desk.key
    desk.authority.lay(desk.folder, crl=desk.authority.crl(until=NOON - SECOND))
    assert refused(lambda: desk.sign(order)) == {"csos-crl-old": "certificate"}
    for path in desk.folder.glob("*.crl"):
        path.unlink()
    assert refused(lambda: desk.sign(order)) == {"csos-crl-missing": "certificate"}
    assert unsigned(order)


def test_an_authority_that_is_no_longer_trusted_vouches_for_nobody(desk):
    order = desk.written()
    assert desk.key
    for path in desk.folder.iterdir():
        path.unlink()
    Authority("Another CA").lay(desk.folder)
    assert refused(lambda: desk.sign(order)) == {"csos-chain": "certificate"}
    assert unsigned(order)


def test_without_any_trust_signing_is_refused_with_the_reason(desk, monkeypatch):
    monkeypatch.delenv(FOLDER, raising=False)
    assert refused(trust_of_installation) == {"csos-no-trust": "certificate"}


def on_file(desk, **issuing):
    """A certificate that was in order when it was put on file."""
    issued = desk.authority.issue(dea=desk.dea, **issuing)
    desk.file(issued)
    return issued


def test_an_expired_certificate_does_not_sign_and_the_refusal_says_so_once(desk):
    issued, order = on_file(desk, until=NOON + DAY), desk.written()
    at = later(desk.boss, TODAY + 2 * DAY)
    assert refused(lambda: desk.sign(order, issued, by=at)) == {"csos-expired": "certificate"}
    assert unsigned(order)


def test_the_last_second_of_a_certificate_still_signs(desk):
    issued, order = on_file(desk, until=NOON), desk.written()
    assert desk.sign(order, issued).state == CsosState.SIGNED


def test_a_certificate_of_tomorrow_is_not_put_on_file_nor_signed_with(desk):
    issued = desk.authority.issue(dea=desk.dea, since=NOON + SECOND)
    assert refused(lambda: desk.file(issued)) == {"csos-not-yet-valid": "certificate"}


def test_a_certificate_signs_for_its_schedules_alone(desk, pharmacy):
    issued = on_file(desk, schedules="3,4,5")
    order = desk.written()
    assert refused(lambda: desk.sign(order, issued)) == {
        "csos-certificate-schedules": "certificate"
    }
    assert unsigned(order)
    plain = desk.begun()
    desk.add(plain, 1, "lisinopril")
    assert desk.sign(plain, issued).state == CsosState.SIGNED


def test_an_order_of_nothing_is_not_signed(desk):
    order = desk.begun()
    assert refused(lambda: desk.sign(order)) == {"csos-no-items": "items"}


def test_an_order_of_last_year_is_written_anew(desk):
    """Its number is of the year in which it was begun, not of that of its signature."""
    desk.authority.now = NOON + 45 * DAY
    order, issued = desk.written(), desk.key
    desk.authority.lay(desk.folder)
    at = later(desk.boss, TODAY + 45 * DAY)
    assert refused(lambda: desk.sign(order, issued, by=at)) == {
        "csos-number-year": "order_number"
    }


def test_an_ended_certificate_does_not_sign(desk):
    order = desk.written()
    assert desk.key
    certificate = CsosCertificate.objects.get(person_id=desk.boss.somebody)
    end_certificate(by=desk.boss, certificate_id=certificate.pk, because="a new one came")
    assert refused(lambda: desk.sign(order)) == {"csos-ended": "certificate"}


def test_an_order_is_signed_once(desk):
    order = desk.signed()
    before = bytes(order.raw)
    assert refused(lambda: desk.sign(order)) == {"csos-state": "state"}
    order.refresh_from_db()
    assert bytes(order.raw) == before


@pytest.mark.parametrize(
    "role", [Role.CLERK, Role.TRAINEE, Role.TECHNICIAN, Role.INTERN, Role.ADMINISTRATOR]
)
def test_a_technician_prepares_and_does_not_sign(desk, pharmacy, role):
    order = desk.written()
    assert desk.key
    not_allowed(lambda: desk.sign(order, by=pharmacy.workers[role]))
    assert unsigned(order)


def test_an_order_of_another_pharmacy_is_not_signed(desk, pharmacy):
    order, file = desk.written(), KeyFile(desk.key.file(), PASSPHRASE)
    theirs = elsewhere(pharmacy, Role.IN_CHARGE)
    act = lambda: sign_order(  # noqa: E731
        by=theirs, order_id=order.pk, key_file=file, trust=desk.trust
    )
    assert refused(act) == {"no-order": "order"}


def test_an_archived_order_stands_years_after_its_certificate_has_expired(desk):
    order = desk.signed()
    for path in desk.folder.iterdir():
        path.unlink()
    assert archive_problems(CsosOrder.objects.get(pk=order.pk)) == []


def test_an_order_that_is_not_signed_has_nothing_to_prove(desk):
    assert archive_problems(desk.written()) == []


def test_bytes_that_were_changed_in_the_archive_are_named(desk):
    order = desk.signed(3)
    order.raw = bytes(order.raw).replace(b"<Packages>3<", b"<Packages>9<")
    (problem,) = archive_problems(order)
    assert problem.code == "csos-changed"
    assert order.number in problem.says


def test_rows_that_say_something_else_than_the_bytes_are_named(desk):
    order = desk.signed(3)
    order.supplier_dea = "PC2222228"
    (problem,) = archive_problems(order)
    assert "rows" in problem.says


def test_another_signature_of_the_same_words_is_not_the_one_on_file(desk):
    order, other = desk.signed(3), on_file(desk)
    twin = desk.sign(desk.written(3), other)
    order.raw = twin.raw
    (problem,) = archive_problems(order)
    assert "another certificate" in problem.says


def refusal(act):
    with pytest.raises(Refused) as found:
        act()
    return found.value.problems


def test_a_certificate_of_another_registrant_is_not_put_on_file(desk):
    issued = desk.authority.issue(dea="RB1234563")
    (problem,) = refusal(lambda: desk.file(issued))
    assert problem.code == "csos-certificate-registrant"
    assert desk.dea in problem.says


def test_what_a_certificate_does_not_say_is_typed_and_marked_so(desk):
    issued = desk.authority.issue()
    enrolled = Enrolled(desk.boss.somebody, issued.pem)
    assert set(refused(lambda: desk.file(issued)).values()) == {"dea", "schedules"}
    typed = replace(enrolled, dea=desk.dea, schedules=frozenset({2}))
    row = register_certificate(by=desk.boss, enrolled=typed, trust=desk.trust)
    assert (row.said, row.dea, row.schedules) == ("typed", desk.dea, "2")
    assert desk.sign(desk.written(), issued).state == CsosState.SIGNED
