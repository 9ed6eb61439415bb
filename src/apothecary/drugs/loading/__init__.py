"""Loading a source into the drug file: one batch, one transaction, one shown diff."""
