"""The seam for a licensed knowledge base: the contract, for ours and for another one alike."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.screening.actions import screen_waiting
from apothecary.screening.knowledge import in_use, knowledge_base
from apothecary.screening.models import Finding
from apothecary.screening.rules import house
from apothecary.screening.rules.facts import AllergyFacts, Case
from apothecary.screening.rules.found import RANK, REASON, KnowledgeBase
from apothecary.screening.tests import toy_knowledge
from apothecary.screening.tests.people import TODAY, drug, patient

CONTRACT = settings(max_examples=40, deadline=None)
TOY = "apothecary.screening.tests.toy_knowledge.screen"
both = pytest.mark.parametrize(
    "screen", [house.screen, toy_knowledge.screen], ids=["ours", "another"]
)
DRUGS = st.builds(
    drug,
    st.sampled_from(["warfarin", "aspirin", "lisinopril", "oxycodone", "simvastatin"]),
    strength=st.sampled_from(["5 mg", "10 mg"]),
    schedule=st.sampled_from([0, 2]),
)
ALLERGIES = st.sampled_from(
    [
        AllergyFacts("aspirin", ingredient="aspirin", reaction="hives"),
        AllergyFacts("penicillins", allergy_class="penicillins"),
        AllergyFacts("dust"),
    ]
)
CASES = st.builds(
    Case,
    DRUGS,
    st.builds(
        lambda current, allergies: patient(*current, allergies=tuple(allergies)),
        st.lists(DRUGS, max_size=4),
        st.lists(ALLERGIES, max_size=2),
    ),
    st.just(TODAY),
)


@both
@CONTRACT
@given(case=CASES)
def test_every_finding_says_what_why_from_where_and_what_clears_it(
    screen: KnowledgeBase, case: Case
):
    for each in screen(case):
        assert each.kind in REASON
        assert each.severity in RANK
        assert each.says
        assert each.says == each.says.strip()
        assert each.because
        assert each.clears
        assert each.origin.cite
        assert each.origin.on <= case.on
        assert each.origin.verified in {"V1", "V2", "K", "C"}


@both
@CONTRACT
@given(case=CASES)
def test_the_loudest_stands_first_and_each_thing_once(screen: KnowledgeBase, case: Case):
    found = screen(case)
    assert [RANK[each.severity] for each in found] == sorted(
        RANK[each.severity] for each in found
    )
    assert len({each.fingerprint for each in found}) == len(found)


@both
@CONTRACT
@given(case=CASES, seed=st.randoms())
def test_the_same_case_gives_the_same_findings_in_whatever_order_it_is_told(
    screen: KnowledgeBase, case: Case, seed
):
    current, allergies = list(case.patient.current), list(case.patient.allergies)
    seed.shuffle(current)
    seed.shuffle(allergies)
    who = replace(case.patient, current=tuple(current), allergies=tuple(allergies))
    assert screen(replace(case, patient=who)) == screen(case)


@both
def test_a_doubled_dose_is_another_fact(screen: KnowledgeBase):
    prints = []
    for a_day in ("1", "2"):
        new = drug("aspirin", a_day=a_day)
        allergy = AllergyFacts("aspirin", ingredient="aspirin")
        found = screen(Case(new, patient(allergies=(allergy,)), TODAY))
        assert found
        assert found[0].severity == "stop"
        prints.append(found[0].fingerprint)
    assert len(set(prints)) == 2


@both
def test_a_drug_without_ingredients_is_never_passed_silently(screen: KnowledgeBase):
    found = screen(Case(drug(), patient(), TODAY))
    assert "note" not in {each.severity for each in found}
    assert found


@both
def test_the_day_is_told_and_never_read(screen: KnowledgeBase):
    case = Case(drug("codeine"), patient(age=11), TODAY)
    later = replace(case, on=TODAY + timedelta(days=366))
    assert screen(case) == screen(case)
    assert isinstance(screen(later), list)


def test_the_settings_name_the_one_that_screens(settings):
    assert in_use() is house.screen
    settings.SCREENING = TOY
    assert in_use() is toy_knowledge.screen


@pytest.mark.parametrize("path", ["", "apothecary.nowhere.screen", f"{TOY}er"])
def test_a_wrong_name_fails_loudly(path):
    with pytest.raises(ImportError):
        knowledge_base(path)


def test_a_fill_is_screened_by_the_one_that_is_named(pharmacy, settings):
    settings.SCREENING = TOY
    fill = enter_prescription(by=pharmacy.technician, order=pharmacy.order("warfarin"))
    screen_waiting(pharmacy.pharmacy, pharmacy.technician.at)
    assert Fill.objects.get(pk=fill.pk).state == FillState.REVIEW
    (finding,) = Finding.objects.all()
    assert (finding.cite, finding.reason_code) == ("a toy for tests", "HD")
