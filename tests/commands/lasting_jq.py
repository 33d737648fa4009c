"""One jq process for each program, as its start is slow: a program is run on many inputs."""

from __future__ import annotations

import json
import subprocess
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from tests.commands.shells import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence


class LastingJq:
    """Answers `jq -Macs --argjson plan PLAN PROGRAM`, by a real jq, and `jq -aRs .` by itself."""

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            assert process.stdin is not None
            process.stdin.close()
        self._stack.close()

    def answer(self, text: str, words: Sequence[str]) -> Answer:
        """What jq prints for the documents in `text`."""
        if list(words) == ["-aRs", "."]:
            return Answer(out=json.dumps(text))
        flags, argjson, name, plan, program = words
        assert (flags, argjson, name) == ("-Macs", "--argjson", "plan")
        asked = json.dumps({"plan": json.loads(plan), "docs": list(_documents(text))})
        found = json.loads(self._ask(program, asked))
        if "error" in found:
            return Answer(5, err=f"jq: error (at <stdin>:0): {found['error']}")
        return Answer(out="".join(json.dumps(json.loads(line)) for line in found["lines"]))  # as -a does

    def _ask(self, program: str, asked: str) -> str:
        if program not in self._processes:
            whole = f". as {{$plan, $docs}} | try {{lines: [$docs | {program} | tojson]}} catch {{error: .}}"
            self._processes[program] = self._stack.enter_context(
                subprocess.Popen(
                    ["jq", "-Mac", "--unbuffered", whole],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    encoding="ascii",
                )
            )
        process = self._processes[program]
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{asked}\n")
        process.stdin.flush()
        return process.stdout.readline()


def _documents(text: str) -> list[object]:
    decoder, found, at = json.JSONDecoder(), list[object](), 0
    text = text.strip()
    while at < len(text):
        document, at = decoder.raw_decode(text, at)
        found.append(document)
        at += len(text[at:]) - len(text[at:].lstrip())
    return found
