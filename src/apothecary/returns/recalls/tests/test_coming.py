"""Notices that come by themselves: out of a mailbox, and out of the drug file."""

import json
from datetime import date

import pytest

from apothecary.config.tests.world_days import NOON
from apothecary.drugs.batches import Batch
from apothecary.drugs.models import Package
from apothecary.drugs.official.written_codes import Written, product_key
from apothecary.drugs.side_tables import Recall as Published
from apothecary.drugs.side_tables import RecallCode
from apothecary.law.problem import Refused
from apothecary.returns.recalls.coming import (
    is_notice,
    look_after_recalls,
    packages_of,
    set_aside_notices,
    source_text,
    take_published,
    take_recall_paper,
)
from apothecary.returns.recalls.models import Recall, RecallHit
from apothecary.returns.recalls.states import Depth, RecallState
from apothecary.returns.recalls.taking import type_notice
from apothecary.returns.recalls.tests.notices import DRUG, NUMBER, paper, state_of, told, typed
from apothecary.returns.recalls.working import Meant, decide_lots
from apothecary.staff.worker import NotAllowed
from apothecary.stock.models import Lot, LotState
from apothecary.wires.models import Incoming

pytestmark = pytest.mark.django_db


def mail(world, *rows, raw=b"", by=None) -> bool:
    return take_recall_paper(
        by=by or world.system, partner="plains", raw=raw or paper(*rows), name="recall.json"
    )


def ndc(world, drug=DRUG) -> str:
    return world.drugs[drug].ndc


def publish(
    package: Package, lots="Lot L1", *, number=NUMBER, recall_class="II", status="Ongoing",
    codes=("listed product", "listed package"),
) -> Published:  # fmt: skip
    """A recall of the drug file with the codes it is about."""
    product = package.product
    common = {
        "source_id": product.source_id,
        "since": Batch.objects.get(pk=product.batch_id),
        "batch": Batch.objects.get(pk=product.batch_id),
    }
    for code in codes:
        place, kind = code.split()
        RecallCode.objects.create(
            number=number,
            place=place,
            code=package.ndc,
            product_key=product_key(product.labeler_code, product.product_code),
            package=package.package_code.zfill(2) if kind == "package" else "",
            **common,
        )
    row, _ = Published.objects.update_or_create(
        number=number,
        defaults={
            "recall_class": recall_class,
            "status": status,
            "firm": "Plains Pharma Inc.",
            "product": str(product),
            "lots": lots,
            "reason": "glass in the bottle",
            "initiated_on": date(2026, 11, 20),
            "reported_on": date(2026, 11, 22),
            **common,
        },
    )
    return row


# Out of a mailbox


