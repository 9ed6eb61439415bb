"""Which knowledge base screens: the one in the box, or the one that the settings name."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from apothecary.screening.rules.found import KnowledgeBase


@cache
def knowledge_base(path: str) -> KnowledgeBase:
    """The function of this dotted path; a wrong one fails at the first fill, loudly."""
    found: KnowledgeBase = import_string(path)
    return found


def in_use() -> KnowledgeBase:
    """The knowledge base of this installation (``SCREENING`` in the settings)."""
    return knowledge_base(settings.SCREENING)
