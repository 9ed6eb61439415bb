"""Pharmaceutical calculations: one table, quantities with units, Decimal only."""
