"""A page is of one instant, however many questions it takes."""

from collections.abc import Callable
from threading import Thread

import pytest
from django.db import Error, connection, transaction

from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in
from apothecary.staff.snapshot import at_one_instant


def elsewhere(act: Callable[[], object], *, of: int) -> None:
    """Somebody at another station does it, and it is done when this returns."""

    def run() -> None:
        try:
            stand_in(of)
            act()
        finally:
            connection.close()

    other = Thread(target=run)
    other.start()
    other.join(timeout=30)
    assert not other.is_alive()


def name(of: int) -> str:
    return Pharmacy.objects.get(pk=of).name


@pytest.mark.django_db(transaction=True)
def test_what_others_write_meanwhile_is_seen_by_the_next_page_and_not_by_this_one(town):
    of = town.pharmacy.pk
    was = name(of)

    def renamed() -> None:
        Pharmacy.objects.filter(pk=of).update(name="New name")

    with at_one_instant():
        assert name(of) == was
        elsewhere(renamed, of=of)
        assert name(of) == was
    assert name(of) == "New name"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_by_who_reads_a_page(town):
    with pytest.raises(Error, match="read-only"), at_one_instant():
        Pharmacy.objects.update(name="x")
    assert name(town.pharmacy.pk) != "x"


@pytest.mark.django_db(transaction=True)
def test_an_open_transaction_goes_on_as_it_was_begun(town):
    of = town.pharmacy.pk
    with transaction.atomic():
        with at_one_instant():
            Pharmacy.objects.filter(pk=of).update(name="Ours")
        assert name(of) == "Ours"
    assert name(of) == "Ours"
