"""A paste that is indented or quoted gives the events of the text that was pasted."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.logs.kinds import pulumi_text
from analyzer.logs.read import LogScan
from analyzer.logs.text.shift import shift_of, without_shift
from analyzer.sources.source import Source
from tests.effort import combinations
from tests.logs.terminal import DEPLOY

SHIFTS = ("  ", "    ", "\t", "> ", "> > ", "  > ")
PULUMI = """\
Updating (prod):

     Type                 Name       Status
 +   pulumi:pulumi:Stack  shop-prod  created (3s)
 +   └─ aws:s3:Bucket     assets     **creating failed**

Diagnostics:
  aws:s3:Bucket (assets):
    error: no such bucket
      and more of it

Resources:
    + 1 created

Duration: 5s
"""
ROWS = """\
Updating (prod):

 +  aws:s3:Bucket assets creating (0s)
 +  aws:s3:Bucket assets created (1s)
    pulumi:pulumi:Stack shop-prod running entry: site,50f6,,/
Resources:
    + 1 created

Duration: 5s
"""
DIAGNOSTICS = """\
Diagnostics:
  aws:s3:Bucket (assets):
    error: no such bucket
"""
TREE = PULUMI.split("\n\n")[1] + "\n"
TEXTS = {"sst": DEPLOY, "tree": PULUMI, "rows": ROWS, "headless tree": TREE}


def read(text: str) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    scan = LogScan([Source("paste", None, text.encode())])
    events = pl.concat(list(scan))
    return events, scan.inputs.select("lines", "recognised", "unrecognised").to_dicts()


@pytest.mark.parametrize(("shift", "name"), combinations(SHIFTS, ["sst", "tree", "rows"], each=1))
def test_a_shifted_paste_says_what_the_text_says(name: str, shift: str) -> None:
    text = TEXTS[name]
    shifted = "".join(f"{shift}{line}".rstrip() + "\n" for line in text.splitlines())
    assert read(shifted)[0].equals(read(text)[0])
    assert read(shifted)[1] == read(text)[1]
    assert read(text)[1][0]["unrecognised"] == 0


def test_a_first_line_that_was_pasted_with_less_before_it() -> None:
    lines = DEPLOY.splitlines()
    shifted = "\n".join([lines[0], *(f"  {line}" for line in lines[1:])]) + "\n"
    assert read(shifted)[0].equals(read(DEPLOY)[0])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_not_shifted_is_left_as_it_is(text: str) -> None:
    flush = r"Updating \(|Resources:$|Duration: |SST |~  Deploy|     Type +Name"
    assert shift_of(pl.Series(text.splitlines()), flush) is None


def test_an_error_quoted_in_a_straight_log_shifts_nothing() -> None:
    lines = ["SST 3.1.1  ready!", "~  Deploy", "   |  Error  quoted by the program", "   ~  Deploy"]
    assert shift_of(pl.Series(lines), r"SST |~  Deploy|\|  Error") is None


def test_a_tree_alone_is_shifted_by_what_stands_before_its_head() -> None:
    shifted = pl.Series([f"  {line}" for line in TREE.splitlines()])
    assert shift_of(shifted, "     Type +Name") == "  "
    assert without_shift(shifted, "  ").to_list() == TREE.splitlines()


@pytest.mark.parametrize("shift", ["", "  ", "    "])
def test_as_pulumi_text_too(shift: str) -> None:
    shifted = "".join(f"{shift}{line}\n" for line in DIAGNOSTICS.splitlines())
    scan = LogScan([Source("paste", None, shifted.encode())], kind=pulumi_text.KIND)
    (error,) = pl.concat(list(scan)).filter(pl.col("severity") == "error").to_dicts()
    assert (error["type"], error["name"], error["message"]) == (
        "aws:s3:Bucket",
        "assets",
        "error: no such bucket",
    )


@pytest.mark.parametrize("text", [PULUMI, DEPLOY], ids=["pulumi", "sst"])
def test_a_byte_order_mark_is_no_part_of_the_first_line(text: str) -> None:
    assert read(f"\ufeff{text}")[0].equals(read(text)[0])
