import pytest

from apothecary.wires.script.units import QUANTITY_UNITS, quantity_unit


@pytest.mark.parametrize(
    ("code", "name", "billing"),
    [
        ("C48542", "tablet", "EA"),
        ("C48480", "capsule", "EA"),
        ("C64933", "each", "EA"),
        ("C28254", "mL", "ML"),
        ("C48155", "gram", "GM"),
    ],
)
def test_a_common_unit_has_a_name_and_a_billing_unit(
    code: str, name: str, billing: str
) -> None:
    unit = quantity_unit(code)
    assert unit is not None
    assert (unit.name, unit.billing) == (name, billing)


@pytest.mark.parametrize("code", ["C48520", "C48551", "C48540", "C38046"])
def test_a_container_does_not_say_how_it_is_billed(code: str) -> None:
    unit = quantity_unit(code)
    assert unit is not None
    assert unit.billing == ""


@pytest.mark.parametrize("code", ["", "C99999", "tablet", "c48542"])
def test_an_unknown_unit_is_not_guessed(code: str) -> None:
    assert quantity_unit(code) is None


def test_each_code_stands_under_itself_and_bills_as_a_claim_can() -> None:
    for code, unit in QUANTITY_UNITS.items():
        assert unit.code == code
        assert unit.billing in ("EA", "ML", "GM", "")
        assert unit.name
