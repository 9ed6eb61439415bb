"""One payer process and a till, as the tests of claims have them."""

from apothecary.claims.tests.conftest import payer_process, till

__all__ = ["payer_process", "till"]
