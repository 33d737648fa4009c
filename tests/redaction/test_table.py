"""Whole tables: which columns are redacted, and keys over many lines."""

from __future__ import annotations

import time

import polars as pl

from analyzer.redaction.key_lines import LINES, KeyLines
from analyzer.redaction.table import redacted_table, redacted_tables
from tests.redaction.secrets import KEY_LINES, noise

LEAK = "password=hunter22"
HIDDEN = "password=[redacted]"


def test_every_text_goes_but_identities_enumerations_and_commands() -> None:
    table = pl.DataFrame(
        {
            "key": [LEAK],
            "problems": [[LEAK, "fine"]],
            "place": [{"name": LEAK, "line": 3}],
            "event_id": [LEAK],
            "remedy": [LEAK],
            "line": [7],
        }
    )
    assert redacted_table(table).row(0) == (
        HIDDEN,
        [HIDDEN, "fine"],
        {"name": HIDDEN, "line": 3},
        LEAK,
        LEAK,
        7,
    )


def test_a_large_table_is_as_a_small_one() -> None:
    rows = pl.DataFrame(
        {
            "key": [LEAK, "fine", None, noise("a", 40), "fine"],
            "store": ["s"] * 5,
            "caller": [None] * 4 + [LEAK],
            "etag": [LEAK] * 5,
            "l": [[LEAK], [], ["fine"], None, ["fine"]],
        },
        schema_overrides={"caller": pl.String},
    )
    (small,) = redacted_tables({"t": rows}).values()
    large = pl.concat([rows] * 3_000)
    assert redacted_tables({"t": large})["t"].equals(pl.concat([small] * 3_000))


def test_tables_together_are_as_each_alone() -> None:
    tables = {
        "one": pl.DataFrame({"key": [LEAK, None], "l": [[LEAK], []], "etag": [LEAK, LEAK]}),
        "none": pl.DataFrame({"key": []}, schema={"key": pl.String}),
        "numbers": pl.DataFrame({"line": [7]}),
        "two": pl.DataFrame({"message": ["fine", LEAK, LEAK], "key": ["a", "b", "c"]}),
    }
    together = redacted_tables(tables)
    assert list(together) == list(tables)
    for name, table in tables.items():
        assert together[name].equals(redacted_table(table))
    assert redacted_tables({"numbers": tables["numbers"]})["numbers"].equals(tables["numbers"])


def test_nulls_and_types_survive() -> None:
    table = pl.DataFrame(
        {"a": [None, LEAK], "l": [None, []], "s": [None, {"x": "y"}]},
        schema={"a": pl.String, "l": pl.List(pl.String), "s": pl.Struct({"x": pl.String})},
    )
    told = redacted_table(table)
    assert told.schema == table.schema
    assert told.rows() == [(None, None, None), (HIDDEN, [], {"x": "y"})]


def test_lists_in_lists_and_structs_in_lists_keep_their_places() -> None:
    table = pl.DataFrame(
        {
            "l": [[[LEAK], [], None], None, [], [["x", None, LEAK]]],
            "s": [[{"x": LEAK, "etag": LEAK}, None], [], None, [{"x": None, "etag": None}]],
        }
    )
    told = redacted_table(table)
    assert told.schema == table.schema
    assert told["l"].to_list() == [[[HIDDEN], [], None], None, [], [["x", None, HIDDEN]]]
    assert told["s"].to_list() == [[{"x": HIDDEN, "etag": LEAK}, None], [], None, [{"x": None, "etag": None}]]


def test_many_short_lists_take_no_longer_than_one_long_one() -> None:
    texts = [f"{LEAK} {number}" for number in range(30_000)]
    tables = pl.DataFrame({"l": [texts]}), pl.DataFrame({"l": [[text] for text in texts]})
    times = []
    for table in tables:
        began = time.process_time()
        redacted_table(table)
        times.append(time.process_time() - began)
    assert times[1] < 3 * times[0] + 0.5


def lines(*texts: str, source: str = "a.log") -> pl.DataFrame:
    return pl.DataFrame({"source": [source] * len(texts), "message": texts})


def messages(*batches: pl.DataFrame) -> list[str]:
    keys = KeyLines()
    return [text for batch in batches for text in keys.without(batch)["message"]]


def test_each_line_of_a_key_goes_also_its_short_last_one() -> None:
    told = messages(lines("before", *KEY_LINES, "after"))
    assert told == ["before", KEY_LINES[0], *["[redacted]"] * 7, KEY_LINES[-1], "after"]


def test_a_key_goes_on_in_the_next_batches() -> None:
    told = messages(*(lines(line) for line in KEY_LINES), lines("after"))
    assert told == [KEY_LINES[0], *["[redacted]"] * 7, KEY_LINES[-1], "after"]


def test_a_key_ends_with_its_source() -> None:
    told = messages(lines(*KEY_LINES[:3]), lines("Done", source="b.log"))
    assert told[-1] == "Done"


def test_other_lines_among_those_of_a_key_stay() -> None:
    body = noise("x", 64)
    told = messages(lines(KEY_LINES[0], " |  " + body, "a warning of another", f"web: {body}", KEY_LINES[-1]))
    assert told[1:4] == [" |  [redacted]", "a warning of another", "web: [redacted]"]


def test_a_key_that_never_ends_does_not_hide_the_log() -> None:
    told = messages(lines(KEY_LINES[0], *["Done"] * (LINES + 2)))
    assert told.count("Done") == 2
    assert messages(lines(KEY_LINES[0]), lines(*["Done"] * (LINES + 2))).count("Done") == 2
