"""The look-up beside the review: asked by itself, shown, and owed where the state wants it."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.screening.actions import review_data, screen_waiting
from apothecary.screening.looked import ask_anew, kinds_of, looked_page, mme_by_day, told_of
from apothecary.screening.looked_drawing import time_line
from apothecary.screening.queries import fill_on_paper
from apothecary.screening.tests.browser import signed_in
from apothecary.staff.duties import Role
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import NotAllowed
from apothecary.vault.monitoring.lookup.asking import sign_look_up, take_history
from apothecary.vault.monitoring.lookup.history import Dispensed
from apothecary.vault.monitoring.lookup.models import LookUp
from apothecary.vault.monitoring.lookup.states import LookUpState
from apothecary.wires.models import Outgoing


@pytest.fixture
def line(monkeypatch):
    """The programme of Texas can be asked from here."""
    monkeypatch.setenv("APOTHECARY_PMP", "TX=http://127.0.0.1:9/requests")


def screened(world, drug="oxycodone") -> Fill:
    world.receive(drug, "500")
    order = world.order(drug, pay="cash", **({"refills": 0} if drug == "oxycodone" else {}))
    fill = enter_prescription(by=world.technician, order=order)
    screen_waiting(world.pharmacy, world.technician.at)
    return Fill.objects.get(pk=fill.pk)


def row_of(world, ago, quantity="60", days="15", pharmacy="Bluestem Drug"):
    on = world.technician.today - timedelta(days=ago)
    return {
        "filled_on": on.isoformat(),
        "product": world.drugs["oxycodone"].ndc11,
        "drug": "oxycodone",
        "quantity": quantity,
        "days_supply": days,
        "prescriber": "R Whitlow DO",
        "pharmacy": pharmacy,
        "state": "OK",
    }


def answer(world, fill, **said):
    """The programme answers the question about a fill."""
    row = LookUp.objects.get(fill_id=fill.pk, state=LookUpState.ASKED.value)
    out = Outgoing.objects.get(party="history", about_id=row.pk)
    body = {"request": out.key.removeprefix("look-up "), "result": "none"} | said
    take_history(by=world.system, outgoing_id=out.pk, raw=json.dumps(body).encode())
    return row


def box(world, fill, by=None):
    found = fill_on_paper(world.pharmacy.pk, fill.pk)
    assert found is not None
    return looked_page(found, by=by or world.pharmacist)


def test_a_controlled_drugs_patient_is_asked_about_by_itself_and_waits_for_a_pharmacist(
    pharmacy, line
):
    fill = screened(pharmacy)
    row = LookUp.objects.get(fill_id=fill.pk)
    assert row.asked_by_id is None
    assert "oxycodone" in row.because
    assert fill.state == FillState.REVIEW
    assert "monitoring programme" in fill.because


def test_what_is_not_controlled_is_never_asked_about(pharmacy, line):
    fill = screened(pharmacy, "lisinopril")
    assert not LookUp.objects.exists()
    assert fill.state == FillState.WAITING
    assert box(pharmacy, fill) is None
    with pytest.raises(Refused, match="not controlled"):
        ask_anew(by=pharmacy.pharmacist, fill_id=fill.pk, because="x")


def test_without_a_line_nothing_is_asked_and_the_page_says_so(pharmacy):
    fill = screened(pharmacy)
    assert not LookUp.objects.exists()
    page = box(pharmacy, fill)
    assert (page.line, page.must, page.row) == (False, True, None)
    with pytest.raises(Refused, match="no line"):
        ask_anew(by=pharmacy.pharmacist, fill_id=fill.pk, because="x")


def test_the_fill_does_not_pass_review_before_it_was_looked_at(pharmacy, line):
    fill = screened(pharmacy)
    with pytest.raises(Refused) as refusal:
        review_data(by=pharmacy.pharmacist, fill_id=fill.pk)
    (problem,) = [one for one in refusal.value.problems if one.code == "look-up-owed"]
    assert problem.cite == "Tex. Health & Safety Code 481.0764(a)"
    row = answer(pharmacy, fill)
    sign_look_up(by=pharmacy.pharmacist, look_up_id=row.pk)
    assert review_data(by=pharmacy.pharmacist, fill_id=fill.pk).state != FillState.REVIEW


def test_a_state_whose_rule_is_not_known_says_so_and_holds_nothing(pharmacy, monkeypatch):
    monkeypatch.setenv("APOTHECARY_PMP", "OH=http://127.0.0.1:9/requests")
    Pharmacy.objects.filter(pk=pharmacy.pharmacy.pk).update(state="OH")
    fill = screened(pharmacy)
    page = box(pharmacy, fill)
    assert page.must is False
    assert "Whether OH wants a look-up is not known here" in page.rule
    assert "monitoring programme" not in fill.because


def test_the_history_is_shown_with_its_morphine_equivalents_and_overlaps(pharmacy, line):
    fill = screened(pharmacy)
    fills = [row_of(pharmacy, 5), row_of(pharmacy, 2, "30", "10", "Red River")]
    answer(pharmacy, fill, result="found", fills=fills)
    page = box(pharmacy, fill)
    each = pharmacy.drugs["oxycodone"].product.strength_said
    milligrams = Decimal(each.split()[0])
    # Four tablets a day and three, at a factor of one and a half.
    assert page.mme_now == (4 + 3) * milligrams * Decimal("1.5")
    assert (page.prescribers, page.pharmacies) == (1, 2)
    assert [days for _, _, days in page.overlaps] == [10]
    assert page.chart.count("<rect") == 2
    assert page.left_out == []


def test_a_drug_whose_number_nobody_knows_is_named_beside_the_sum(pharmacy, line):
    fill = screened(pharmacy)
    answer(
        pharmacy, fill, result="found", fills=[row_of(pharmacy, 5) | {"product": "99999999999"}]
    )
    page = box(pharmacy, fill)
    assert (page.mme_now, page.left_out) == (0, ["oxycodone"])


def test_a_delegate_reads_what_the_state_lets_her_and_signs_nothing(pharmacy, line):
    fill = screened(pharmacy)
    answer(pharmacy, fill, result="found", fills=[row_of(pharmacy, 5)])
    page = box(pharmacy, fill, by=pharmacy.technician)
    assert (page.reads, page.may, len(page.told)) == (True, False, 1)
    shown = signed_in(pharmacy.people[Role.TECHNICIAN]).get(f"/screening/{fill.pk}/")
    assert "Bluestem" in shown.content.decode()
    assert "I have looked at it" not in shown.content.decode()


def test_where_the_state_says_nothing_of_delegates_a_technician_reads_nothing(pharmacy, line):
    fill = screened(pharmacy)
    answer(pharmacy, fill, result="found", fills=[row_of(pharmacy, 5)])
    tess = pharmacy.technician
    bare = replace(tess, standing=replace(tess.standing, state_allows=frozenset()))
    page = box(pharmacy, fill, by=bare)
    assert (page.reads, list(page.told), page.mme_now) == (False, [], 0)
    with pytest.raises(NotAllowed):
        ask_anew(by=bare, fill_id=fill.pk, because="curious")


def test_the_page_asks_signs_and_goes_on_without_at_the_keyboard(pharmacy, line):
    fill = screened(pharmacy)
    rph = signed_in(pharmacy.people[Role.PHARMACIST])
    row = LookUp.objects.get(fill_id=fill.pk)
    assert "no answer yet" in rph.get(f"/screening/{fill.pk}/").content.decode()
    rph.post(f"/screening/look-up/{row.pk}/without", {"because": "their pages are down"})
    assert "their pages are down" in rph.get(f"/screening/{fill.pk}/").content.decode()
    answer(pharmacy, fill)
    page = rph.get(f"/screening/{fill.pk}/").content.decode()
    assert "Nothing is known of this patient" in page
    rph.post(f"/screening/{fill.pk}/look-up", {"because": "later"})
    again = LookUp.objects.order_by("-id")[0]
    assert again.pk != row.pk
    people = [{"id": "TX-1", "says": "on Oak"}, {"id": "TX-2", "says": "on Elm"}]
    answer(pharmacy, fill, result="candidates", candidates=people)
    assert "on Elm" in rph.get(f"/screening/{fill.pk}/").content.decode()
    rph.post(f"/screening/look-up/{again.pk}/choose", {"number": "TX-1"})
    answer(pharmacy, fill, result="found", fills=[row_of(pharmacy, 5)])
    last = LookUp.objects.order_by("-id")[0]
    assert "I have looked at it" in rph.get(f"/screening/{fill.pk}/").content.decode()
    rph.post(f"/screening/look-up/{last.pk}/sign")
    assert "looked at" in rph.get(f"/screening/{fill.pk}/").content.decode()


def test_kinds_are_those_the_states_name(pharmacy):
    assert {"oxycodone", "opioids"} <= kinds_of(pharmacy.drugs["oxycodone"].product)
    assert "benzodiazepines" in kinds_of(pharmacy.drugs["alprazolam"].product)
    assert kinds_of(pharmacy.drugs["lisinopril"].product) == {"lisinopril"}


def given(day, days, ndc="1"):
    on = date(2026, 11, day)
    return Dispensed(on, ndc, "oxycodone", Decimal(30), days, "A", "P", "TX")


def test_the_sum_counts_each_day_from_the_first_to_the_last(pharmacy):
    product = pharmacy.drugs["oxycodone"].product
    told = [told_of(given(2, 3), product)]
    since, today = date(2026, 11, 1), date(2026, 11, 6)
    counted = [bool(amount) for amount in mme_by_day(told, since, today)]
    assert counted == [False, True, True, True, False, False]
    assert told_of(given(2, 3), pharmacy.drugs["lisinopril"].product).opioid is False


def test_nothing_to_draw_draws_nothing_and_many_are_cut_to_the_last():
    since, today = date(2026, 11, 1), date(2026, 11, 23)
    sums = [Decimal(0)] * 23
    assert time_line([], sums, since=since, today=today) == ""
    many = [given(1 + at, 2) for at in range(20)]
    assert time_line(many, sums, since=since, today=today).count("<rect") == 14
