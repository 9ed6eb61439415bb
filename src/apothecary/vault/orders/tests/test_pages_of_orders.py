"""The pages of Form 222: what stands on them, what their buttons do, what they refuse."""

import re
from datetime import timedelta

import pytest

from apothecary.config.tests.world_days import TODAY
from apothecary.journal.models import Entry
from apothecary.staff.duties import Role
from apothecary.vault.orders.arriving import undo_arrival
from apothecary.vault.orders.models import Form222, Form222Line
from apothecary.vault.orders.states import FormState
from apothecary.vault.orders.tests.desk import (
    COAST,
    PLAINS,
    attorney,
    begun,
    registrant,
    sent,
    signed,
    written,
)
from apothecary.vault.orders.tests.pages_of_orders import (
    TYPED,
    beside,
    client_of,
    comes,
    text,
)

DAY = timedelta(days=1)


@pytest.fixture
def tech(pharmacy):
    return client_of(pharmacy)


@pytest.fixture
def boss(pharmacy):
    return client_of(pharmacy, Role.IN_CHARGE)


# The way of a form by its buttons


def test_a_form_goes_by_its_buttons_from_its_number_to_the_supplier(pharmacy, tech, boss):
    registrant(pharmacy)
    answer = tech.post("/vault/orders/begin", TYPED)
    form = Form222.objects.get()
    here = f"/vault/orders/{form.pk}/"
    assert (answer.status_code, answer.url) == (302, here)
    found = tech.get(here, {"q": "oxyco"})
    package = pharmacy.drugs["oxycodone"].pk
    assert f'<option value="{package}" selected>' in found.content.decode()
    line = {"package": package, "packages": "3", "q": "oxyco"}
    assert tech.post(f"{here}line", line).status_code == 302
    assert (
        boss.post(f"{here}sign", {"lines_completed": "1", "signed_on": str(TODAY)}).url == here
    )
    assert tech.post(f"{here}send", {"copy_kept": "yes"}).url == here
    form.refresh_from_db()
    assert (form.state, form.lines_completed) == (FormState.SENT, 1)
    said = text(tech.get(here))
    assert "3 of 3 packages are to come until" in said
    assert "60 of 60 days left" in said


def test_the_list_tells_days_left_and_what_is_to_come(pharmacy, tech):
    sent(pharmacy, 3, 2)
    comes(pharmacy, 1)
    answer = tech.get("/vault/orders/")
    said = text(answer)
    assert "230000001 Plains Wholesale sent" in said
    assert "2 5 1 4" in said
    assert "60 of 60 days left" in answer.content.decode()


def test_a_form_past_its_days_is_named_on_top_with_what_comes_no_more(pharmacy, tech):
    form = written(pharmacy, 3)
    Form222.objects.filter(pk=form.pk).update(
        state="sent", signed_on=TODAY - 61 * DAY, signed_by_name="X", signed_as="registrant",
        lines_completed=1,
    )  # fmt: skip
    said = text(tech.get("/vault/orders/"))
    assert "3 packages on it come no more" in said
    assert "come no more" in text(tech.get(f"/vault/orders/{form.pk}/"))


def test_what_came_is_told_by_line_with_both_people_and_what_was_taken_back(pharmacy, tech):
    form = sent(pharmacy, 3)
    comes(pharmacy, 2, "r1")
    comes(pharmacy, 1, "r2")
    undo_arrival(by=pharmacy.technician, key="r2", because="other tote")
    answer = tech.get(f"/vault/orders/{form.pk}/")
    said = text(answer)
    names = [pharmacy.people[role].name for role in (Role.TECHNICIAN, Role.PHARMACIST)]
    assert f"by {names[0]} with {names[1]}" in said
    assert "taken back: other tote" in said
    assert "2 of 3, 1 to come" in answer.content.decode()


def test_a_search_shows_packages_of_schedule_ii_alone(pharmacy, tech):
    form = begun(pharmacy)
    here = f"/vault/orders/{form.pk}/"
    assert "Nothing of Schedule II answers" in text(tech.get(here, {"q": "lisinopril"}))
    assert "oxycodone" in text(tech.get(here, {"q": "oxycodone"}))
    by_code = tech.get(here, {"q": pharmacy.drugs["oxycodone"].ndc})
    assert pharmacy.drugs["oxycodone"].ndc in text(by_code)


def test_the_last_line_is_taken_off_by_its_button(pharmacy, tech):
    form = written(pharmacy, 3, 2)
    tech.post(f"/vault/orders/{form.pk}/drop")
    assert form.lines.count() == 1


