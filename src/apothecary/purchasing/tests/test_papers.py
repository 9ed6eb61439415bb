"""Papers that come: once, for us, whole, adding up, about what we know; else set aside."""

import pytest

from apothecary.law.problem import Refused
from apothecary.purchasing.matching.models import Invoice
from apothecary.purchasing.ordering.models import LineAnswer, Order
from apothecary.purchasing.papers.models import Interchange, Paper
from apothecary.purchasing.papers.taking import dismiss_paper, load_paper, take_in, try_again
from apothecary.purchasing.receiving.models import NoticeItem, ShipNotice
from apothecary.purchasing.states import OrderState
from apothecary.purchasing.wholesalers.actions import dismiss_item, tie_item
from apothecary.purchasing.wholesalers.models import CatalogueItem, ItemPrice
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.models import Move
from apothecary.wires.models import Incoming, Outgoing
from apothecary.wires.x12 import read, read_acknowledgement
from apothecary.wires.x12.build import Row, SetDraft

RECEIPT = "x12-997"


@pytest.fixture
def order(yard) -> Order:
    return yard.sent(lisinopril=3)


def aside(yard, *sets: SetDraft) -> str:
    """Why the one paper was set aside; its bytes are kept and nothing is moved."""
    (paper,) = yard.takes(*sets)
    assert bytes(paper.interchange.incoming.raw).startswith(b"ISA")
    assert not Move.objects.exists()
    assert paper.problem
    return paper.problem


# Once, and a receipt for each


def test_what_came_is_kept_as_it_came_and_acknowledged(yard, order):
    raw = yard.raw(yard.answer(order, ("lisinopril", 3, [("IA", 3)])), control=77)
    yard.takes_raw(raw)
    assert bytes(Incoming.objects.get().raw) == raw
    out = Outgoing.objects.get(format=RECEIPT)
    (said,) = read(bytes(out.raw)).sets()
    verdict = read_acknowledgement(said)
    assert (verdict.functional, verdict.control, verdict.status) == ("PR", "77", "A")


def test_the_same_paper_twice_is_one_paper_and_one_receipt(yard, order):
    raw = yard.raw(yard.answer(order, ("lisinopril", 3, [("IB", 3)])))
    first, again = yard.takes_raw(raw), yard.takes_raw(raw)
    assert first == again
    assert (Interchange.objects.count(), LineAnswer.objects.count()) == (1, 1)
    assert Outgoing.objects.filter(format=RECEIPT).count() == 1


def test_a_control_number_used_again_for_other_content_is_set_aside(yard, order):
    yard.takes(yard.answer(order, ("lisinopril", 3, [("IB", 3)])), control=88)
    (paper,) = yard.takes(yard.answer(order, ("lisinopril", 3, [("IA", 3)])), control=88)
    assert "used before" in paper.problem
    assert LineAnswer.objects.get().packages == 3
    assert Incoming.objects.count() == 2


def test_papers_of_one_interchange_stand_each_for_itself(yard, order):
    good = yard.answer(order, ("lisinopril", 3, [("IA", 3)]))
    bad = SetDraft("855", [("BAK", "00", "AC", "PO999999", "20261123"), ("CTT", "0")])
    papers = yard.takes(good, bad)
    assert [bool(paper.problem) for paper in papers] == [False, True]
    order.refresh_from_db()
    assert order.state == OrderState.ACKNOWLEDGED


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_takes_no_paper_in(yard, role):
    with pytest.raises(NotAllowed):
        take_in(by=yard.world.workers[role], wholesaler=yard.wholesaler, raw=b"x")
    assert not Incoming.objects.exists()


# Not for us, not whole, not known


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"garbage", "must begin with ISA"),
        (b"ISA*00*", "is cut short"),
        (b"\xff\x00" * 50, "must begin with ISA"),
    ],
)
def test_what_is_no_interchange_is_kept_with_its_reason(yard, raw, says):
    (paper,) = yard.takes_raw(raw)
    assert says in paper.problem
    assert bytes(paper.interchange.incoming.raw) == raw
    assert not Outgoing.objects.filter(format=RECEIPT).exists()


def test_a_paper_of_somebody_else_is_set_aside(yard, order):
    answer = yard.answer(order, ("lisinopril", 3, [("IA", 3)]))
    (paper,) = yard.takes_raw(yard.raw(answer, sender="ZZ:STRANGER"))
    assert "ISA06" in paper.problem
    assert not LineAnswer.objects.exists()


