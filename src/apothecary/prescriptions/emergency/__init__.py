"""A C-II taken by telephone in an emergency: the order, what covers it, what DEA is told."""
