"""Payer sheets: read whole or refused by file, key and reason; the site's own win."""

from pathlib import Path

import pytest

from apothecary.claims.building.sheets import (
    CORRECTIONS,
    Sheet,
    book_of,
    house_book,
    read_sheet,
    sheet_for,
)
from apothecary.claims.building.tests.payers import ANY, sheet
from apothecary.wires import Malformed

WHOLE = """
name = "Oak Health"
source = "payer sheet of January 2026"
bins = ["888881", "888880"]
pcns = ["OAK"]
help_desk = "5125550100"
pa_phone = "5125550101"
pa_fax = "5125550102"
takes = ["B1", "B2"]
cob = "responsibility"
parts = false
compounds = false
file_within_days = 90
days_supply_max = 34
corrections = ["person_code", "pcn"]
throttle_per_second = 4
answer_seconds = 12
reversal = ["05.5C", "07.C8"]

[[required]]
fields = ["01.4X", "07.U7"]
because = "It pays by where the patient lives."
cite = "page 3"
when = "coordinated"

[[forbidden]]
fields = ["13"]

[[sent_when_known]]
fields = ["01.CQ"]
"""


def read(text: str) -> Sheet:
    return read_sheet("oak.toml", text, base=ANY)


def folder(path: Path, **files: str) -> Path:
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        (path / f"{name}.toml").write_text(text, encoding="utf-8")
    return path


def payer(name: str, bins: str, pcns: str = "") -> str:
    listed = ", ".join(f'"{one}"' for one in pcns.split())
    return f'name = "{name}"\nbins = ["{bins}"]\npcns = [{listed}]\n'


def test_a_sheet_says_what_its_file_says():
    oak = read(WHOLE)
    assert (oak.key, oak.name, oak.source) == (
        "oak",
        "Oak Health",
        "payer sheet of January 2026",
    )
    assert (oak.bins, oak.pcns) == (("888881", "888880"), ("OAK",))
    assert (oak.help_desk, oak.pa_phone, oak.pa_fax) == (
        "5125550100",
        "5125550101",
        "5125550102",
    )
    assert (oak.takes, oak.cob) == ({"B1", "B2"}, "responsibility")
    assert (oak.parts, oak.compounds) == (False, False)
    assert (oak.file_within_days, oak.days_supply_max) == (90, 34)
    assert oak.corrections == {"person_code", "pcn"}
    assert (oak.throttle_per_second, oak.answer_seconds) == (4, 12)
    assert oak.reversal == (("05", "5C"), ("07", "C8"))


def test_a_wish_says_why_where_it_is_written_and_when_it_holds():
    wishes = [wish for wish in read(WHOLE).required if wish.place != ("07", "ET")]
    assert [wish.place for wish in wishes] == [("01", "4X"), ("07", "U7")]
    assert {wish.because for wish in wishes} == {"It pays by where the patient lives."}
    assert {(wish.cite, wish.when) for wish in wishes} == {("page 3", "coordinated")}


def test_what_a_sheet_does_not_say_is_what_every_payer_takes():
    pecan = sheet("")
    assert (pecan.takes, pecan.cob) == (ANY.takes, ANY.cob)
    assert pecan.carries(("07", "D7"))
    assert not pecan.carries(("01", "CQ"))


@pytest.mark.parametrize(
    ("place", "carried"),
    [
        (("01", "CQ"), True),
        (("01", "4X"), True),
        (("01", "C4"), True),
        (("13", "DO"), False),
        (("13", "WE"), False),
        (("03", "PM"), False),
    ],
)
def test_a_sheet_carries_what_it_wants_and_not_what_it_forbids(place, carried):
    assert read(WHOLE).carries(place) is carried


