"""Papers of each kind drawn at random, by dialect."""

from collections.abc import Callable

from hypothesis import strategies as st

from apothecary.wires.x12.supply import Dialect, Paper
from apothecary.wires.x12.supply.tests.drawn import answers, headed, notices, orders
from apothecary.wires.x12.supply.tests.drawn_bills import catalogues, invoices

KINDS: dict[str, Callable[[Dialect], st.SearchStrategy[Paper]]] = {
    "810": invoices,
    "832": catalogues,
    "850": orders,
    "855": answers,
    "856": notices,
}


def papers(kind: str, how: Dialect) -> st.SearchStrategy[Paper]:
    """Papers of a kind, as this wholesaler would carry them."""
    return KINDS[kind](how).map(lambda paper: headed(how, paper))
