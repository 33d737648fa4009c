"""What happened to a write after it landed."""
