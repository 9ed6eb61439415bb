"""The gallery is the living documentation: every page renders and every macro is in it."""

import re
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader, UndefinedError

from apothecary.workbench.jinja import environment
from apothecary.workbench.tests import gallery

HERE = Path(gallery.__file__).parents[1]
STYLES = sorted((HERE / "assets").glob("*.css"))
TEMPLATES = sorted((HERE / "jinja2").rglob("*.html"))
SCRIPTS = sorted((HERE / "static" / "workbench").glob("*.js"))


@pytest.fixture(scope="module")
def pages():
    return gallery.render()


def made():
    return environment(loader=FileSystemLoader(HERE / "jinja2"))


def say(template, **facts):
    return (
        made().from_string('{% import "workbench/macros.html" as m %}' + template).render(facts)
    )


def test_every_macro_is_shown_in_the_gallery():
    macros = re.findall(
        r"{% macro (\w+)\(", (HERE / "jinja2/workbench/macros.html").read_text()
    )
    shown = "".join(path.read_text() for path in TEMPLATES if "gallery" in str(path))
    assert [name for name in macros if f"m.{name}(" not in shown] == []


def test_every_page_is_whole_and_carries_no_script_or_style_of_its_own(pages):
    assert len(pages) == 15
    for name, html in pages.items():
        assert html.strip().endswith("</html>"), name
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), name
        assert "<style" not in html, name
        assert not re.search(r"\sstyle=", html), name
        assert not re.search(r"\son\w+=", html), name


def test_no_page_and_no_script_calls_another_house(pages):
    sources = [*pages.values(), *(path.read_text() for path in [*SCRIPTS, *STYLES])]
    for text in sources:
        outside = re.sub(r"http://www\.w3\.org/\S+", "", text)
        assert not re.search(r"(src|href|url\(|import)\W{0,3}(https?:)?//", outside)


def test_ids_are_single_on_every_page(pages):
    for name, html in pages.items():
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), name


def test_every_control_has_a_name_to_be_spoken(pages):
    for name, html in pages.items():
        labelled = set(re.findall(r'<label for="([^"]+)"', html))
        for control in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
            if (
                'type="hidden"' in control
                or 'type="radio"' in control
                or "line-input" in control
            ):
                continue
            own = re.search(r'\sid="([^"]+)"', control)
            assert "aria-label=" in control or (own and own[1] in labelled), (name, control)


def test_a_screen_has_one_commit_key(pages):
    for name in gallery.SCREENS:
        assert pages[f"{name}.html"].count('class="btn next"') <= 1


def test_a_name_that_is_missing_stops_the_page():
    with pytest.raises(UndefinedError, match="allergy"):
        made().from_string("Allergies: {{ allergy }}").render()


def test_an_unknown_state_stops_the_page():
    with pytest.raises(UndefinedError, match="lost"):
        say('{{ m.state("lost") }}')


def test_an_unknown_severity_stops_the_page():
    with pytest.raises(UndefinedError, match="mild"):
        say('{{ m.finding("Interaction", "mild", "x") }}')


@pytest.mark.parametrize(
    ("allergies", "says", "not_says"),
    [
        (None, "Not asked yet", "No known"),
        ([], "No known drug allergies", "Not asked"),
        ([("Penicillins", "rash")], "Penicillins", "No known"),
    ],
)
def test_not_asked_none_known_and_some_are_never_shown_alike(allergies, says, not_says):
    born, today = gallery.lines()[0].born, gallery.NOW.date()
    html = say(
        '{{ m.patient_brief("A", born, today, allergies=allergies) }}',
        born=born,
        today=today,
        allergies=allergies,
    )
    assert says in html
    assert not_says not in html


def test_what_people_typed_is_never_markup():
    html = say('{{ m.field("a", "<b>", value=v) }}{{ m.sentence(v) }}', v='"><script>')
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_an_uncertain_field_asks_and_says_where_its_value_is_from():
    html = say('{{ m.field("days", "Days", "90", "guessed", ask="90 a day?") }}')
    assert "data-uncertain" in html
    assert "90 a day?" in html
    assert 'name="days_source" value="guessed"' in html
    assert 'aria-describedby="says-days"' in html


def test_a_refused_field_says_why_with_its_citation():
    problem = gallery.problems()[1]
    html = say('{{ m.field("refills", "Refills", "4", problems=[p]) }}', p=problem)
    assert 'aria-invalid="true"' in html
    assert "No refill is left" in html
    assert "21 CFR 1306.22(a)" in html


def test_a_value_from_nowhere_known_is_refused():
    with pytest.raises(UndefinedError, match="heard"):
        say('{{ m.field("a", "A", "1", "heard") }}')


def refusal(template, **facts):
    problems = gallery.problems()
    return made().get_template(f"workbench/{template}.html").render(problems=problems, **facts)


def test_the_piece_for_the_notice_line_has_every_reason_and_no_frame():
    html = refusal("problems")
    assert "No refill is left" in html
    assert "It was written on 10 May 2025" in html
    assert "This cannot go ahead" in html
    assert "<html" not in html


def test_a_missing_right_is_said_as_one():
    assert "This is not yours to do" in refusal("problems", forbidden=True)


def test_a_refusal_as_a_page_has_the_frame_only_for_who_is_signed_in(pages):
    assert 'class="stages"' in pages["refused.html"]
    alone = refusal("refused", worker=None)
    assert "No refill is left" in alone
    assert 'class="stages"' not in alone


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def themes():
    css = (HERE / "assets/tokens.css").read_text()
    blocks = re.findall(r":root[^{]*\{([^}]*)\}", css)
    found = [dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in blocks]
    return [each for each in found if "paper" in each]


GROUNDS = ("paper", "surface", "sunk")
PAIRS = [(ink, ground) for ink in ("ink", "ink-soft", "ink-faint") for ground in GROUNDS]
PAIRS += [(hue, ground) for hue in ("red", "amber", "green", "blue") for ground in GROUNDS]
PAIRS += [(hue, f"{hue}-tint") for hue in ("red", "amber", "green", "blue")]
PAIRS += [("ink", f"{hue}-tint") for hue in ("red", "amber", "green", "blue")]
PAIRS += [("ink-soft", f"{hue}-tint") for hue in ("red", "amber", "green", "blue")]
PAIRS += [("on-fill", "red-fill"), ("on-fill", "blue-fill")]


def test_light_and_dark_name_the_same_colours_and_dark_is_the_same_twice():
    light, chosen, by_system = themes()
    assert set(light) == set(chosen)
    assert chosen == by_system


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_every_text_is_readable_on_its_ground_in_light_and_dark(text, ground):
    for theme in themes():
        assert contrast(theme[text], theme[ground]) >= 4.5


def test_the_edge_of_a_field_is_seen():
    for theme in themes():
        for ground in GROUNDS:
            assert contrast(theme["rule-strong"], theme[ground]) >= 3


def test_main_writes_every_page(tmp_path):
    assert gallery.main(str(tmp_path)) == 15
    assert (tmp_path / "queue.html").read_text().startswith("<!doctype html>")