def test_a_notice_of_a_mailbox_is_kept_raw_and_its_lot_is_held(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    raw = paper(told(ndc(pharmacy)))
    assert mail(pharmacy, raw=raw)
    recall = Recall.objects.get()
    assert (recall.number, recall.recall_class, recall.state) == (NUMBER, "II", "open")
    assert bytes(Incoming.objects.get().raw) == raw
    assert recall.incoming_id == Incoming.objects.get().pk
    assert state_of(lot)[0] == LotState.QUARANTINED
    assert source_text(recall) == "wholesaler’s mailbox"


def test_the_same_notice_from_three_mailboxes_is_one_recall(pharmacy):
    pharmacy.receive(DRUG, "100")
    for partner in ("plains", "hills", "coast"):
        take_recall_paper(
            by=pharmacy.system, partner=partner, raw=paper(told(ndc(pharmacy))), name="r"
        )
    assert (Recall.objects.count(), RecallHit.objects.count()) == (1, 1)
    assert Incoming.objects.count() == 3


@pytest.mark.parametrize(
    ("raw", "is_one"),
    [
        (b"ISA*00*", False),
        (b'{"credit": 1}', False),
        (b"", False),
        (b'{"results": [{"recall_number": "D-1"', True),
        (b'[{"recall_number"', True),
    ],
)
def test_what_is_no_notice_is_left_for_others(pharmacy, raw, is_one):
    assert is_notice(raw) == is_one
    assert mail(pharmacy, raw=raw or b" ") == is_one
    assert Incoming.objects.count() == int(is_one)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b'{"results": [{"recall_number": "D-1"', "cannot be read"),
        (b'{"recall_number": 1}', "results"),
        (b'{"results": ["recall_number"], "x": {"recall_number": 1}}', "results"),
        (b'{"results": {"recall_number": 1}}', "results"),
        (b"[" * 60_000 + b'"recall_number"', "cannot be read"),
    ],
)
def test_a_notice_that_cannot_be_read_is_kept_with_its_reason(pharmacy, raw, problem):
    assert mail(pharmacy, raw=raw)
    (aside,) = set_aside_notices(pharmacy_id=pharmacy.pharmacy.pk)
    assert problem in aside.problem
    assert bytes(Incoming.objects.get().raw) == raw
    assert not Recall.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"classification": "Class IX"}, "classification"),
        ({"recall_number": ""}, "recall_number"),
        ({"report_date": "20261399"}, "report_date"),
        ({"recalling_firm": None}, "recalling_firm"),
        ({"openfda": {"product_ndc": ["twelve"]}}, "openfda.product_ndc"),
        ({"code_info": ["L1"]}, "code_info"),
        ({"status": "Forgotten"}, "status"),
    ],
)
def test_a_notice_with_a_wrong_field_is_set_aside_by_its_name_and_nothing_of_it_is_done(
    pharmacy, changes, field
):
    lot = pharmacy.receive(DRUG, "100")
    mail(pharmacy, told(ndc(pharmacy), **changes))
    (aside,) = set_aside_notices(pharmacy_id=pharmacy.pharmacy.pk)
    assert field in aside.problem
    assert state_of(lot)[0] == LotState.AVAILABLE


def test_a_notice_about_no_drug_on_file_is_set_aside_once(pharmacy):
    for _ in range(2):
        mail(pharmacy, told("99999-123-45"))
    (aside,) = set_aside_notices(pharmacy_id=pharmacy.pharmacy.pk)
    assert aside.problem.count("about no drug on file") == 1


def test_of_a_paper_with_two_notices_each_is_worked_by_itself(pharmacy):
    mail(pharmacy, told(ndc(pharmacy)), told("99999-123-45", recall_number="D-0009-2026"))
    assert list(Recall.objects.values_list("number", flat=True)) == [NUMBER]
    assert len(set_aside_notices(pharmacy_id=pharmacy.pharmacy.pk)) == 1


def test_a_notice_whose_lots_are_not_certain_waits_for_a_person(pharmacy):
    lot = pharmacy.receive(DRUG, "100", lot="Z9")
    mail(pharmacy, told(ndc(pharmacy), "Lots A1 through A9"))
    assert Recall.objects.get().state == RecallState.DOUBTFUL
    assert state_of(lot)[0] == LotState.QUARANTINED


def test_a_clerk_takes_no_notice_in(pharmacy):
    with pytest.raises(NotAllowed):
        mail(pharmacy, told(ndc(pharmacy)), by=pharmacy.clerk)
    assert not Incoming.objects.exists()


# Which packages


def test_a_notice_that_lists_packages_is_about_those_and_one_that_names_a_product_about_all(
    pharmacy,
):
    package = pharmacy.drugs[DRUG]
    product = package.product
    key = product_key(product.labeler_code, product.product_code)
    narrow = Written(package.ndc, key, package.package_code.zfill(2))
    other = Written("other", key, "99")
    whole = Written("whole", key)
    assert packages_of([whole, narrow], []) == {package.pk}
    assert packages_of([whole, other], []) == frozenset()
    assert packages_of([whole], []) == {package.pk}
    assert packages_of([other], [whole]) == {package.pk}
    assert packages_of([], []) == frozenset()


# Out of the drug file