# Refused beside its field, with the law


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"serial": "23"}, "serial", "nine|9 digits"),
        ({"supplier_name": ""}, "supplier_name", "who the supplier is"),
        ({"supplier_address": ""}, "supplier_address", "where the supplier is"),
        ({"dea": "PB1111118"}, "dea", "check digit"),
    ],
)
def test_what_is_wrong_with_a_new_form_stands_beside_its_field(
    pharmacy, tech, change, field, says
):
    answer = tech.post("/vault/orders/begin", TYPED | change)
    assert answer.status_code == 409
    assert re.search(says, beside(answer, field))
    assert not Form222.objects.exists()
    assert TYPED["supplier_name"] in answer.content.decode() or "supplier_name" in change


def test_the_same_number_twice_is_refused_beside_the_number_and_written_down(pharmacy, tech):
    begun(pharmacy)
    answer = tech.post("/vault/orders/begin", TYPED)
    assert "on file already" in beside(answer, "serial")
    assert "21 CFR 1305.11" in beside(answer, "serial")
    assert Entry.objects.filter(details__contains="form222-twice").exists()


def test_the_supplier_of_an_earlier_form_is_chosen_and_not_typed_again(pharmacy, tech):
    form = begun(pharmacy)
    tech.post("/vault/orders/begin", {"serial": "230000002", "known": str(form.pk)})
    assert Form222.objects.get(serial="230000002").supplier_dea == PLAINS.dea
    wrong = tech.post("/vault/orders/begin", {"serial": "230000003", "known": "999999"})
    assert "No such Form 222" in beside(wrong, "known")
    both = TYPED | {"serial": "230000003", "known": str(form.pk), "dea": COAST.dea}
    assert "One supplier a form" in beside(tech.post("/vault/orders/begin", both), "known")
    assert Form222.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"lines_completed": "2"}, "lines_completed", "2 lines were completed; 1 were"),
        ({"lines_completed": ""}, "lines_completed", "Say the last line completed"),
        ({"lines_completed": "one"}, "lines_completed", "no whole number"),
        ({"signed_on": str(TODAY + DAY)}, "signed_on", "still to come"),
        ({"signed_on": str(TODAY - DAY)}, "signed_on", "not signed before"),
    ],
)
def test_what_is_wrong_with_a_signature_stands_beside_its_field(
    pharmacy, boss, typed, field, says
):
    registrant(pharmacy, since=TODAY - 9 * DAY)
    form = written(pharmacy, 3)
    good = {"lines_completed": "1", "signed_on": str(TODAY)}
    answer = boss.post(f"/vault/orders/{form.pk}/sign", good | typed)
    assert answer.status_code == 409
    assert says in beside(answer, field)
    form.refresh_from_db()
    assert form.state == FormState.WRITTEN


def test_who_may_not_sign_sees_why_with_its_law_and_no_button(pharmacy, tech):
    form = written(pharmacy, 3)
    said = text(tech.get(f"/vault/orders/{form.pk}/"))
    assert "You do not sign it" in said
    assert "21 CFR 1305.05" in said
    assert "Sign it" not in said
    unattorneyed = text(client_of(pharmacy, Role.PHARMACIST).get(f"/vault/orders/{form.pk}/"))
    assert "No power of attorney to sign orders for Schedule II is on file" in unattorneyed
    attorney(pharmacy)
    assert "Sign it" in text(
        client_of(pharmacy, Role.PHARMACIST).get(f"/vault/orders/{form.pk}/")
    )


def test_a_technician_signs_voids_cancels_and_takes_over_nothing(pharmacy, tech):
    registrant(pharmacy)
    form = sent(pharmacy, 3)
    for act in ("sign", "void", "cancel", "lost", "void-line"):
        assert tech.post(f"/vault/orders/{form.pk}/{act}", {"because": "x"}).status_code == 403
    assert tech.post("/vault/orders/taken-over", {}).status_code == 403
    form.refresh_from_db()
    assert form.state == FormState.SENT


def test_without_a_copy_nothing_goes_out_and_the_page_says_so(pharmacy, tech):
    form = signed(pharmacy, 3)
    answer = tech.post(f"/vault/orders/{form.pk}/send", {})
    assert "Keep a copy before the original goes" in text(answer)
    form.refresh_from_db()
    assert form.state == FormState.SIGNED


