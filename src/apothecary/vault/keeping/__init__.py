"""How long each kind of record is kept, what is held, and that nothing deletes it."""