@pytest.mark.parametrize("cut", [0.35, 0.6, 0.85, 0.97])
def test_a_document_cut_off_in_the_middle_changes_nothing(yard, order, cut):
    raw = yard.raw(
        yard.notice(order, ("lisinopril", 3, "L7")), yard.answer(order, ("lisinopril", 3, []))
    )
    whole = raw.index(b"ST*")
    yard.takes_raw(raw[: whole + int((raw.index(b"SE*") - whole) * cut)])
    assert not ShipNotice.objects.exists()
    assert Paper.objects.exclude(problem="").exists()


def test_an_answer_for_another_account_is_set_aside(yard, order):
    says = aside(yard, yard.answer(order, ("lisinopril", 3, [("IA", 3)]), account="9"))
    assert "'9' is not our account" in says
    assert not LineAnswer.objects.exists()


def test_a_ship_notice_for_another_store_is_set_aside(yard, order):
    says = aside(yard, yard.notice(order, ("lisinopril", 3, "L7"), ship_to="0099999"))
    assert "party ST" in says
    assert not ShipNotice.objects.exists()


def test_a_shipment_announced_twice_is_announced_once(yard, order):
    yard.announced(order, ("lisinopril", 3, "L7"))
    assert "announced before" in aside(yard, yard.notice(order, ("lisinopril", 3, "L7")))
    assert NoticeItem.objects.count() == 1


def test_a_paper_about_an_order_we_never_sent_is_set_aside(yard, order):
    draft = yard.padded(lisinopril=1)
    for unknown in (draft.po, "PO424242", "X"):
        says = aside(
            yard, yard.invoice(order, ("lisinopril", 3, "2.11"), po=unknown, number=unknown)
        )
        assert "is no order of ours" in says
    assert not Invoice.objects.exists()


def test_an_answer_about_a_line_we_never_ordered_is_set_aside_whole(yard, order):
    answer = yard.answer(order, ("lisinopril", 3, [("IA", 3)]))
    rows = [
        ("PO1", "9", "3", "EA", "1", "", "VN", "777") if row[0] == "PO1" else row
        for row in answer.body
    ]
    assert "is not on PO" in aside(yard, SetDraft("855", rows))
    assert not LineAnswer.objects.exists()


def test_an_invoice_that_does_not_add_up_is_set_aside_to_the_cent(yard, order):
    says = aside(yard, yard.invoice(order, ("lisinopril", 3, "2.11"), total="6.34"))
    assert "6.34" in says
    assert "6.33" in says
    assert not Invoice.objects.exists()


def test_an_invoice_sent_twice_under_one_number_is_a_duplicate(yard, order):
    yard.takes(yard.invoice(order, ("lisinopril", 3, "2.11")))
    says = aside(yard, yard.invoice(order, ("lisinopril", 2, "2.11")))
    assert "duplicate" in says
    assert str(Invoice.objects.get().total_usd) == "6.33"


def test_a_paper_for_an_order_that_was_called_off_is_set_aside(yard, order):
    Order.objects.update(state=OrderState.CANCELLED.value)
    assert "is cancelled" in aside(yard, yard.notice(order, ("lisinopril", 3, "L7")))


# The receipts of our orders


def receipt_for(order: Order, status: str, *, control: int | None = None) -> SetDraft:
    """A 997 about the group our order went out in."""
    number = str(control or order.control)
    rows = [
        ("AK1", "PO", number),
        ("AK2", "850", "0001"),
        *([("AK3", "N1", "4", "", "8")] if status == "R" else []),
        ("AK5", status, *(("5",) if status == "R" else ())),
        ("AK9", status, "1", "1", "0" if status == "R" else "1"),
    ]
    return SetDraft("997", rows)


def test_a_receipt_is_written_down_and_answered_with_none(yard, order):
    (paper,) = yard.takes(receipt_for(order, "A"))
    order.refresh_from_db()
    assert (paper.problem, order.receipt_at is not None) == ("", True)
    assert order.state == OrderState.SENT
    assert not Outgoing.objects.filter(format=RECEIPT).exists()


def test_an_order_whose_bytes_were_refused_is_over_and_says_where(yard, order):
    yard.takes(receipt_for(order, "R"))
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert "N1 (segment 4)" in order.because


def test_a_receipt_for_nothing_of_ours_is_set_aside(yard, order):
    assert "no order went out" in aside(yard, receipt_for(order, "A", control=4242))


# Catalogues


