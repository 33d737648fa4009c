"""Signs in a prefix: they are not taken together with the sign with which a line of SST begins."""

from __future__ import annotations

import pytest

from tests.logs.recovered.logs import LOGS, problems, said, steps


@pytest.mark.parametrize("head", ["x  │", "│", "<14>1 2025-03-21T15:40:20Z ci sst 42 - - \ufeff", "🚀"])
@pytest.mark.parametrize("log", ["sst", "sst failed", "tree failed"])
def test_a_sign_right_before_a_line_is_its_prefix(head: str, log: str) -> None:
    text = "\n".join(f"{head}{line}" for line in LOGS[log].splitlines())
    assert said(text) == said(LOGS[log])


@pytest.mark.parametrize("log", ["tree", "tree failed"])
def test_a_level_that_only_the_row_of_the_stack_has_loses_nothing(log: str) -> None:
    lines = LOGS[log].splitlines()
    text = [
        f"[15:40:{n:02}]{'W' if 'pulumi:pulumi:Stack' in line else ' '}:\t [Step 1/2] {line}"
        for n, line in enumerate(lines)
    ]
    assert steps("\n".join(text)) == steps(LOGS[log])


def test_collapsed_branches_of_a_tree_are_rows() -> None:
    deep = LOGS["tree failed"].replace("├─", "│  ├─").replace("└─", "│  └─")
    collapsed = "\n".join(" ".join(line.split(" ")) for line in deep.splitlines())
    while "  " in collapsed:
        collapsed = collapsed.replace("  ", " ")
    assert any("repaired" in problem for problem in problems(collapsed))
    assert [step[:3] for step in steps(collapsed) if step[0] == "failed"] == [
        step[:3] for step in steps(deep) if step[0] == "failed"
    ]
