"""How much of each package there should be, what is coming, and what is to be ordered."""
