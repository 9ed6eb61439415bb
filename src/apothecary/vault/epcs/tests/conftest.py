"""The house that receives, as a fixture."""

import pytest

from apothecary.vault.epcs.tests.receiver import Receiver


@pytest.fixture
def house(pharmacy, tmp_path, monkeypatch, settings) -> Receiver:
    settings.DATA = tmp_path
    return Receiver(pharmacy, tmp_path / "trust", tmp_path, monkeypatch)
