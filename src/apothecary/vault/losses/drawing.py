"""The clocks of a loss, drawn: from the discovery to the last day, with today on it."""

from datetime import date

from markupsafe import Markup

from apothecary.vault.losses.rules import Clock
from apothecary.workbench.charts import scaled, svg

WIDTH, NAME, BAR, ROW, TOP = 560, 74, 330, 26, 4
RIGHT = NAME + BAR + 8


def clocks_drawn(clocks: list[Clock], *, today: date) -> Markup:
    """One bar a clock, filled to today or to the day it was done; late ones in the colour of
    what stops, and in words."""
    if not clocks:
        return Markup("")
    parts = [bar(place, clock, today=today) for place, clock in enumerate(clocks)]
    says = "; ".join(f"{clock.name}: {in_words(clock)}" for clock in clocks)
    high = TOP + ROW * len(clocks)
    return svg(WIDTH, high, title="Clocks", says=says, parts=parts, kind="stock")


def bar(place: int, clock: Clock, *, today: date) -> Markup:
    """The days that are gone of those the rule gives."""
    y = TOP + place * ROW
    span = max((clock.due_on - clock.starts_on).days, 1)
    gone = min(max(((clock.done_on or today) - clock.starts_on).days, 0), span)
    return Markup(
        '<text class="name" x="{}" y="{}">{}</text>'
        '<rect class="bar{}" x="{}" y="{}" width="{}" height="12"/>'
        '<line class="limit" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="amount" x="{}" y="{}">{}</text>'
    ).format(
        NAME - 10, y + 15, clock.name, " low" if clock.late else "", NAME, y + 5,
        max(scaled(gone, span, BAR), 2), NAME + BAR, NAME + BAR, y + 2, y + 20,
        RIGHT, y + 15, in_words(clock),
    )  # fmt: skip


def in_words(clock: Clock) -> str:
    """How a clock stands, as it is read out."""
    due = f"{clock.due_on:%m/%d/%Y}"
    if clock.done_on:
        late = f", late: due {due}" if clock.late else ""
        return f"done {clock.done_on:%m/%d/%Y}{late}"
    if clock.late:
        return f"LATE since {due}"
    if clock.days_left == 0:
        return f"due TODAY, {due}"
    return f"due {due}, {clock.days_left} d left"
