"""What is dispensed and by which customs it is reckoned: the facts days' supply needs."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from apothecary.directions.package_text import Content, content_of

_PEN = re.compile(r"\bpens?\b|solostar|kwikpen|flexpen|flextouch|toujeo|tempo", re.IGNORECASE)
_VIAL = re.compile(r"\bvials?\b", re.IGNORECASE)
# "Tubes, inhalers, pens, eye drops, vials" of the rule DS-WHOLE, as dosage forms are called.
_WHOLE = re.compile(
    r"ophthalmic|otic|nasal|inhal|aerosol|metered|inject|cream|ointment|\bgel\b|lotion|foam",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Product:
    """The product of a prescription; every field may be empty when it is not known.

    ``name`` with brand and strength as written; ``unit`` the billing unit EA, ML or GM;
    ``unit_word`` what one EA is; ``package_quantity`` of that unit in one package, and
    ``package_text`` its description in the drug listing.
    """

    name: str = ""
    form: str = ""
    route: str = ""
    unit: str = ""
    unit_word: str = ""
    package_quantity: Decimal | None = None
    package_text: str = ""

    @cached_property
    def content(self) -> Content | None:
        """What a package holds, as its description says."""
        return content_of(self.package_text)

    @cached_property
    def device(self) -> str:
        """``pen``, ``vial`` or empty where nothing says which."""
        if (self.content is not None and self.content.pen) or _PEN.search(self.name):
            return "pen"
        vial = self.content is not None and self.content.is_called("vial")
        return "vial" if vial or _VIAL.search(self.name) else ""

    @cached_property
    def full_name(self) -> str:
        """Name and form together, in which the facts of single products are looked for."""
        return f"{self.name} {self.form}"

    @cached_property
    def whole_only(self) -> bool:
        """Whether its package cannot be split."""
        return _WHOLE.search(f"{self.form} {self.route}") is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customs:
    """What a house or payer sets; None means the convention of the table.

    ``prime_units`` before each injection of a pen, ``drops_per_ml``, ``month_days``;
    ``palms`` is the area treated, in palms of an adult, where a cream has no dose.
    """

    prime_units: Decimal | None = None
    drops_per_ml: Decimal | None = None
    month_days: int | None = None
    palms: Decimal | None = None
