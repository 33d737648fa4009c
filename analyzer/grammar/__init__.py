"""From a `.lark` file to line patterns that polars runs, and to the LALR parser that judges them.

Source: docs/architecture.md#4-grammars.

`line.load(name)` gives a line language; `nested` reads what stands inside messages; `oracle` is the slow, sure way.
"""