def catalogue(*items: tuple[str, str, str], account: str = "0012345") -> SetDraft:
    """An 832: number, NDC and price of each item."""
    rows: list[Row] = [
        ("BCT", "PS", "CAT1"),
        ("REF", "IA", account),
        ("DTM", "007", "20261101"),
    ]
    for place, (number, ndc, price) in enumerate(items, start=1):
        rows += [
            ("LIN", str(place), "N4", ndc, "VN", number),
            ("PID", "F", "", "", "", f"ITEM {number}"),
            ("CTP", "", "CON", price, "1", "EA"),
        ]
    rows.append(("CTT", str(len(items))))
    return SetDraft("832", rows)


def test_a_catalogue_ties_what_it_knows_and_makes_no_drug_of_the_rest(yard, pharmacy):
    known = pharmacy.drugs["metformin"].ndc11
    (paper,) = yard.takes(catalogue(("K1", known, "2.40"), ("U1", "99999999901", "7.00")))
    assert paper.problem == ""
    assert "1 set aside" in paper.notes
    tied, unknown = (CatalogueItem.objects.get(item_number=n) for n in ("K1", "U1"))
    assert tied.package == pharmacy.drugs["metformin"]
    assert (unknown.package, "does not know NDC" in unknown.problem) == (None, True)


def test_a_price_that_changes_is_a_new_row_that_says_what_it_was(yard, pharmacy):
    known = pharmacy.drugs["metformin"].ndc11
    yard.takes(catalogue(("K1", known, "2.40")))
    yard.takes(catalogue(("K1", known, "2.40")))
    assert ItemPrice.objects.filter(item__item_number="K1").count() == 1
    changed = catalogue(("K1", known, "2.60"))
    body = [("DTM", "007", "20261120") if row[0] == "DTM" else row for row in changed.body]
    yard.takes(SetDraft("832", body))
    last = ItemPrice.objects.filter(item__item_number="K1").order_by("-starts_on").first()
    assert last is not None
    assert (str(last.usd), str(last.was_usd)) == ("2.6000", "2.4000")


def test_the_prices_of_the_340b_account_stand_apart(yard, pharmacy):
    known = pharmacy.drugs["metformin"].ndc11
    other = catalogue(("K1", known, "1.40"), account="0012345B")
    yard.takes(catalogue(("K1", known, "2.40")), other)
    found = dict(
        ItemPrice.objects.filter(item__item_number="K1").values_list("programme", "usd")
    )
    assert {key: str(usd) for key, usd in found.items()} == {"own": "2.4000", "340b": "1.4000"}


def test_a_person_says_which_drug_an_item_is_or_dismisses_it(yard, pharmacy):
    yard.takes(catalogue(("U1", "99999999901", "7.00"), ("U2", "99999999902", "8.00")))
    first, second = (CatalogueItem.objects.get(item_number=n) for n in ("U1", "U2"))
    tie_item(by=yard.by, item_id=first.pk, ndc=pharmacy.drugs["metformin"].ndc)
    with pytest.raises(Refused, match="why"):
        dismiss_item(by=yard.by, item_id=second.pk, because="")
    dismiss_item(by=yard.by, item_id=second.pk, because="pet food")
    with pytest.raises(Refused, match="not set aside"):
        tie_item(by=yard.by, item_id=first.pk, ndc=pharmacy.drugs["metformin"].ndc)


# What a person does with a paper that stands aside


def test_a_paper_is_done_when_what_it_lacked_is_there(yard, order):
    Order.objects.update(state=OrderState.CANCELLED.value)
    (paper,) = yard.takes(yard.notice(order, ("lisinopril", 3, "L7")))
    Order.objects.update(state=OrderState.SENT.value)
    assert try_again(by=yard.by, paper_id=paper.pk).problem == ""
    assert ShipNotice.objects.get().number == "SH1"
    with pytest.raises(Refused, match="not set aside"):
        try_again(by=yard.by, paper_id=paper.pk)


def test_a_paper_is_dismissed_with_a_reason_and_keeps_its_bytes(yard, order):
    (paper,) = yard.takes(yard.notice(order, ("lisinopril", 3, "L7"), ship_to="9"))
    with pytest.raises(Refused, match="why"):
        dismiss_paper(by=yard.by, paper_id=paper.pk, because=" ")
    dismiss_paper(by=yard.by, paper_id=paper.pk, because="told them")
    assert Incoming.objects.count() == 1
    with pytest.raises(Refused, match="not set aside"):
        dismiss_paper(by=yard.by, paper_id=paper.pk, because="again")


def test_an_empty_file_is_refused_before_it_is_kept(yard):
    with pytest.raises(Refused, match="empty"):
        load_paper(by=yard.by, wholesaler_id=yard.wholesaler.pk, raw=b" \n", name="a")
    assert not Incoming.objects.exists()
