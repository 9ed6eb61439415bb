"""At the door: a lot that a notice holds does not go in, nor one that nobody can exclude."""

import pytest

from apothecary.law.problem import Refused
from apothecary.purchasing.receiving.facts import recalled
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tests.test_receiving import at, recall_of
from apothecary.stock.models import PlaceKind
from apothecary.stock.recalled.holding import EVERY_LOT, hold_recalled, lift_recalled

pytestmark = pytest.mark.django_db
DRUG, NOTICE = "lisinopril", "D-1-2026"


@pytest.fixture
def receipt(yard):
    return yard.begun(yard.sent(lisinopril=9))


def hold(yard, *lots):
    hold_recalled(
        by=yard.world.system,
        package_id=yard.world.drugs[DRUG].pk,
        recall=NOTICE,
        lots=lots,
        says=f"It is recalled by {NOTICE}.",
    )


def why(yard, lot) -> str:
    package = yard.world.drugs[DRUG]
    return recalled(package, lot, pharmacy_id=yard.world.pharmacy.pk)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Lot L7, exp 06/28", "Lot L7 is under recall D-1-2026"),
        ("Lots l-7; M8", "Lot L7 is under recall"),
        ("All lots within expiry", "Lot L7 is under recall"),
        ("Lots L1 through L9", "Lot L7 may be under recall"),
        ("", "Lot L7 may be under recall"),
        ("Lot L77", ""),
        ("Lot 12-345A, (AB123)", ""),
    ],
)
def test_a_published_recall_stops_the_lots_it_names_and_those_it_may_mean(yard, text, says):
    recall_of(yard.world.drugs[DRUG], text, status="Ongoing")
    assert why(yard, "L7").startswith(says)
    assert bool(why(yard, "L7")) == bool(says)


def test_a_lot_that_the_house_holds_is_refused_though_no_list_has_it(yard, receipt):
    hold(yard, "L7")
    with pytest.raises(Refused, match=NOTICE) as refusal:
        yard.takes_in(receipt, yard.came())
    assert {one.code for one in refusal.value.problems} == {"recalled"}
    assert not ReceivedPackage.objects.exists()
    yard.takes_in(receipt, yard.came(), condition=Condition.RECALLED)
    assert at(yard, PlaceKind.QUARANTINE) == 100


def test_what_a_pharmacist_decided_goes_before_the_text_of_the_notice(yard, receipt):
    recall_of(yard.world.drugs[DRUG], "Lots L1 through L9", status="Ongoing")
    hold(yard, EVERY_LOT)
    assert why(yard, "L7")
    lift_recalled(by=yard.world.pharmacist, recall=NOTICE)
    hold(yard, "L3")
    assert why(yard, "L3")
    assert yard.takes_in(receipt, yard.came()).is_good


def test_another_notice_about_the_package_is_read_all_the_same(yard):
    recall_of(yard.world.drugs[DRUG], "Lot L7", status="Ongoing")
    hold_recalled(
        by=yard.world.system,
        package_id=yard.world.drugs[DRUG].pk,
        recall="D-2-2026",
        lots=["L1"],
        says="another",
    )
    assert NOTICE in why(yard, "L7")
