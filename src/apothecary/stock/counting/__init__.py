"""Counts as assertions: what was counted, what the books said then, what came of it."""
