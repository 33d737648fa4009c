"""What a user would write in Python instead: `python -m benchmarks.run_others unzip|script|duckdb|lark PATH`."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

_SOURCE = "edgekeyvaluestore.amazonaws.com"


def unzip(folder: str) -> int:
    """Decompresses every file and does nothing with it: the practical limit."""
    from isal import isal_zlib

    return sum(len(isal_zlib.decompress(path.read_bytes(), wbits=31)) for path in Path(folder).iterdir())


def script(folder: str) -> int:
    """Finds the calls as most scripts do."""
    found = 0
    for path in Path(folder).iterdir():
        with gzip.open(path) as file:
            found += sum(record["eventSource"] == _SOURCE for record in json.load(file)["Records"])
    return found


def duckdb(folder: str) -> int:
    """Finds the calls with SQL, as DuckDB's own recipes have it; the schema is its own guess."""
    import duckdb as engine

    records = engine.read_json(f"{folder}/*.json.gz", maximum_object_size=1 << 26).select(
        "unnest(Records) AS r"
    )
    return len(records.filter(f"r.eventSource = '{_SOURCE}'").select("r.eventID").fetchall())


def lark(log: str) -> int:
    """Parses each line with Lark, told beforehand which form it is: the least that it could cost."""
    import polars as pl
    from lark import Lark

    from analyzer.grammar.line import load

    grammar = load("pulumi")
    lines = pl.Series("line", Path(log).read_text(encoding="utf-8").splitlines()).str.strip_chars_end()
    forms = grammar.parse(lines)["form"]
    names = [form.name for form in grammar.forms]
    parser = Lark(grammar.text, parser="lalr", lexer="contextual", start=names, maybe_placeholders=False)
    return len([parser.parse(line, start=form) for form, line in zip(forms, lines, strict=True) if form])


if __name__ == "__main__":
    print({"unzip": unzip, "script": script, "duckdb": duckdb, "lark": lark}[sys.argv[1]](sys.argv[2]))
