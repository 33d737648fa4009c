"""What would decide the writes that are in doubt."""
