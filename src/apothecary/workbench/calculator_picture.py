"""The alligation square: stocks at the left, the wanted in the middle, parts at the right."""

from collections.abc import Mapping

from markupsafe import Markup

WIDTH, HEIGHT = 420, 170
LEFT, MIDDLE, RIGHT = 70, 210, 350
TOP, CENTRE, BOTTOM = 40, 88, 136


def alligation_square(texts: Mapping[str, str]) -> Markup:
    """The square of calculation B20 out of the written numbers of its answer.

    Each difference is taken along a diagonal; the part stands opposite, beside its stock.
    """
    words = [
        (LEFT, TOP, texts["high"]),
        (LEFT, BOTTOM, texts["low"]),
        (MIDDLE, CENTRE, texts["want"]),
        (RIGHT, TOP, texts["parts_high"]),
        (RIGHT, BOTTOM, texts["parts_low"]),
        (RIGHT, TOP + 18, texts["of_high"]),
        (RIGHT, BOTTOM + 18, texts["of_low"]),
        (LEFT, 14, "stock"),
        (MIDDLE, 14, "wanted"),
        (RIGHT, 14, "take"),
    ]
    lines = [(TOP, CENTRE, BOTTOM), (BOTTOM, CENTRE, TOP)]
    drawn = Markup("").join(
        Markup('<polyline points="{},{} {},{} {},{}" fill="none" class="axis"/>').format(
            LEFT + 45, one - 4, MIDDLE, two - 4, RIGHT - 55, three - 4
        )
        for one, two, three in lines
    )
    box = Markup(
        '<rect x="{}" y="{}" width="70" height="24" rx="4" fill="var(--surface)" class="axis"/>'
    ).format(MIDDLE - 35, CENTRE - 16)
    said = Markup("").join(
        Markup('<text x="{}" y="{}">{}</text>').format(x, y, word) for x, y, word in words
    )
    says = (
        f"{texts['parts_high']} of {texts['high']} ({texts['of_high']}) and"
        f" {texts['parts_low']} of {texts['low']} ({texts['of_low']}) make {texts['want']}"
    )
    return Markup(
        '<svg class="chart" role="img" viewBox="0 0 {} {}" width="{}" height="{}">'
        "<title>Alligation square</title><desc>{}</desc>{}{}{}</svg>"
    ).format(WIDTH, HEIGHT, WIDTH, HEIGHT, says, drawn, box, said)