@pytest.mark.parametrize(
    ("line", "key", "reason"),
    [
        ("bins = 888881", "bins", "list of texts"),
        ('bins = ["99999"]', "bins", "'99999'"),
        ('bins = ["99999A"]', "bins", "'99999A'"),
        ('pcns = ["ELEVENCHARS"]', "pcns", "ELEVENCHARS"),
        ('help_desk = "555-0100"', "help_desk", "555-0100"),
        ("help_desk = 5125550100", "help_desk", "must be text"),
        ('takes = ["B1", "B9"]', "takes", "'B9'"),
        ('cob = "sometimes"', "cob", "sometimes"),
        ('parts = "yes"', "parts", "true or false"),
        ("compounds = 1", "compounds", "true or false"),
        ("days_supply_max = 366", "days_supply_max", "0 to 365"),
        ("days_supply_max = -1", "days_supply_max", "0 to 365"),
        ("days_supply_max = true", "days_supply_max", "whole number"),
        ("days_supply_max = 34.0", "days_supply_max", "whole number"),
        ("answer_seconds = 121", "answer_seconds", "0 to 120"),
        ("file_within_days = 3651", "file_within_days", "0 to 3650"),
        ('throttle_per_second = "4"', "throttle_per_second", "whole number"),
        ('corrections = ["quantity"]', "corrections", "'quantity'"),
        ('color = "red"', "color", "not a key"),
        ('key = "oak"', "key", "not a key"),
        ("carried = []", "carried", "not a key"),
        (
            '[[forbidden]]\nfields = ["13"]\nwhen = "compound"',
            "forbidden 1 when",
            "only with what is required",
        ),
        ("required = 3", "required", "list"),
        ('required = ["01.4X"]', "required 1", "table"),
        ("[[required]]\nfields = []", "required 1 fields", "list like"),
        ('[[required]]\nwhen = "compound"', "required 1 fields", "list like"),
        ('[[required]]\nfields = ["01.ZZ"]', "required 1 fields", "01.ZZ"),
        ('[[required]]\nfields = ["22"]', "required 1 fields", "'22'"),
        ('[[required]]\nfields = ["05.4C"]', "required 1 fields", "05.4C"),
        ('[[required]]\nfields = ["01.HN"]', "required 1 fields", "a claim of ours"),
        ('[[required]]\nfields = ["01.4X"]\nwhen = "rainy"', "required 1 when", "rainy"),
        ('[[required]]\nfields = ["01.4X"]\nbecause = 3', "required 1 because", "text"),
        ('[[required]]\nfields = ["01.4X"]\nwhy = "x"', "required 1 why", "none of"),
        ('[[forbidden]]\nfields = ["07.D7"]', "forbidden", "07.D7"),
        ('[[forbidden]]\nfields = ["11"]', "forbidden", "11.DU"),
        ('reversal = ["01.4X"]', "reversal", "01.4X"),
        ('reversal = ["05.HC"]', "reversal", "only 5C"),
        ('reversal = ["05"]', "reversal", "no field"),
        ("reversal = []", "reversal", "'?'"),
    ],
)
def test_a_bad_sheet_is_refused_with_file_key_and_reason(line, key, reason):
    with pytest.raises(Malformed) as refusal:
        read_sheet("pecan.toml", f'name = "Pecan Part D"\n{line}\n', base=ANY)
    told = {fault.field: fault.reason for fault in refusal.value.faults}
    assert f"pecan.toml {key}" in told
    assert any(reason in fault.reason for fault in refusal.value.faults)


def test_a_sheet_cannot_want_what_it_forbids():
    text = '[[required]]\nfields = ["01.4X"]\n[[forbidden]]\nfields = ["01.4X"]\n'
    with pytest.raises(Malformed) as refusal:
        sheet(text)
    assert refusal.value.field == "pecan.toml required"


def test_a_sheet_without_a_name_is_refused():
    with pytest.raises(Malformed) as refusal:
        read('bins = ["888881"]')
    assert (refusal.value.field, refusal.value.reason) == ("oak.toml name", "is missing")


def test_all_that_is_wrong_with_a_sheet_is_told_at_once():
    with pytest.raises(Malformed) as refusal:
        sheet('cob = "sometimes"\nparts = 1\ncolor = "red"\n')
    assert {fault.field.split()[1] for fault in refusal.value.faults} == {
        "cob",
        "parts",
        "color",
    }


def test_a_file_that_is_no_toml_is_refused_by_its_name(tmp_path):
    with pytest.raises(Malformed) as refusal:
        book_of(folder(tmp_path / "own", oak="name = "))
    assert refusal.value.field == "oak.toml"


