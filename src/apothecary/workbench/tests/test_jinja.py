"""The environment: what templates may call, and what stops them."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, path
from jinja2 import DictLoader, Undefined, UndefinedError
from lucide import IconDoesNotExist
from markupsafe import Markup

from apothecary.workbench.icons import icon
from apothecary.workbench.jinja import environment


def rx(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(str(number))


urlpatterns = [path("rx/<int:number>/", rx, name="rx")]


def say(text, **facts):
    return environment(loader=DictLoader({"page": text})).get_template("page").render(facts)


def test_django_s_own_lenient_undefined_is_replaced():
    assert environment(undefined=Undefined).undefined is not Undefined
    with pytest.raises(UndefinedError, match="dose"):
        say("{{ dose }}")
    with pytest.raises(UndefinedError, match="dose"):
        say("{% if dose %}x{% endif %}")


def test_django_s_other_settings_are_passed_on():
    made = environment(auto_reload=True, autoescape=True)
    assert made.auto_reload
    assert made.autoescape is True


def test_text_is_escaped_without_being_asked():
    assert say("{{ name }}", name="O'Neil <b>") == "O&#39;Neil &lt;b&gt;"


@pytest.mark.urls(__name__)
def test_an_address_is_made_from_its_name():
    assert say("{{ url('rx', 7000118) }}") == "/rx/7000118/"


@pytest.mark.urls(__name__)
def test_an_address_without_a_page_stops_the_template():
    with pytest.raises(NoReverseMatch):
        say("{{ url('nowhere') }}")


def test_an_icon_is_hidden_from_readers_unless_it_says_something():
    assert 'aria-hidden="true"' in icon("lock")
    spoken = icon("lock", 20, 'Lock "all"')
    assert 'role="img" aria-label="Lock &#34;all&#34;"' in spoken
    assert 'width="20"' in spoken
    assert "aria-hidden" not in spoken


def test_an_icon_is_markup_and_takes_the_colour_of_its_text():
    assert isinstance(icon("lock"), Markup)
    assert 'stroke="currentColor"' in icon("lock")


def test_an_icon_that_does_not_exist_stops_the_page():
    with pytest.raises(IconDoesNotExist):
        icon("stop-sign-of-doom")
