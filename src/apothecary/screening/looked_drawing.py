"""A patient's controlled drugs over the last months: a bar for each, the opioids' sum below."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from apothecary.vault.monitoring.lookup.history import Dispensed
from apothecary.workbench.charts import scaled, svg

WIDTH, ROW, LINE, NAME, FOOT = 620, 16, 44, 150, 18
MOST_BARS = 14
LONGEST_NAME = 22


def time_line(
    fills: Sequence[Dispensed], a_day: Sequence[Decimal], *, since: date, today: date
) -> Markup:
    """Bars from the day filled to the last day it lasts; the last fills at the bottom.

    ``a_day`` are the morphine equivalents of each day from ``since`` to ``today``.
    """
    if not fills:
        return Markup("")
    span, room = max((today - since).days, 1), WIDTH - NAME
    shown = list(fills)[-MOST_BARS:]
    parts: list[Markup] = []
    for place, one in enumerate(shown):
        first = max((one.filled_on - since).days, 0)
        last = min(one.last_on + 1 - since.toordinal(), span)
        x = NAME + scaled(first, span, room)
        wide = max(scaled(max(last - first, 0), span, room), 3)
        now = " now" if one.covers(today) else ""
        parts.append(
            Markup(
                '<text class="name" x="{}" y="{}">{}</text>'
                '<rect class="bar{}" x="{}" y="{}" width="{}" height="10"/>'
            ).format(
                NAME - 6,
                place * ROW + 11,
                one.drug[:LONGEST_NAME],
                now,
                x,
                place * ROW + 2,
                wide,
            )
        )
    base = len(shown) * ROW + LINE
    top = max([*a_day, Decimal(1)])
    points = " ".join(
        f"{NAME + scaled(at, span, room)},{base - scaled(value, top, LINE - 14)}"
        for at, value in enumerate(a_day)
    )
    parts += [
        Markup('<text class="name" x="{}" y="{}">MME a day</text>').format(NAME - 6, base - 4),
        Markup('<polyline class="line" points="{}"/>').format(points),
        Markup('<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            NAME, WIDTH, base, base
        ),
        Markup('<text class="label" x="{}" y="{}">{}</text>').format(
            NAME + 32, base + 14, f"{since:%m/%d/%Y}"
        ),
        Markup('<text class="label" x="{}" y="{}">{}</text>').format(
            WIDTH - 32, base + 14, f"{today:%m/%d/%Y}"
        ),
    ]
    says = "; ".join(
        f"{one.drug} on {one.filled_on:%m/%d/%Y} for {one.days_supply} days" for one in shown
    )
    title = f"{len(fills)} fills, {a_day[-1]:f} MME today, at most {max(a_day):f}"
    return svg(WIDTH, base + FOOT, title=title, says=says, parts=parts, kind="time-line")
