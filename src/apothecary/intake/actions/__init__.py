"""What people and partners do with what comes in, one file per verb."""
