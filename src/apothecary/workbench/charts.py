"""Numbers people compare, drawn on the server as SVG: no script, readable aloud.

Every chart takes plain numbers with their labels, and returns one ``<svg>`` whose title and
description say what a glance would. Geometry is whole SVG units, so output is stable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

BAR_WIDTH = 22
BAR_GAP = 6
PLOT_HEIGHT = 96
AXIS_HEIGHT = 18
TOP_ROOM = 16
ROW_HEIGHT = 24
NAME_WIDTH = 190
DAYS_WIDTH = 300
VALUE_WIDTH = 90


@dataclass(frozen=True, slots=True)
class StockLine:
    """One drug's stock in days: what is on hand, and the reorder point it is held against."""

    name: str
    days: Decimal
    reorder_days: Decimal


def bars_by_hour(
    counts: Sequence[tuple[str, int]], *, title: str, now: str = "", capacity: int = 0
) -> Markup:
    """Upright bars, one an hour. ``now`` names the current hour; ``capacity`` draws a limit."""
    refuse_negative([count for _, count in counts])
    top = max([count for _, count in counts] + [capacity, 1])
    step = BAR_WIDTH + BAR_GAP
    width = max(len(counts) * step + BAR_GAP, step)
    base = TOP_ROOM + PLOT_HEIGHT
    parts = [hour_bar(at, pair, top=top, now=now) for at, pair in enumerate(counts)]
    if capacity:
        y = base - scaled(capacity, top, PLOT_HEIGHT)
        parts.append(
            Markup('<line class="limit" x1="0" x2="{}" y1="{}" y2="{}"/>').format(width, y, y)
        )
    parts.append(
        Markup('<line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/>').format(width, base, base)
    )
    says = ", ".join(f"{hour}: {count}" for hour, count in counts) or "nothing yet"
    return svg(width, base + AXIS_HEIGHT, title=title, says=says, parts=parts, kind="bars")


def hour_bar(place: int, pair: tuple[str, int], *, top: int, now: str) -> Markup:
    hour, count = pair
    x = BAR_GAP + place * (BAR_WIDTH + BAR_GAP)
    height = scaled(count, top, PLOT_HEIGHT)
    base = TOP_ROOM + PLOT_HEIGHT
    middle = x + BAR_WIDTH // 2
    return Markup(
        '<rect class="bar{}" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="value" x="{}" y="{}">{}</text>'
        '<text class="label" x="{}" y="{}">{}</text>'
    ).format(
        " now" if hour == now else "",
        x,
        base - height,
        BAR_WIDTH,
        height,
        middle,
        base - height - 4,
        count if count else "",
        middle,
        base + 14,
        hour,
    )


def sparkline(
    values: Sequence[Decimal | int], *, title: str, width: int = 120, height: int = 24
) -> Markup:
    """A small line of a series with its last point marked; fewer than two values: a dash."""
    if len(values) < 2:
        return Markup('<span class="sparkline-none">—</span>')
    low, high = min(values), max(values)
    points = [
        (
            2 + scaled(place, len(values) - 1, width - 6),
            height - 3 - scaled(value - low, high - low, height - 6),
        )
        for place, value in enumerate(values)
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    says = f"from {values[0]} to {values[-1]}, lowest {low}, highest {high}"
    parts = [
        Markup('<polyline class="line" points="{}"/>').format(line),
        Markup('<circle class="last" cx="{}" cy="{}" r="2.5"/>').format(*points[-1]),
    ]
    return svg(width, height, title=title, says=says, parts=parts, kind="sparkline")


def days_of_stock(lines: Sequence[StockLine], *, title: str) -> Markup:
    """Lying bars of days on hand, each with its reorder mark; below the mark it is amber."""
    refuse_negative([line.days for line in lines])
    top = max([line.days for line in lines] + [line.reorder_days for line in lines] + [1])
    parts = [stock_bar(place, line, top=top) for place, line in enumerate(lines)]
    says = "; ".join(
        f"{line.name}: {line.days} days, reorder at {line.reorder_days}" for line in lines
    )
    width = NAME_WIDTH + DAYS_WIDTH + VALUE_WIDTH
    height = max(len(lines), 1) * ROW_HEIGHT
    return svg(width, height, title=title, says=says or "nothing", parts=parts, kind="stock")


def stock_bar(place: int, line: StockLine, *, top: Decimal | int) -> Markup:
    y = place * ROW_HEIGHT
    low = line.days < line.reorder_days
    bar = scaled(line.days, top, DAYS_WIDTH)
    mark = NAME_WIDTH + scaled(line.reorder_days, top, DAYS_WIDTH)
    return Markup(
        '<text class="name" x="{}" y="{}">{}</text>'
        '<rect class="bar{}" x="{}" y="{}" width="{}" height="12"/>'
        '<line class="limit" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="amount" x="{}" y="{}">{} d{}</text>'
    ).format(
        NAME_WIDTH - 10,
        y + 16,
        line.name,
        " low" if low else "",
        NAME_WIDTH,
        y + 6,
        bar,
        mark,
        mark,
        y + 2,
        y + 22,
        max(NAME_WIDTH + bar, mark) + 6,
        y + 16,
        line.days,
        " low" if low else "",
    )


def amounts(lines: Sequence[tuple[str, Decimal]], *, title: str) -> Markup:
    """Lying bars of dollars, one a line with its name and amount; none is below zero."""
    refuse_negative([usd for _, usd in lines])
    top = max([usd for _, usd in lines] + [Decimal("0.01")])
    parts = [amount_bar(place, line, top=top) for place, line in enumerate(lines)]
    says = "; ".join(f"{name}: ${usd:,.2f}" for name, usd in lines)
    width = NAME_WIDTH + DAYS_WIDTH + VALUE_WIDTH
    height = max(len(lines), 1) * ROW_HEIGHT
    return svg(width, height, title=title, says=says or "nothing", parts=parts, kind="amounts")


def amount_bar(place: int, line: tuple[str, Decimal], *, top: Decimal) -> Markup:
    name, usd = line
    y, bar = place * ROW_HEIGHT, scaled(usd, top, DAYS_WIDTH)
    return Markup(
        '<text class="name" x="{}" y="{}">{}</text>'
        '<rect class="bar" x="{}" y="{}" width="{}" height="12"/>'
        '<text class="amount" x="{}" y="{}">${:,.2f}</text>'
    ).format(
        NAME_WIDTH - 10, y + 16, name, NAME_WIDTH, y + 6, bar, NAME_WIDTH + bar + 6, y + 16, usd
    )


def scaled(value: Decimal | int, top: Decimal | int, length: int) -> int:
    """``value`` on a scale of ``length`` units; a flat series lies on the base line."""
    return round(Decimal(value) / Decimal(top) * length) if top else 0


def refuse_negative(values: Sequence[Decimal | int]) -> None:
    """A bar cannot be drawn below its base: that would be a wrong number, so say so."""
    if any(value < 0 for value in values):
        raise ValueError("a bar chart takes no negative number")


def svg(
    width: int, height: int, *, title: str, says: str, parts: Sequence[Markup], kind: str
) -> Markup:
    """The frame of every chart, with its title and what it says for a screen reader."""
    return Markup(
        '<svg class="chart {}" viewBox="0 0 {} {}" width="{}" height="{}" role="img"'
        ' aria-label="{}. {}"><title>{}</title><desc>{}</desc>{}</svg>'
    ).format(
        kind, width, height, width, height, title, says, title, says, Markup("").join(parts)
    )
