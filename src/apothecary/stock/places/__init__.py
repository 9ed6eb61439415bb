"""Places: how cold, whose stock, where on the map, and what may stand there."""
