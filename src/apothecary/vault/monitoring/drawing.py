"""A day of reports as a bar in parts: as high as it was busy, what is wrong on top."""

from collections.abc import Mapping

from markupsafe import Markup

from apothecary.workbench.charts import scaled, svg

WIDTH, HEIGHT = 96, 14
# From the left: what is done, what is on its way, what a person must see.
PARTS = (
    ("accepted", "good"),
    ("sent", ""),
    ("due", "now"),
    ("held", "low"),
    ("rejected", "bad"),
)


def day_bar(told: Mapping[str, int], *, most: int, title: str) -> Markup:
    """One day's records; ``most`` is the busiest day's number, which fills the width."""
    total = sum(told.get(word, 0) for word, _ in PARTS)
    if not total:
        return Markup("")
    x, parts, says = 0, [], []
    for word, kind in PARTS:
        count = told.get(word, 0)
        if not count:
            continue
        # One that waits among hundreds is drawn all the same.
        wide = max(scaled(count, most, WIDTH), 4)
        parts.append(
            Markup('<rect class="bar{}" x="{}" y="2" width="{}" height="10"/>').format(
                f" {kind}" if kind else "", x, min(wide, WIDTH - x)
            )
        )
        x = min(x + wide, WIDTH - 4)
        says.append(f"{count} {word}")
    return svg(WIDTH, HEIGHT, title=title, says=", ".join(says), parts=parts, kind="told")
