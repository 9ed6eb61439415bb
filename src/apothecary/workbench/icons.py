"""Icons from the ``lucide`` package, drawn into the page."""

from functools import lru_cache

from lucide.jinja import lucide
from markupsafe import Markup, escape


@lru_cache(maxsize=512)
def icon(name: str, size: int = 16, says: str = "") -> Markup:
    """One icon as SVG in the colour of its text. Without ``says`` it is hidden from readers.

    A name that lucide does not have raises: a stop sign that is not drawn is no stop sign.
    """
    drawn = str(lucide(name, size=size, stroke_width="2"))
    spoken = f'role="img" aria-label="{escape(says)}"' if says else 'aria-hidden="true"'
    return Markup(drawn.replace("<svg", f'<svg class="icon" {spoken}', 1))  # noqa: S704 lucide's own file
