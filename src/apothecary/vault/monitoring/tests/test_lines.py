"""The lines: how they are named, what they refuse to be, and what a folder does."""

import pytest

from apothecary.vault.monitoring.lines import (
    FolderLine,
    NoAnswer,
    NotConnected,
    WebLine,
    line_to,
    lines_of_installation,
    lines_to,
)


def test_lines_are_named_by_the_programmes_state():
    found = lines_to(
        "TX=https://pmp.example/in, NY=file:/srv/pmp", tokens="TX=secret", ca_file="/ca.pem"
    )
    assert found["TX"] == WebLine("https://pmp.example/in", "secret", "/ca.pem")
    assert isinstance(found["NY"], FolderLine)
    assert "secret" not in repr(found["TX"])
    assert dict(lines_to("")) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("TX=https://a,TX=https://b", "second line"),
        ("https://a", "not a state"),
        ("Texas=https://a", "not a state"),
        ("tx=https://a", "not a state"),
        ("TX=", "not a state"),
        ("TX=ftp://a", "no address"),
        ("TX=file:folder", "no address"),
        ("TX=http://pmp.example/in", "open line"),
        ("TX=https://me:secret@pmp.example/in", "no secret"),
    ],
)
def test_what_is_no_line_is_named(text, says):
    with pytest.raises(ValueError, match=says):
        lines_to(text)


def test_plain_http_is_for_this_machine_alone():
    assert line_to("http://127.0.0.1:9/TX") == WebLine("http://127.0.0.1:9/TX")


def test_the_environment_names_the_lines(monkeypatch):
    monkeypatch.setenv("APOTHECARY_MONITORING", "TX=https://pmp.example/in")
    monkeypatch.setenv("APOTHECARY_MONITORING_TOKENS", "TX=t")
    assert lines_of_installation()["TX"] == WebLine("https://pmp.example/in", "t")


def test_a_folder_holds_a_file_once_and_gives_the_answer_when_it_lies_there(tmp_path):
    line = FolderLine(tmp_path / "pmp")
    for _ in range(2):
        with pytest.raises(NoAnswer, match="does not yet"):
            line.tell(b"TH*...", name="1-7")
    assert [one.name for one in (tmp_path / "pmp").iterdir()] == ["1-7.dat"]
    assert (tmp_path / "pmp" / "1-7.dat").read_bytes() == b"TH*..."
    (tmp_path / "pmp" / "1-7.ack").write_bytes(b"taken")
    assert line.tell(b"TH*...", name="1-7") == b"taken"


def test_a_folder_that_cannot_be_written_is_no_line(tmp_path):
    (tmp_path / "pmp").write_text("a file")
    with pytest.raises(NotConnected, match="no line"):
        FolderLine(tmp_path / "pmp").tell(b"TH", name="1")


def test_where_nobody_listens_nothing_has_arrived():
    with pytest.raises(NotConnected, match="no line"):
        line_to("http://127.0.0.1:9/TX").tell(b"TH", name="1")
