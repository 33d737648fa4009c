"""What a log was wrapped in or damaged by: the text as its program printed it, before any kind of log reads it."""
