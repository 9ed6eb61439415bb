"""A form drawn: of each line what was ordered and what of it has come; how long it is good."""

from collections.abc import Sequence

from markupsafe import Markup

from apothecary.vault.orders.queries import LineStanding, Standing
from apothecary.workbench.charts import ROW_HEIGHT, scaled, svg

NAME, BARS, SAYS = 250, 260, 200
WIDTH = NAME + BARS + SAYS
TRACK, TRACK_HIGH = 120, 14
LONGEST_NAME = 38


def lines_drawn(lines: Sequence[LineStanding], *, title: str) -> Markup:
    """A lying bar a line: as long as what was ordered, filled as far as it has come."""
    top = max([each.line.packages for each in lines] + [1])
    parts = [line_bar(place, each, top=top) for place, each in enumerate(lines)]
    says = "; ".join(f"line {each.line.number}: {came(each)}" for each in lines)
    height = max(len(lines), 1) * ROW_HEIGHT
    return svg(WIDTH, height, title=title, says=says or "none", parts=parts, kind="amounts")


def line_bar(place: int, each: LineStanding, *, top: int) -> Markup:
    y = place * ROW_HEIGHT
    length = scaled(each.line.packages, top, BARS)
    name = f"{each.line.number}  {each.line.item_name}"
    return Markup(
        '<text class="name" x="{}" y="{}">{}</text>'
        '<rect class="bar{}" x="{}" y="{}" width="{}" height="12"/>'
        '<path class="axis" fill="none" d="M{} {}h{}v12h-{}z"/>'
        '<text class="amount{}" x="{}" y="{}">{}</text>'
    ).format(
        NAME - 10,
        y + 16,
        name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…",
        "" if each.to_come else " now",
        NAME,
        y + 6,
        scaled(each.received, each.line.packages, length),
        NAME,
        y + 6,
        length,
        length,
        " low" if each.to_come else "",
        NAME + length + 6,
        y + 16,
        came(each),
    )


def came(each: LineStanding) -> str:
    """A line in words: what came of how many, what is still to come."""
    said = f"{each.received} of {each.line.packages}"
    if each.line.void_on is not None:
        return f"{said}, void"
    return f"{said}, {each.to_come} to come" if each.to_come else said


def days_drawn(row: Standing) -> Markup:
    """How many of its days a form has left, as a track that empties; nothing while unsigned."""
    if row.days_left is None:
        return Markup("")
    left = max(row.days_left, 0)
    parts = [
        Markup('<rect class="bar{}" x="0" y="2" width="{}" height="10"/>').format(
            " low" if row.to_come and left <= row.days_good // 6 else "",
            scaled(left, row.days_good, TRACK),
        ),
        Markup('<path class="axis" fill="none" d="M0 2h{}v10h-{}z"/>').format(TRACK, TRACK),
    ]
    says = f"{left} of {row.days_good} days left"
    return svg(
        TRACK + 1, TRACK_HIGH, title=row.form.serial, says=says, parts=parts, kind="amounts"
    )
