"""What expires: sweeps, pulls, what the night flags, and first expired first out, proved."""
