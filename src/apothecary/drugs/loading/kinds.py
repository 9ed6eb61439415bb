"""Every source that `apothecary load` knows, by its key."""

from collections.abc import Mapping

from apothecary.drugs.loading.asp import ASP, CROSSWALK
from apothecary.drugs.loading.fda import DIRECTORY, EXCLUDED, UNFINISHED
from apothecary.drugs.loading.frame import Kind
from apothecary.drugs.loading.nadac import NADAC
from apothecary.drugs.loading.niosh import NIOSH
from apothecary.drugs.loading.openfda import ENFORCEMENT, SHORTAGE
from apothecary.drugs.loading.orange_book import ORANGE_BOOK
from apothecary.drugs.loading.rxnorm import RXNORM
from apothecary.drugs.loading.spl import SPL
from apothecary.drugs.loading.unii import UNII

EVERY = (
    *(DIRECTORY, EXCLUDED, UNFINISHED, RXNORM, ORANGE_BOOK, NADAC),
    *(ENFORCEMENT, SHORTAGE, SPL, ASP, CROSSWALK, UNII, NIOSH),
)
KINDS: Mapping[str, Kind] = {kind.publication.key: kind for kind in EVERY}
