"""Electronic prescriptions for controlled substances: archived always, dispensed when open."""
