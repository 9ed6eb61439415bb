"""A refusal becomes an answer in the shape that was asked for; nothing else is touched."""

import json

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from apothecary.law.problem import Problem, Refused
from apothecary.workbench.middleware import Refusals
from apothecary.workbench.tests import gallery

REASONS = [
    Problem("No refill is left.", cite="21 CFR 1306.22(a)", code="refills"),
    Problem("It has ended <today>."),
]


@pytest.fixture(autouse=True)
def own_frame(settings):
    """The frame's facts come from a higher room; here they are those of the gallery."""
    facts = f"{__name__}.facts"
    engine = settings.TEMPLATES[0]
    options = engine["OPTIONS"] | {"context_processors": [facts]}
    settings.TEMPLATES = [engine | {"OPTIONS": options}]


def facts(request):
    return gallery.frame("fill")


@pytest.fixture
def refusals():
    return Refusals(lambda request: HttpResponse("fine"))


def answer(refusals, **headers):
    request = RequestFactory().post("/refill", headers=headers)
    return refusals.process_exception(request, Refused(REASONS))


def test_htmx_gets_the_piece_for_the_notice_line_with_every_reason(refusals):
    response = answer(refusals, **{"HX-Request": "true"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "No refill is left." in html
    assert "21 CFR 1306.22(a)" in html
    assert "It has ended &lt;today&gt;." in html
    assert "<html" not in html


def test_a_page_gets_a_page_with_the_frame_around_the_reasons(refusals):
    response = answer(refusals, Accept="text/html,application/xhtml+xml")
    html = response.content.decode()
    assert response.status_code == 409
    assert "No refill is left." in html
    assert "Nothing was changed." in html
    assert "Cedar Bend Pharmacy" in html


def test_a_program_gets_json_as_the_contract_says(refusals):
    response = answer(refusals, Accept="application/json")
    assert response.status_code == 409
    assert json.loads(response.content) == {
        "problems": [
            {"says": "No refill is left.", "cite": "21 CFR 1306.22(a)", "code": "refills"},
            {"says": "It has ended <today>.", "cite": "", "code": ""},
        ]
    }


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyError("x"), PermissionError()])
def test_what_is_no_refusal_is_left_to_crash(refusals, error):
    assert refusals.process_exception(RequestFactory().get("/"), error) is None


def test_a_good_answer_passes_through(refusals):
    assert refusals(RequestFactory().get("/")).content == b"fine"
