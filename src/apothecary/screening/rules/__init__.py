"""What screening finds, pure: facts of a patient and a new drug in, findings out."""
