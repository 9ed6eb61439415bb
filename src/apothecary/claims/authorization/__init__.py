"""Prior authorization: asking a payer for its consent, and carrying it to the claim."""
