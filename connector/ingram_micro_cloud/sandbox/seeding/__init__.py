"""What a practice marketplace begins with; the same for the same seed and day."""