def test_an_open_recall_of_the_drug_file_is_taken_in_by_the_chore(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    publish(pharmacy.drugs[DRUG], recall_class="I")
    assert look_after_recalls(pharmacy.pharmacy, NOON) == 1
    recall = Recall.objects.get()
    assert (recall.source, recall.depth, recall.reason) == (
        "FDA",
        Depth.CONSUMER,
        "glass in the bottle",
    )
    assert state_of(lot)[0] == LotState.QUARANTINED
    assert look_after_recalls(pharmacy.pharmacy, NOON) == 0


@pytest.mark.parametrize("status", ["Terminated", "Completed"])
def test_a_recall_that_has_ended_is_not_begun(pharmacy, status):
    pharmacy.receive(DRUG, "100")
    publish(pharmacy.drugs[DRUG], status=status)
    assert take_published(by=pharmacy.system) == 0


def test_a_recall_of_what_this_pharmacy_never_kept_is_none_of_its_business(pharmacy):
    publish(pharmacy.drugs[DRUG])
    shelves = pharmacy.drugs[DRUG].shelfitem_set
    shelves.all().delete()
    assert take_published(by=pharmacy.system) == 0
    pharmacy.receive(DRUG, "100", lot="Z9")
    assert take_published(by=pharmacy.system) == 1


def test_a_recall_of_another_package_of_the_product_is_not_ours(pharmacy):
    publish(pharmacy.drugs[DRUG], codes=("listed product",))
    RecallCode.objects.filter(place="listed").update(package="99")
    assert take_published(by=pharmacy.system) == 0


def test_a_recall_published_with_a_worse_class_is_worked_anew(pharmacy):
    publish(pharmacy.drugs[DRUG], recall_class="III")
    take_published(by=pharmacy.system)
    publish(pharmacy.drugs[DRUG], recall_class="I", codes=())
    assert take_published(by=pharmacy.system) == 1
    assert Recall.objects.get().recall_class == "I"


def test_a_recall_published_with_more_lots_holds_them_too(pharmacy):
    first, second = (pharmacy.receive(DRUG, "100", lot=lot) for lot in ("L1", "L2"))
    publish(pharmacy.drugs[DRUG])
    look_after_recalls(pharmacy.pharmacy, NOON)
    publish(pharmacy.drugs[DRUG], "Lot L1, L2", codes=())
    look_after_recalls(pharmacy.pharmacy, NOON)
    assert {state_of(lot)[0] for lot in (first, second)} == {LotState.QUARANTINED}


def test_a_decision_stands_when_the_drug_file_is_loaded_again_without_a_change(pharmacy):
    lot = pharmacy.receive(DRUG, "100", lot="Z9")
    publish(pharmacy.drugs[DRUG], "Lots L1 through L9")
    look_after_recalls(pharmacy.pharmacy, NOON)
    meant = Meant(lots=("L1",), because="letter")
    decide_lots(by=pharmacy.pharmacist, recall_id=Recall.objects.get().pk, meant=meant)
    assert look_after_recalls(pharmacy.pharmacy, NOON) == 0
    assert state_of(lot)[0] == LotState.AVAILABLE


def test_a_recalled_lot_that_came_in_by_a_side_path_is_held_at_the_next_round(pharmacy):
    packages = frozenset({pharmacy.drugs[DRUG].pk})
    type_notice(by=pharmacy.technician, typed=typed(lots=("L9",)), packages=packages)
    with pytest.raises(Refused):
        pharmacy.receive(DRUG, "100", lot="L9")
    pharmacy.receive(DRUG, "100", lot="L8")
    Lot.objects.filter(number="L8").update(number="L9")
    assert look_after_recalls(pharmacy.pharmacy, NOON) == 1
    assert state_of(Lot.objects.get(number="L9"))[0] == LotState.QUARANTINED


def test_a_recall_of_the_other_pharmacys_packages_is_its_own(pharmacy):
    pharmacy.receive(DRUG, "100")
    publish(pharmacy.drugs[DRUG])
    assert look_after_recalls(pharmacy.other, NOON) == 0
    assert json.loads(paper())["results"] == []
