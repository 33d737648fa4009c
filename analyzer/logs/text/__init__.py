"""From the bytes of a text log to events, for any line language: batches, prefixes off, forms, context, events.

`clean`, `unwrap` and `shift` → `parse` → `context` → `engine`. What the lines mean is in `logs/languages/`.
"""
