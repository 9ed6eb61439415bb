"""How long the drug file takes to load, and how much memory the loading process.

``--files FOLDER`` holds the agency's product.txt and package.txt (packed or not), ``--rxnorm
FOLDER`` the files of RxNorm. Without a folder the shipped starter file is loaded instead, and
the result says so. Everything runs on a database server of its own; the peer beside it copies
the same lines, unread, into a table of one column.
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


def measure(*, files: str, rxnorm: str) -> dict[str, object]:
    """Seconds, processor seconds, rows and memory of each load, one after the other."""
    figures: dict[str, object] = {"machine": machine()}
    with tempfile.TemporaryDirectory(prefix="apothecary-bench-") as folder:
        data = Path(folder)
        data.chmod(0o711)
        with serving(data) as server:
            env = os.environ | {"DATABASE_URL": server.url, "DATA": folder}
            env |= {"PYTHONPATH": str(ROOT / "src"), "APOTHECARY_LOG": "WARNING"}
            asked = {"files": files, "rxnorm": rxnorm}
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.ground.drug_loads"],
                input=json.dumps(asked),
                env=env,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
    found: dict[str, object] = json.loads(done.stdout)
    return figures | found | {"load_after": round(os.getloadavg()[0], 1)}


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--files", default="", help="folder of the FDA's files")
    asked.add_argument("--rxnorm", default="", help="folder of RxNorm's files")
    asked.add_argument("--quick", action="store_true", help="the same: a load has no window")
    given = asked.parse_args()
    print(json.dumps(measure(files=given.files, rxnorm=given.rxnorm)))
