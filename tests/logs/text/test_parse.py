"""The form and the captures of each line of a text log."""

from __future__ import annotations

import polars as pl

from analyzer.grammar.line import load
from analyzer.logs.kinds import pulumi_text, terminal
from analyzer.logs.text.parse import UNREAD, parsed
from analyzer.sources.source import Source

STAMP = "2025-03-20T12:00:00.1000000Z "
LINES = (
    "SST 3.12.5  ready!",
    "|  Created     Site sst:aws:Nextjs → SiteRole aws:iam:Role (1.2s)",
    "npm warn deprecated inflight@1.0.6",
    " ~  aws:s3:Bucket assets updated (0.51s)",
)


def test_each_line_is_of_one_form_without_the_prefix_of_its_log() -> None:
    log = "".join(f"{STAMP}{line}\n" for line in LINES).encode()
    (parts,) = parsed(Source("job.log", None, log), terminal.DIALECT)
    assert {form: part["row"].to_list() for form, part in parts.items()} == {
        "ui_header": [0],
        "ui_child_step": [1],
        "timed_row": [3],
    }
    step = parts["ui_child_step"].drop("row").row(0, named=True)
    assert step == {"verb": "Created     ", "name": "SiteRole ", "type": "aws:iam:Role (1.2s)"}
    assert parts["timed_row"]["took"].to_list() == ["0.51"]


def test_the_batches_hold_all_lines_that_are_of_some_form() -> None:
    row = " ~  aws:s3:Bucket assets updated (0.51s)\n"
    batches = list(parsed(Source("x", None, (row * 500).encode()), pulumi_text.DIALECT, batch_bytes=4096))
    assert len(batches) > 1
    assert sum(part.height for parts in batches for part in parts.values()) == 500


def test_a_line_that_is_too_long_to_be_read_is_of_no_form() -> None:
    for dialect in (pulumi_text.DIALECT, terminal.DIALECT):
        for language in dialect.languages:
            assert load(language.GRAMMAR).parse(pl.Series([UNREAD]))["form"].to_list() == [None]
    log = b" ~  aws:s3:Bucket " + b"a" * (1 << 20) + b" updated (0.51s)\n"
    assert [*parsed(Source("x", None, log), pulumi_text.DIALECT)] == [{}]
