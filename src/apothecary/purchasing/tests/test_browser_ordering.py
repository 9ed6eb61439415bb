"""Ordering in a real browser: from the levels to what the wholesaler changed, by keys alone."""

import pytest

from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.purchasing.ordering.models import LineAnswer, Order, OrderLine
from apothecary.purchasing.states import Decided, OrderState
from apothecary.purchasing.tests.hands import linear, says, strikes, types
from apothecary.purchasing.tests.yard import yard_of
from apothecary.staff.duties import Role
from apothecary.stock.models import ShelfItem
from apothecary.wires.models import Outgoing
from apothecary.workbench.tests.test_scanner import strike

__all__ = ["page"]
pytestmark = BROWSER
# From the empty pad to an order in the outbox; it may only fall.
KEYS_TO_ORDER = 2


def kept(world, *drugs: str) -> None:
    """Only these are kept, with nothing of them on the shelf."""
    ShelfItem.objects.exclude(package__in=[world.drugs[drug] for drug in drugs]).delete()
    ShelfItem.objects.update(reorder_at=100, order_up_to=300)


def test_the_levels_become_an_order_in_the_outbox_in_two_keys(pharmacy, page):
    yard_of(pharmacy)
    kept(pharmacy, "lisinopril", "warfarin", "oxycodone")
    page.goto("/purchasing/")
    keys = 0
    for key in ("F2", "F10"):
        strikes(page, key)
        keys += 1
        if key == "F2":
            says(page, "Form 222")
    page.wait_for_url("**/purchasing/order/*/")
    assert keys <= KEYS_TO_ORDER
    order = Order.objects.get()
    assert order.state == OrderState.SENT
    assert Outgoing.objects.get(about="order").key == f"order-{order.pk}"
    assert set(order.lines.values_list("packages", flat=True)) == {3}


def test_what_was_typed_wrong_is_refused_above_the_pad_and_still_stands_in_its_field(
    pharmacy, page
):
    yard_of(pharmacy)
    page.goto("/purchasing/")
    page.keyboard.press("F4")
    types(page, pharmacy.drugs["oxycodone"].ndc)
    page.keyboard.press("Tab")
    types(page, "2")
    strikes(page, "Enter")
    says(page, "Form 222")
    assert page.locator("[name=ndc]").input_value() == pharmacy.drugs["oxycodone"].ndc
    assert not OrderLine.objects.exists()


def test_a_scan_at_the_empty_shelf_puts_one_package_on_the_pad(pharmacy, page):
    yard = yard_of(pharmacy)
    page.goto("/purchasing/")
    with page.expect_navigation():
        strike(page, linear(yard, "warfarin"))
    says(page, "1 lines, $11.00")
    assert OrderLine.objects.get().packages == 1


def test_a_short_is_taken_and_a_substitute_refused_by_keys_and_the_sentence_counts_them(
    pharmacy, page
):
    yard = yard_of(pharmacy)
    order = yard.sent(lisinopril=3, warfarin=2)
    short = [("IQ", 2), ("IB", 1)]
    yard.takes(yard.answer(order, ("lisinopril", 3, short), ("warfarin", 2, [("IS", 2)])))
    LineAnswer.objects.filter(said="substituted").update(
        package=pharmacy.drugs["lisinopril-brand"]
    )
    page.goto(f"/purchasing/order/{order.pk}/")
    says(page, "changed 3 things")
    strikes(page, "Alt+t")
    says(page, "changed 2 things")
    strikes(page, "Alt+t")
    says(page, "changed 1 thing: take or refuse each.")
    page.keyboard.press("Alt+w")
    types(page, "no brand")
    strikes(page, "Enter")
    said = LineAnswer.objects.order_by("pk").values_list("said", "decided", "because")
    assert [(one, decided) for one, decided, _ in said] == [
        ("short", Decided.TAKEN),
        ("back-ordered", Decided.TAKEN),
        ("substituted", Decided.REFUSED),
    ]
    assert LineAnswer.objects.get(said="substituted").because == "no brand"
    assert page.locator("[data-key='Alt+T']").count() == 0


def test_each_key_of_the_order_page_is_on_one_thing_only(pharmacy, page):
    yard = yard_of(pharmacy)
    order = yard.sent(lisinopril=3, warfarin=2, metformin=1)
    every = [(drug, n, [("IB", n)]) for drug, n in (("lisinopril", 3), ("warfarin", 2))]
    yard.takes(yard.answer(order, *every, ("metformin", 1, [("IR", 1)])))
    page.goto(f"/purchasing/order/{order.pk}/")
    keys = page.evaluate(
        "[...document.querySelectorAll('[data-key], [data-focus-key]')]"
        ".map(one => one.dataset.key || one.dataset.focusKey)"
    )
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.sits(Role.CLERK)
def test_a_clerk_is_told_in_words_that_the_pad_is_not_theirs(pharmacy, page):
    yard_of(pharmacy)
    answer = page.goto("/purchasing/")
    assert answer is not None
    assert answer.status == 403
    assert page.locator("[data-key=F10]").count() == 0


def test_an_order_is_called_off_with_its_reason_and_ordered_again_with_one_key(pharmacy, page):
    yard = yard_of(pharmacy)
    order = yard.sent(lisinopril=3)
    page.goto(f"/purchasing/order/{order.pk}/")
    page.locator("#f-because").focus()
    types(page, "twice")
    strikes(page, "Enter")
    says(page, "It is cancelled: twice.")
    strikes(page, "F10")
    page.wait_for_url("**/purchasing/")
    assert Order.objects.get(state=OrderState.DRAFT).lines.get().packages == 3
