"""A state's monitoring programme: takes reports, checks them by itself, answers."""
