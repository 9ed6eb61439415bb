"""A drug whose schedule a load has changed: what lies here, is prescribed, is owed."""
