"""Names of substances into the drug file, and the UNII of the ingredients that had none."""

from collections.abc import Mapping
from operator import attrgetter

from apothecary.drugs.loading.frame import Kind, Loading, Publication
from apothecary.drugs.loading.merge import Table
from apothecary.drugs.official.files import Piece, Wanted
from apothecary.drugs.official.heads import Head
from apothecary.drugs.official.unii import read_substances
from apothecary.drugs.side_tables import SubstanceName

NAMES = Table(
    model=SubstanceName,
    code=("unii", "name", "kind"),
    values=("display",),
    about=("unii",),
    says=("name",),
)
# A name that two substances go by gives neither.
INGREDIENTS = """
UPDATE drugs_ingredient i SET unii = f.unii
FROM (SELECT lower(name) AS name, min(unii) AS unii FROM drugs_substancename
      WHERE gone_on IS NULL GROUP BY lower(name) HAVING count(DISTINCT unii) = 1) f
WHERE i.unii = '' AND f.name = lower(i.name)
"""


def fill(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill the names, and name the ingredients by them."""
    rows = read_substances(found["names"], tell=loading.tell)
    loading.stage(NAMES, map(attrgetter("line", *NAMES.copied), rows))
    loading.merge(NAMES)
    loading.cursor.execute(INGREDIENTS)
    loading.add_changed("ingredient", int(loading.cursor.rowcount))


UNII = Kind(
    publication=Publication(
        key="fda-unii",
        name="UNII names of substances",
        publisher="US Food and Drug Administration",
        licence="US Government work, public domain",
    ),
    says="FDA UNII names: zip, text or CSV",
    files={
        "names": Wanted(
            ("*unii*names*.txt", "*unii*names*.csv", "*names*.txt"), Head.SUBSTANCES
        )
    },
    fill=fill,
)
