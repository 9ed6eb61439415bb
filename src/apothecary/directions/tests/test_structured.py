"""The structured sig of SCRIPT: written, read, and held against the free text."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from apothecary.directions.direction import Directions
from apothecary.directions.reading import read_directions
from apothecary.directions.step import Step
from apothecary.directions.structured import sig_leaves, structured_sig
from apothecary.directions.structured_back import read_structured, structured_questions
from apothecary.directions.tests.typed_values import SERIES, STEPS, directions, without_words

# The layout of a message as it is sent on the network.
SENT = """<Sig>
  <SigText>Take 1 tablet orally per day before bedtime for 30 days</SigText>
  <CodeSystem><SNOMEDVersion>20170131</SNOMEDVersion><FMTVersion>16.03d</FMTVersion></CodeSystem>
  <Instruction>
    <DoseAdministration>
      <DoseDeliveryMethod><Text>Take</Text><Qualifier>SNOMED</Qualifier>
        <Code>419652001</Code></DoseDeliveryMethod>
      <Dosage><DoseQuantity>1</DoseQuantity><DoseUnitOfMeasure><Text>tablet</Text>
        <Qualifier>DoseUnitOfMeasure</Qualifier><Code>C48542</Code></DoseUnitOfMeasure></Dosage>
      <RouteOfAdministration><Text>oral route</Text><Qualifier>SNOMED</Qualifier>
        <Code>26643006</Code></RouteOfAdministration>
    </DoseAdministration>
    <TimingAndDuration><AdministrationTiming>
      <AdministrationTimingModifier><Text>before</Text></AdministrationTimingModifier>
      <AdministrationTimingEvent><Text>bedtime</Text></AdministrationTimingEvent>
    </AdministrationTiming></TimingAndDuration>
    <TimingAndDuration><Frequency><FrequencyNumericValue>1</FrequencyNumericValue>
      <FrequencyUnits><Text>day</Text><Qualifier>SNOMED</Qualifier><Code>258703001</Code>
      </FrequencyUnits></Frequency></TimingAndDuration>
    <TimingAndDuration><Duration><DurationNumericValue>30</DurationNumericValue>
      <DurationText><Text>day</Text></DurationText></Duration></TimingAndDuration>
  </Instruction>