def test_bytes_that_are_no_text_are_refused_by_their_file(tmp_path):
    (tmp_path / "oak.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(Malformed) as refusal:
        book_of(tmp_path)
    assert (refusal.value.field, refusal.value.reason) == ("oak.toml", "is not UTF-8")


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(Malformed, match="no folder of payer sheets"):
        book_of(tmp_path / "nowhere")


def test_every_bad_sheet_of_a_folder_is_told(tmp_path):
    own = folder(tmp_path / "own", ash='cob = "x"', elm="parts = 1")
    with pytest.raises(Malformed) as refusal:
        book_of(own)
    files = {fault.field.split()[0] for fault in refusal.value.faults}
    assert files == {"ash.toml", "elm.toml"}


def test_two_sheets_of_one_payer_are_refused(tmp_path):
    own = folder(
        tmp_path / "own", ash=payer("Ash", "888881", "A B"), elm=payer("Elm", "888881", "B")
    )
    with pytest.raises(Malformed) as refusal:
        book_of(own)
    assert refusal.value.field == "elm.toml bins"
    assert "ash.toml" in refusal.value.reason


def test_a_sheet_of_no_payer_is_refused(tmp_path):
    with pytest.raises(Malformed) as refusal:
        book_of(folder(tmp_path / "own", ash='name = "Ash"'))
    assert (refusal.value.field, refusal.value.reason) == ("ash.toml bins", "is missing")


def test_the_sheet_for_any_payer_names_none(tmp_path):
    own = folder(tmp_path / "own", default='name = "Any"\nbins = ["888881"]')
    with pytest.raises(Malformed) as refusal:
        book_of(own)
    assert refusal.value.field == "default.toml bins"


@pytest.mark.parametrize(
    ("bin_number", "pcn", "name"),
    [
        ("888881", "A", "Ash"),
        ("888881", "B", "Elm"),
        ("888881", "C", "Any payer"),
        ("888882", "ANYTHING", "Fir"),
        ("888882", "SPECIAL", "Fir special"),
        ("888883", "WRONG", "Oak"),
        ("000000", "A", "Any payer"),
        ("", "", "Any payer"),
    ],
)
def test_a_payer_is_found_by_bin_and_pcn_and_a_wrong_pcn_does_not_hide_the_only_one(
    tmp_path, bin_number, pcn, name
):
    own = folder(
        tmp_path / "own",
        ash=payer("Ash", "888881", "A"),
        elm=payer("Elm", "888881", "B"),
        fir=payer("Fir", "888882"),
        fir_special=payer("Fir special", "888882", "SPECIAL"),
        oak=payer("Oak", "888883", "O"),
    )
    assert sheet_for(bin_number, pcn, own=own).name == name


def test_the_sites_own_sheet_wins_over_the_houses(tmp_path):
    ours = house_book().sheets[0]
    bin_number, pcn = ours.bins[0], ours.pcns[0]
    own = folder(tmp_path / "own", mine=payer("Mine", bin_number, pcn))
    assert sheet_for(bin_number, pcn, own=own).name == "Mine"
    assert sheet_for(bin_number, pcn).name == ours.name


def test_the_houses_exact_sheet_wins_over_an_own_one_of_another_pcn(tmp_path):
    ours = house_book().sheets[0]
    own = folder(tmp_path / "own", mine=payer("Mine", ours.bins[0], "ELSE"))
    assert sheet_for(ours.bins[0], ours.pcns[0], own=own).name == ours.name


def test_the_sites_own_default_is_laid_over_the_houses(tmp_path):
    own = folder(
        tmp_path / "own",
        default='name = "All of ours"\nanswer_seconds = 9\n',
        ash=payer("Ash", "888881"),
    )
    assert sheet_for("000000", "", own=own).name == "All of ours"
    assert sheet_for("888881", "", own=own).answer_seconds == 9
    assert sheet_for("888881", "", own=own).carries(("07", "D7"))


def test_the_houses_own_sheets_can_be_read_and_each_says_where_it_is_from():
    book = house_book()
    assert book.default.name == "Any payer"
    assert all(one.source and one.bins and one.help_desk for one in book.sheets)
    assert all(one.corrections <= CORRECTIONS for one in book.sheets)


def test_any_payer_wants_the_quantity_prescribed_of_a_schedule_ii_drug_by_law():
    [wish] = ANY.required
    assert wish.place == ("07", "ET")
    assert wish.when == "schedule ii"
    assert "45 CFR 162.1102" in wish.cite
