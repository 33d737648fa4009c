"""The verdicts of an audit, against what became of the writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from tests.world.archive_truth import compared, truth_of

if TYPE_CHECKING:
    from pathlib import Path

ROUTE = {"deploy": "d1", "name": "Web", "action": "append", "key": "ns:routes"}


def test_a_verdict_is_false_where_it_is_not_among_the_right_ones(tmp_path: Path) -> None:
    """A doubt never is; what the truth does not name is left out."""
    (tmp_path / "truth").mkdir()
    known = {**ROUTE, "right": ["landed", "lost"], "fate": "landed", "level": "proof", "left": "log"}
    lines = [json.dumps(known | {"entry": entry}) for entry in ("/a", "/b", "/c")]
    (tmp_path / "truth" / "app.ndjson").write_text("\n".join(lines))
    verdicts = {"/a": "dropped", "/b": "unverifiable", "/c": "lost", "/unknown": "dropped"}
    said = pl.DataFrame([ROUTE | {"entry": entry, "verdict": verdict} for entry, verdict in verdicts.items()])
    pairs = compared(said, truth_of(tmp_path))
    assert pairs["entry"].to_list() == ["/a", "/b", "/c"]
    assert pairs["false"].to_list() == [True, False, False]