def test_a_form_of_no_pharmacy_of_ours_is_nowhere(pharmacy, tech):
    assert tech.get("/vault/orders/999999/").status_code == 404
    assert tech.post("/vault/orders/999999/drop").status_code == 404


# How it ends


@pytest.mark.parametrize("defect", ["incomplete", "illegible", "altered", "erased"])
def test_each_defect_of_the_law_makes_a_form_void_by_its_page(pharmacy, boss, defect):
    form = sent(pharmacy, 3)
    here = f"/vault/orders/{form.pk}/"
    page = boss.get(here, {"act": "void"})
    assert f'name="defects" value="{defect}"' in page.content.decode()
    boss.post(f"{here}void", {"act": "void", "because": "seen", "defects": [defect]})
    form.refresh_from_db()
    assert (form.state, form.defects) == (FormState.VOID, defect)
    assert f"Seen on the paper: {defect}" in text(boss.get(here))


def test_a_refused_end_comes_back_with_what_was_ticked(pharmacy, boss):
    form = sent(pharmacy, 3)
    typed = {"act": "void", "because": "", "defects": ["altered"]}
    answer = boss.post(f"/vault/orders/{form.pk}/void", typed)
    assert answer.status_code == 409
    assert "Say why it is void" in beside(answer, "because")
    assert 'value="altered" checked' in answer.content.decode()


def test_one_line_is_void_and_the_rest_goes_on(pharmacy, boss):
    form = sent(pharmacy, 3, 2)
    first = form.lines.get(number=1)
    here = f"/vault/orders/{form.pk}/"
    typed = {"act": "void-line", "line": str(first.pk), "because": "not made any more"}
    assert boss.post(f"{here}void-line", typed).url == here
    assert Form222Line.objects.get(pk=first.pk).void_because == "not made any more"
    form.refresh_from_db()
    assert form.state == FormState.SENT
    assert "void since" in text(boss.get(here))


def test_a_form_is_cancelled_stated_lost_or_passed_on_by_its_page(pharmacy, boss, tech):
    form = sent(pharmacy, 3)
    new = begun(pharmacy, "230000002")
    here = f"/vault/orders/{form.pk}/"
    moved = {
        "act": "endorsed", "supplier_name": COAST.name, "supplier_address": COAST.address,
        "dea": COAST.dea, "endorsed_on": str(TODAY),
    }  # fmt: skip
    assert tech.post(f"{here}endorsed", moved).url == here
    assert "Passed on to Coast Wholesale" in text(tech.get(here))
    unknown = {"act": "lost", "new_form": "239999999", "not_received": "y", "because": "post"}
    assert "write it first" in beside(boss.post(f"{here}lost", unknown), "new_form")
    unsaid = {"act": "lost", "new_form": new.serial, "because": "post"}
    assert boss.post(f"{here}lost", unsaid).status_code == 409
    boss.post(f"{here}lost", unsaid | {"not_received": "yes"})
    form.refresh_from_db()
    assert (form.state, form.replaced_by) == (FormState.LOST, new)
    assert "In its place: 230000002" in text(boss.get(here))


def test_what_is_open_is_cancelled_with_its_reason(pharmacy, boss):
    form = sent(pharmacy, 3)
    here = f"/vault/orders/{form.pk}/"
    assert "Say why it is cancelled" in beside(
        boss.post(f"{here}cancel", {"act": "cancel"}), "because"
    )
    boss.post(f"{here}cancel", {"act": "cancel", "because": "bought elsewhere"})
    form.refresh_from_db()
    assert form.state == FormState.CANCELLED


@pytest.mark.parametrize(
    ("make", "offered"),
    [
        (written, {"Void"}),
        (signed, {"Void", "Line void"}),
        (sent, {"Void", "Line void", "Passed on", "Lost", "Cancel"}),
    ],
)
def test_only_what_the_state_allows_is_offered(pharmacy, boss, make, offered):
    form = make(pharmacy, 3)
    page = boss.get(f"/vault/orders/{form.pk}/").content.decode()
    words = {"Void", "Line void", "Passed on", "Lost", "Cancel"}
    assert {word for word in words if f'data-says="{word}"' in page} == offered


def test_nothing_is_offered_that_would_undo_what_came(pharmacy, boss):
    form = sent(pharmacy, 3)
    comes(pharmacy, 1)
    page = boss.get(f"/vault/orders/{form.pk}/").content.decode()
    assert 'data-says="Cancel"' in page
    assert 'data-says="Void"' not in page
    assert 'data-says="Lost"' not in page
