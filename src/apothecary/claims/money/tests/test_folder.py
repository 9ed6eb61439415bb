"""The drop folder and the proof."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection

from apothecary.claims.money.folder import take_in
from apothecary.claims.money.models import Difference, RemittanceFile
from apothecary.claims.money.proof import money_faults
from apothecary.claims.money.reading import LARGEST_BYTES
from apothecary.claims.money.tests.books import billed, line, load, posted, proved
from apothecary.claims.money.tests.samples import Sent, file_of
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry


def drop(pharmacy, folder) -> int:
    return take_in(pharmacy.pharmacy, folder, pharmacy.system.at)


def test_files_of_the_folder_are_posted_or_refused_and_moved_away(pharmacy, tmp_path):
    own = tmp_path / pharmacy.pharmacy.ncpdp_id
    own.mkdir()
    (own / "1.x12").write_bytes(file_of(Sent((line(billed(pharmacy, "9.25")),))))
    (own / "2.x12").write_bytes(b"nothing")
    (own / ".half").write_bytes(b"ISA*00")
    assert drop(pharmacy, tmp_path) == 2
    assert posted(pharmacy) == 1
    assert [path.name[-5:] for path in (own / "posted").iterdir()] == ["1.x12"]
    assert [path.name[-5:] for path in (own / "refused").iterdir()] == ["2.x12"]
    assert (own / ".half").exists()
    assert drop(pharmacy, tmp_path) == 0
    assert proved(pharmacy)


def test_the_same_bytes_dropped_again_are_posted_once_and_lost_nowhere(pharmacy, tmp_path):
    own, raw = (
        tmp_path / pharmacy.pharmacy.ncpdp_id,
        file_of(Sent((line(billed(pharmacy, "9.25")),))),
    )
    own.mkdir()
    for name in ("a", "b"):
        (own / name).write_bytes(raw)
    assert drop(pharmacy, tmp_path) == 2
    assert (posted(pharmacy), RemittanceFile.objects.count()) == (1, 1)
    assert len(list((own / "posted").iterdir())) == 2


def test_a_file_too_large_to_take_is_not_read_and_lies_among_the_refused(pharmacy, tmp_path):
    own = tmp_path / pharmacy.pharmacy.ncpdp_id
    own.mkdir()
    for _ in range(2):
        with (own / "big").open("wb") as big:
            # A hole: so long and nothing on the disk.
            big.truncate(LARGEST_BYTES + 1)
        assert drop(pharmacy, tmp_path) == 1
    found = sorted(path.name for path in (own / "refused").iterdir())
    assert found == ["0-big", "0-big+"]
    assert not RemittanceFile.objects.exists()
    said = Entry.objects.filter(deed=Deed.REMITTANCE_REFUSED)
    told = [str(one.details) for one in said]
    assert [f"{LARGEST_BYTES + 1} bytes" in one for one in told] == [True, True]


def test_a_folder_that_is_not_there_holds_nothing(pharmacy, tmp_path):
    assert drop(pharmacy, tmp_path / "none") == 0


def faults(pharmacy) -> list[str]:
    later = pharmacy.system.at + timedelta(days=1)
    return money_faults(pharmacy_id=pharmacy.pharmacy.pk, at=later)


def force(statement: str) -> None:
    """What nobody can do through the house: change what was posted."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE claims_payment DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE claims_payment ENABLE TRIGGER USER")


def test_a_changed_line_is_named_with_its_remittance(pharmacy):
    load(pharmacy, Sent((line(billed(pharmacy, "9.25")),)))
    assert faults(pharmacy) == []
    force("UPDATE claims_payment SET usd = usd + 0.01")
    assert "T1" in faults(pharmacy)[0]
    assert "9.26" in faults(pharmacy)[0]


def test_a_difference_that_is_not_on_the_list_is_named_and_the_other_way(pharmacy):
    load(pharmacy, Sent((line(billed(pharmacy, "9.25"), "4.25"),)))
    assert faults(pharmacy) == []
    Difference.objects.update(usd=Decimal("1.00"))
    assert "$5.00 paid short" in faults(pharmacy)[0]
    Difference.objects.all().delete()
    assert "on the list $0" in faults(pharmacy)[0]
    even = billed(pharmacy, "0.00")
    Difference.objects.create(
        pharmacy=pharmacy.pharmacy,
        kind="paid short",
        claim=even,
        usd=Decimal(1),
        found_at=pharmacy.system.at,
    )
    assert "its account is even" in faults(pharmacy)[-1]
