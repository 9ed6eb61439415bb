"""The established pharmacologic classes (EPC) of a product."""

import re
from functools import lru_cache

# Names of classes hold commas themselves; only the one after the kind in brackets parts them.
BETWEEN = re.compile(r"(?<=\])\s*,\s*")
EPC = "[EPC]"


@lru_cache(maxsize=16_384)
def epc_classes(listed: str) -> tuple[str, ...]:
    """The EPC among the classes of PHARM_CLASSES, without the mark, each once, in order."""
    found = (part.strip() for part in BETWEEN.split(listed))
    named = (part.removesuffix(EPC).strip() for part in found if part.endswith(EPC))
    return tuple(dict.fromkeys(name for name in named if name))
