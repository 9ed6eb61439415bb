"""How long finding a drug takes, by kind of search, beside LIKE, tsvector and trigrams.

``--files FOLDER`` loads the agency's product.txt and package.txt first (as `apothecary load
fda-ndc` takes them); without it the shipped starter file is searched, and the result says so.
``--quick`` asks a tenth as much. Everything runs on a database server of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.ground.house import ROOT, machine

from apothecary.config.postgres import serving

MANY = 500


def measure(*, files: str, quick: bool) -> dict[str, object]:
    """Median and 99th percentile of each kind, ours and its peers', in one run."""
    figures: dict[str, object] = {"machine": machine()}
    with tempfile.TemporaryDirectory(prefix="apothecary-bench-") as folder:
        data = Path(folder)
        data.chmod(0o711)
        with serving(data) as server:
            env = os.environ | {"DATABASE_URL": server.url, "DATA": folder}
            env |= {"PYTHONPATH": str(ROOT / "src"), "APOTHECARY_LOG": "WARNING"}
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.ground.searching"],
                input=json.dumps(
                    {
                        "files": files,
                        "many": MANY // 10 if quick else MANY,
                        "steward": server.steward_url,
                    }
                ),
                env=env,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
    found: dict[str, object] = json.loads(done.stdout)
    return figures | found


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--files", default="", help="folder of the official files")
    asked.add_argument("--quick", action="store_true")
    given = asked.parse_args()
    print(json.dumps(measure(files=given.files, quick=given.quick)))