</Sig>"""


def leaves(xml: str, *changes: tuple[str, str]) -> list[tuple[str, str]]:
    for old, new in changes:
        assert old in xml
        xml = xml.replace(old, new)
    return sig_leaves(etree.fromstring(xml.encode()))


def written(sig: str) -> list[tuple[str, str]]:
    return sig_leaves(structured_sig(read_directions(sig)))


def test_a_sig_from_the_network_is_read() -> None:
    found = read_structured(leaves(SENT))
    assert found.questions == ()
    assert found.steps == (
        Step(
            verb="take",
            dose_min=Decimal(1),
            dose_max=Decimal(1),
            dose_unit="tablet",
            route="oral",
            times_min=1,
            times_max=1,
            period_min=1,
            period_max=1,
            period_unit="day",
            when=("before bedtime",),
            duration=30,
            duration_unit="day",
        ),
    )


def test_a_clean_direction_is_written_element_by_element() -> None:
    assert written("1 tab po bid x 10 days") == [
        ("/SigText", "Take 1 tablet by mouth twice daily for 10 days."),
        ("/CodeSystem/SNOMEDVersion", "20170131"),
        ("/CodeSystem/FMTVersion", "16.03d"),
        ("/Instruction/DoseAdministration/DoseDeliveryMethod/Text", "take"),
        ("/Instruction/DoseAdministration/DoseDeliveryMethod/Qualifier", "SNOMED"),
        ("/Instruction/DoseAdministration/DoseDeliveryMethod/Code", "419652001"),
        ("/Instruction/DoseAdministration/Dosage/DoseQuantity", "1"),
        ("/Instruction/DoseAdministration/Dosage/DoseUnitOfMeasure/Text", "tablet"),
        ("/Instruction/DoseAdministration/Dosage/DoseUnitOfMeasure/Qualifier",
         "DoseUnitOfMeasure"),
        ("/Instruction/DoseAdministration/Dosage/DoseUnitOfMeasure/Code", "C48542"),
        ("/Instruction/DoseAdministration/RouteOfAdministration/Text", "oral"),
        ("/Instruction/DoseAdministration/RouteOfAdministration/Qualifier", "SNOMED"),
        ("/Instruction/DoseAdministration/RouteOfAdministration/Code", "26643006"),
        ("/Instruction/TimingAndDuration[1]/Frequency/FrequencyNumericValue", "2"),
        ("/Instruction/TimingAndDuration[1]/Frequency/FrequencyUnits/Text", "day"),
        ("/Instruction/TimingAndDuration[1]/Frequency/FrequencyUnits/Qualifier", "SNOMED"),
        ("/Instruction/TimingAndDuration[1]/Frequency/FrequencyUnits/Code", "258703001"),
        ("/Instruction/TimingAndDuration[2]/Duration/DurationNumericValue", "10"),
        ("/Instruction/TimingAndDuration[2]/Duration/DurationText/Text", "day"),
        ("/Instruction/TimingAndDuration[2]/Duration/DurationText/Qualifier", "SNOMED"),
        ("/Instruction/TimingAndDuration[2]/Duration/DurationText/Code", "258703001"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sig", "path", "text"),
    [
        ("1-2 tabs po q6h prn pain", "/Dosage/DoseRangeModifier", "TO"),
        ("1-2 tabs po q6h prn pain", "/Dosage/DoseQuantity[2]", "2"),
        ("1-2 tabs po q6h prn pain", "/Interval/IntervalNumericValue", "6"),
        ("1-2 tabs po q6h prn pain", "/IndicationPrecursor/Text", "as needed for"),
        ("1-2 tabs po q6h prn pain", "/Indication/Text", "pain"),
        ("1 tab po bid prn", "/IndicationPrecursor/Text", "as needed"),
        ("1 tab po bid for pain", "/IndicationPrecursor/Text", "for"),
        ("1 tab po qod", "/Interval/IntervalNumericValue", "2"),
        ("1 tab po q4-6h prn", "/Interval/VariableIntervalModifier", "TO"),
        ("1 tab po 2-3 times a day", "/Frequency/VariableFrequencyModifier", "TO"),
        ("1 tab po 3 times every 2 weeks", "/TimingClarifyingFreeText", "every 2 weeks"),
        ("1 tab po once", "/TimingClarifyingFreeText", "one time only"),
        ("1 tab po tid for 6 doses", "/DurationText/Text", "dose"),
        ("1 tab po daily 30 minutes before breakfast", "/AdministrationTimingNumericValue",
         "30"),
        ("1 tab po qhs", "/AdministrationTimingEvent/Text", "bedtime"),
        ("1 tab po on monday", "/AdministrationTimingEvent/Text", "Monday"),
        ("1 tab po daily sparingly", "/AdministrationTimingClarifyingFreeText", "sparingly"),
        ("1 gtt in right eye daily", "/SiteOfAdministration/Text", "right eye"),
        ("1 tab po q6h max 4 tablets per day",
         "/MaximumDoseRestriction/MaximumDoseRestrictionNumericValue", "4"),
        ("1 tab po bid ud", "/ClarifyingFreeText", "Use as directed."),
    ],
)  # fmt: skip
def test_each_part_has_its_element(sig: str, path: str, text: str) -> None:
    assert any(where.endswith(path) and said == text for where, said in written(sig))


def test_steps_are_joined_by_and_and_then() -> None:
    sig = structured_sig(
        read_directions("1 tab po qam and 2 tabs po qhs x 3 days then 1 tab qd")
    )
    assert [str(child.tag) for child in sig][2:] == [
        "Instruction",
        "MultipleInstructionModifier",
        "Instruction",
        "MultipleInstructionModifier",
        "Instruction",
    ]
    assert [one.text for one in sig.findall("MultipleInstructionModifier")] == ["AND", "THEN"]


def test_an_uncertain_direction_has_its_text_alone() -> None:
    assert written("1 tab po zz") == [("/SigText", "1 tab po zz")]
    assert written("as directed by your doctor")[0][0] == "/SigText"


def test_a_text_above_the_standards_length_is_refused() -> None:
    whole = Directions(text="x" * 1001, questions=("?",))
    with pytest.raises(ValueError, match=r"SigText: 1001 characters, it may have 1 to 1000"):
        structured_sig(whole)
    assert structured_sig(replace(whole, text="x" * 1000)).findtext("SigText") == "x" * 1000
    with pytest.raises(ValueError, match="SigText: 0"):
        structured_sig(Directions(text="", questions=("?",)))


def test_notes_that_do_not_fit_stay_in_the_text() -> None:
    short = replace(read_directions("1 tab po bid"), notes=("n" * 248,))
    assert structured_sig(short).findtext("ClarifyingFreeText") == f"Note: {'n' * 248}."
    long = replace(short, notes=("n" * 249,))
    assert structured_sig(long).findtext("ClarifyingFreeText") is None
    assert "n" * 249 in str(structured_sig(long).findtext("SigText"))


@given(STEPS)
def test_what_is_written_reads_back_but_for_what_has_only_words(step: Step) -> None:
    back = read_structured(sig_leaves(structured_sig(directions([step]))))
    assert back.questions == ()
    assert back.steps == (without_words(step),)


@given(SERIES)
def test_a_direction_never_contradicts_itself(whole: Directions) -> None:
    try:
        sig = structured_sig(whole)
    except ValueError:
        assert len(whole.english()) > 1000
        return
    assert structured_questions(sig_leaves(sig), whole) == ()


FREE = "Take 1 tablet by mouth once daily for 30 days"


@pytest.mark.parametrize(
    ("free", "changes", "asks"),
    [
        (FREE, [], ()),
        ("Take 2 tablets by mouth once daily for 30 days", [],
         ("Dose: the text says 2 tablets, the coded directions 1 tablet. Which?",)),
        ("Take 1 to 2 tablets by mouth once daily for 30 days", [],
         ("Dose: the text says 1 to 2 tablets, the coded directions 1 tablet. Which?",)),
        ("Take 1 tablet by mouth twice daily for 30 days", [],
         ("How often: the text says twice daily, the coded directions once daily. Which?",)),
        ("Take 1 tablet by mouth every 24 hours for 30 days", [], ()),
        ("Take 1 tablet by mouth one time only", [],
         ("How often: the text says one time only, the coded directions once daily. Which?",)),
        ("Take 1 tablet under the tongue once daily for 30 days", [],
         ("Route: the text says sublingual, the coded directions oral. Which?",)),
        ("Take 1 tablet by mouth once daily for 10 days", [],
         ("How long: the text says 10 days, the coded directions 30 days. Which?",)),
        ("Take 1 tablet by mouth once daily", [], ()),
        ("Take 1 capsule by mouth once daily", [], ()),
        (FREE, [("<Text>oral route</Text>", "<Text>by ear</Text>"),
                ("26643006", "1")], ()),
        (FREE, [("</Instruction>", "<IndicationForUse><IndicationPrecursor><Text>as needed for"
                 "</Text></IndicationPrecursor></IndicationForUse></Instruction>")],
         ("Need: the text says nothing of need, the coded directions only as needed. Which?",)),
    ],
)  # fmt: skip
def test_a_contradiction_of_text_and_codes_is_a_question(
    free: str, changes: list[tuple[str, str]], asks: tuple[str, ...]
) -> None:
    assert structured_questions(leaves(SENT, *changes), read_directions(free)) == asks


def test_another_number_of_steps_is_asked_with_what_the_codes_say() -> None:
    taper = read_directions("2 tabs po qd x 3 days then 1 tab qd")
    (question,) = structured_questions(leaves(SENT), taper)
    assert question.startswith("The text has 2 steps, the coded directions have 1:")
    assert "Take 1 tablet by mouth once daily before bedtime for 30 days." in question


def test_a_maximum_that_differs_is_asked() -> None:
    coded = written("1 tab po q6h prn max 4 tablets a day")
    free = read_directions("1 tab po q6h prn max 3 tablets a day")
    assert structured_questions(coded, free) == (
        "The most of a day: the text says 3 tablets, the coded directions 4 tablets. Which?",
    )


def test_eyes_that_differ_are_asked() -> None:
    coded = written("1 gtt in right eye daily")
    assert structured_questions(coded, read_directions("1 gtt in left eye daily")) == (
        "Place: the text says left eye, the coded directions right eye. Which?",
    )


def test_without_coded_steps_there_is_nothing_to_ask() -> None:
    assert (
        structured_questions([("/Sig/SigText", "1 tab po")], read_directions("1 tab po")) == ()
    )
    assert structured_questions([], read_directions("1 tab po bid")) == ()


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ([("<Text>Take</Text>", "<Text>Juggle</Text>"), ("419652001", "9")],
         "What does 'Juggle' in the coded directions mean?"),
        ([("<Text>tablet</Text>", "<Text>thing</Text>"), ("C48542", "C9")],
         "What does 'thing' in the coded directions mean?"),
        ([("</Instruction>", "</Instruction><MultipleInstructionModifier>OR"
           "</MultipleInstructionModifier><Instruction/>")],
         "The coded directions offer a choice of two: which one?"),
    ],
)  # fmt: skip
def test_a_coded_part_that_is_not_understood_is_asked(
    changes: list[tuple[str, str]], asks: str
) -> None:
    assert asks in read_structured(leaves(SENT, *changes)).questions


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("<DoseQuantity>1<", "<DoseQuantity>one<", "dose_min"),
        ("<DoseQuantity>1<", "<DoseQuantity>-1<", "dose_min"),
        ("<DoseQuantity>1<", "<DoseQuantity>1E999<", "dose_min"),
        ("<FrequencyNumericValue>1<", "<FrequencyNumericValue>1.5<", "times_min"),
        ("<Text>day</Text><Qualifier>SNOMED</Qualifier><Code>258703001</Code>",
         "<Text>moon</Text>", "times_min"),
        ("<DurationNumericValue>30<", "<DurationNumericValue><", "duration"),
    ],
)  # fmt: skip
def test_a_number_that_is_none_says_nothing(old: str, new: str, name: str) -> None:
    (step,) = read_structured(leaves(SENT, (old, new))).steps
    assert getattr(step, name) is None


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ([("<DoseQuantity>1</DoseQuantity>", "<DoseQuantity>2</DoseQuantity><DoseRangeModifier>"
           "OR</DoseRangeModifier><DoseQuantity>1</DoseQuantity>")], "dose_min", Decimal(1)),
        ([("<DoseQuantity>1</DoseQuantity>", "<DoseQuantity>1</DoseQuantity><DoseRangeModifier>"
           "TO</DoseRangeModifier><DoseQuantity>2</DoseQuantity>")], "dose_max", Decimal(2)),
        ([("C48542", "C0")], "dose_unit", "tablet"),
        ([("<Text>tablet</Text>", "<Text>unknown</Text>")], "dose_unit", "tablet"),
        ([("oral route", "by mouth")], "route", "oral"),
        ([("oral route", "unknown")], "route", "oral"),
        ([("<Text>day</Text></DurationText>", "<Text>weeks</Text></DurationText>")],
         "duration_unit", "week"),
        ([("<Text>day</Text></DurationText>", "<Text>dose</Text></DurationText>")], "doses",
         30),
        ([("<Text>bedtime</Text>", "<Text>Monday</Text>"), ("<Text>before</Text>",
                                                            "<Text>on</Text>")],
         "weekdays", ("Monday",)),
        ([("<Frequency><FrequencyNumericValue>1</FrequencyNumericValue>",
           "<Frequency><FrequencyNumericValue>2</FrequencyNumericValue><VariableFrequency"
           "Modifier>TO</VariableFrequencyModifier><FrequencyNumericValue>3"
           "</FrequencyNumericValue>")], "times_max", 3),
    ],
)  # fmt: skip
def test_each_coded_part_of_somebody_else_is_understood(
    changes: list[tuple[str, str]], name: str, value: object
) -> None:
    found = read_structured(leaves(SENT, *changes))
    assert found.questions == ()
    assert getattr(found.steps[0], name) == value


@pytest.mark.parametrize(
    ("amount", "span", "unit", "most", "limit"),
    [
        ("8", "1", "day", Decimal(8), None),
        ("8", "24", "hour", Decimal(8), None),
        ("8", "1", "week", None, Decimal(8)),
        ("8", "x", "week", None, None),
        ("x", "1", "day", None, None),
    ],
)
def test_a_maximum_is_of_a_day_or_of_another_span(
    amount: str, span: str, unit: str, most: Decimal | None, limit: Decimal | None
) -> None:
    name = "MaximumDoseRestriction"
    restriction = (
        f"</Instruction><{name}><{name}NumericValue>{amount}</{name}NumericValue>"
        f"<{name}Units><Text>tablets</Text></{name}Units>"
        f"<{name}DurationValue>{span}</{name}DurationValue>"
        f"<{name}DurationUnit><Text>{unit}</Text></{name}DurationUnit></{name}>"
    )
    (step,) = read_structured(leaves(SENT, ("</Instruction>", restriction))).steps
    assert (step.max_per_day, step.limit) == (most, limit)


@pytest.mark.parametrize(
    ("free", "coded", "asked"),
    [
        ("2 puffs inhaled bid", "oral", False),
        ("apply 1 patch to the skin daily", "transdermal", False),
        ("apply 1 patch to the skin daily", "oral", True),
        ("1 tab sl daily", "buccal", True),
    ],
)
def test_ways_that_are_called_alike_do_not_contradict(
    free: str, coded: str, asked: bool
) -> None:
    whole = read_directions(free)
    sig = sig_leaves(structured_sig(whole))
    other = [(p, coded if p.endswith("RouteOfAdministration/Text") else t) for p, t in sig]
    assert bool(structured_questions(other, whole)) == asked


@pytest.mark.parametrize(
    ("free", "coded", "asked"),
    [
        ("1 tab po bid", "1 tab po q12h", False),
        ("1 tab po qid", "1 tab po q6h", False),
        ("1 tab po once a week", "1 tab po every 7 days", False),
        ("1 tab po every 14 days", "1 tab po every 2 weeks", False),
        ("1 tab po qod", "1 tab po q48h", False),
        ("1 tab po bid", "1 tab po q8h", True),
        ("1 tab po q4-6h", "1 tab po q4h", True),
        ("1 tab po once", "1 tab po qd", True),
        ("1 tab po once", "1 tab po one time only", False),
        ("1 tab po mon wed fri", "1 tab po 3 times a week", False),
        ("1 tab po weekly", "1 tab po daily", True),
        ("1 tab po monthly", "1 tab po every 30 days", False),
    ],
)
def test_the_same_rate_in_other_words_is_no_contradiction(
    free: str, coded: str, asked: bool
) -> None:
    assert bool(structured_questions(written(coded), read_directions(free))) == asked


def test_attributes_and_strange_paths_are_passed_over() -> None:
    strange = [("/Sig/@x", "1"), ("//", "x"), ("/Sig/Inst-ruction/1", "x"), *leaves(SENT)]
    assert read_structured(strange).steps == read_structured(leaves(SENT)).steps


@given(st.lists(st.tuples(
    st.lists(st.sampled_from(["Sig", "Instruction", "Instruction[2]", "DoseAdministration",
                              "Dosage", "DoseQuantity", "DoseQuantity[2]", "TimingAndDuration",
                              "Frequency", "FrequencyNumericValue", "Text", "Code", ""]),
             max_size=6).map("/".join),
    st.text(max_size=8)), max_size=12))  # fmt: skip
def test_no_leaves_of_anybody_break_the_reading(parts: list[tuple[str, str]]) -> None:
    assert isinstance(structured_questions(parts, read_directions("1 tab po bid")), tuple)
