"""Which recorded calls answer for which writes, and what else is available on each write."""
