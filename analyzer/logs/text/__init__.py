"""From the bytes of a text log to events: batches, prefixes off, forms, context, events. It knows no language."""
