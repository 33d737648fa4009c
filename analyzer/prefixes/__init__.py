"""What stands before every line of a log and is in no list: it is inferred from lines that cannot be mistaken.

Source of the algorithm: docs/facts/prefixes.md.
"""
