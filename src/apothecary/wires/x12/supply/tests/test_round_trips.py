"""What is written is read back as the same, in every dialect, and the bytes stay the same."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apothecary.wires import x12
from apothecary.wires.command import decode, encode
from apothecary.wires.x12.supply import Dialect, read_papers, write_interchange, write_paper
from apothecary.wires.x12.supply.tests.drawn import DIALECTS, SENT
from apothecary.wires.x12.supply.tests.drawn_papers import KINDS, papers

SLOW_TO_DRAW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("how", DIALECTS, ids=lambda how: how.name)
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@SLOW_TO_DRAW
def test_what_is_written_is_read_back_as_the_same(
    kind: str, how: Dialect, data: st.DataObject
) -> None:
    paper = data.draw(papers(kind, how))
    raw = write_interchange([write_paper(paper, how)], SENT, how)
    (found,) = read_papers(raw, how)
    assert found == paper
    assert write_interchange([write_paper(found, how)], SENT, how) == raw
    assert x12.read_strictly(raw).to_bytes() == raw
    assert encode("x12", json.loads(json.dumps(decode("x12", raw)))) == raw
