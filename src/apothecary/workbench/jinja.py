"""The one Jinja2 environment of the house: what every template may call."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined

from apothecary.workbench import charts, filters, icons, signature


def environment(**options: Any) -> Environment:
    """Build the environment for Django's Jinja2 backend.

    The open ``**options`` is Django's own signature for this hook: it hands over its loader,
    autoescape and reload settings, which belong to Jinja2 and are passed on untouched. Only
    ``undefined`` is ours: a name that is missing must stop the page and never print as blank,
    since a blank where an allergy should stand reads as "none".
    """
    options["undefined"] = StrictUndefined
    options.setdefault("autoescape", True)
    made = Environment(trim_blocks=True, lstrip_blocks=True, **options)  # noqa: S701 set above
    made.globals.update(
        url=url,
        static=static,
        icon=icons.icon,
        bars_by_hour=charts.bars_by_hour,
        sparkline=charts.sparkline,
        days_of_stock=charts.days_of_stock,
    )
    made.filters.update(
        quantity=filters.quantity,
        money=filters.money,
        day=filters.day,
        instant=filters.instant,
        clock=filters.clock,
        stamp=filters.stamp,
        due=filters.due,
        phone=filters.phone,
        age=filters.age,
        tallman=filters.tallman,
        signature=signature.signature_svg,
    )
    return made


def url(name: str, *args: object) -> str:
    """The address of a named page; positional parts only, so that templates read alike."""
    return reverse(name, args=args)
