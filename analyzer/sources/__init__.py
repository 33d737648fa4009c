"""Where bytes come from, and what they are by their content."""
