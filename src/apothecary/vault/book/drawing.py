"""The balance of a drug over time, drawn: a line of steps, since units do not melt away."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from apothecary.workbench.charts import scaled, svg
from apothecary.workbench.filters import quantity

WIDTH, HEIGHT, TOP, LEFT, FOOT = 680, 92, 16, 4, 18
# Words stand centred on their place: half of a date on either side.
INSET = 38


def balance_line(
    days: Sequence[tuple[date, Decimal]], *, last: date, title: str, unit: str
) -> Markup:
    """The balance at the end of each day, from the first day of the period to its last."""
    if not days:
        return Markup("")
    first, top = days[0][0], max([balance for _, balance in days] + [Decimal(1)])
    span = max((last - first).days, 1)
    corners: list[tuple[int, int]] = []
    for day, balance in days:
        x = LEFT + scaled((day - first).days, span, WIDTH - 2 * LEFT)
        y = TOP + HEIGHT - scaled(max(balance, Decimal(0)), top, HEIGHT)
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    corners.append((WIDTH - LEFT, corners[-1][1]))
    now = days[-1][1]
    least = min(balance for _, balance in days)
    says = (
        f"from {quantity(days[0][1], unit)} to {quantity(now, unit)},"
        f" most {quantity(top, unit)}, least {quantity(least, unit)}"
    )
    line = " ".join(f"{x},{y}" for x, y in corners)
    base = TOP + HEIGHT
    parts = [
        Markup('<line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/>').format(WIDTH, base, base),
        Markup('<polyline class="line" fill="none" points="{}"/>').format(line),
        Markup('<circle class="last" cx="{}" cy="{}" r="3"/>').format(*corners[-1]),
        Markup('<text class="value" x="{}" y="{}">{}</text>').format(
            WIDTH - INSET, max(corners[-1][1] - 5, 11), quantity(now, unit)
        ),
        Markup('<text class="label" x="{}" y="{}">{}</text>').format(
            INSET, base + 14, f"{first:%m/%d/%Y}"
        ),
        Markup('<text class="label" x="{}" y="{}">{}</text>').format(
            WIDTH - INSET, base + 14, f"{last:%m/%d/%Y}"
        ),
    ]
    return svg(WIDTH, base + FOOT, title=title, says=says, parts=parts, kind="balance")
