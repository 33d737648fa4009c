"""From a `.lark` file to line patterns that polars runs, and to the LALR parser that judges them (DESIGN 4).

`line.load(name)` gives a line language; `nested` reads what stands inside messages; `oracle` is the slow, sure way.
"""
