"""What the drug file says of a listing beyond the agency's words: pure, for every source."""
