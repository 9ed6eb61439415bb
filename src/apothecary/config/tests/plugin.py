"""The house's pytest plugin, named in pyproject.toml.

Tests live beside the rooms as well as in `tests/`, so that one conftest.py cannot serve both.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# Every change runs the few, `make test PYTEST=--hypothesis-profile=long` the many.
LONG = "long"
USUAL_EXAMPLES, LONG_EXAMPLES = 30, 300
settings.register_profile("house", max_examples=USUAL_EXAMPLES, deadline=None)
settings.register_profile(LONG, max_examples=LONG_EXAMPLES, deadline=None)
settings.load_profile("house")

# Short, since the path of a socket may not exceed 107 bytes. Set before the settings are read.
FOLDER = Path(tempfile.mkdtemp(prefix="apothecary-test-"))
FOLDER.chmod(0o711)  # root's server runs under another account, which must come through
os.environ["DATA"] = str(FOLDER)
# What one process of a run prepares for all lies in the folder of the first, the last to go.
os.environ.setdefault("APOTHECARY_TEST_RUN", str(FOLDER))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--needs-database",
        action="store_true",
        help="run only the tests that touch the database (to repeat them on another version)",
    )


def pytest_configure(config: pytest.Config) -> None:
    # Not earlier: the later plugin wins, and ours must win over pytest-django's fixtures.
    config.pluginmanager.import_plugin("apothecary.config.tests.session")
    config.pluginmanager.import_plugin("apothecary.config.tests.world")


# What ran out of time is not yet what is wrong: on a machine that others keep busy a page may
# not come in its time. It is run once more, and the summary names it (R); what came out wrong
# is never run again.
RAN_OUT = ["TimeoutError", "NeverHappened", "Locator expected", "did not stand still"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A story in a browser or in a whole house that ran out of time has one more try."""
    for item in items:
        if item.get_closest_marker("browser") or "house" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=RAN_OUT))


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether everything meets everything, which nobody waits for each time."""
    return bool(request.config.getoption("--hypothesis-profile") == LONG)


def pytest_unconfigure() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
