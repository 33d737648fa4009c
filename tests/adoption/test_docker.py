"""`Dockerfile`: what can be seen of it without docker, which is not there where the tests run."""

from __future__ import annotations

import fnmatch
import json
import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
TEXT: Final = (ROOT / "Dockerfile").read_text(encoding="utf-8")
IGNORED: Final = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def instructions() -> list[tuple[str, str]]:
    """Each instruction with its arguments, lines that go on joined."""
    joined = re.sub(r"\\\n", " ", TEXT)
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(name.upper(), rest) for name, _, rest in (line.partition(" ") for line in lines)]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = [[]]
    for name, rest in instructions():
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest))
    return found[1:]


def copied() -> list[str]:
    """The paths of the checkout that are copied into the image."""
    return [
        word
        for name, rest in instructions()
        if name == "COPY" and "--from=" not in rest
        for word in rest.split()[:-1]
    ]


def test_only_known_instructions_are_used_and_nothing_is_fetched_by_add() -> None:
    known = {"ARG", "FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD"}
    assert {name for name, _ in instructions()} <= known
    assert not re.search(r"\b(curl|wget|apt-get)\b", TEXT)


def test_it_has_two_stages_on_one_base_that_has_a_version() -> None:
    assert len(stages()) == 2
    (base,) = [rest for name, rest in instructions() if name == "ARG"]
    assert re.fullmatch(r"BASE=python:3\.(1[1-9])-slim-\w+", base)
    assert all(stage[0][1].startswith("${BASE}") for stage in stages())


def test_the_last_stage_runs_the_command_as_nobody_special() -> None:
    last = dict(stages()[-1])
    user = int(last["USER"])
    assert user >= 1000
    assert f"--uid {user} " in last["RUN"]
    assert json.loads(last["ENTRYPOINT"]) == ["/opt/lostwrite/bin/lostwrite"]
    assert json.loads(last["CMD"]) == ["--help"]
    order = [name for name, _ in stages()[-1]]
    assert order.index("USER") < order.index("ENTRYPOINT")


def test_every_package_comes_from_a_lock_with_hashes() -> None:
    installs = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    assert len(installs) == 2
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation ." in line for line in installs)


def test_what_is_copied_exists_and_is_all_that_a_wheel_needs() -> None:
    assert all((ROOT / path).exists() for path in copied())
    assert {"pyproject.toml", "README.md", "analyzer", "grammars"} <= set(copied())


def test_the_context_is_what_is_copied_and_nothing_else() -> None:
    assert [line for line in IGNORED if line and not line.startswith(("#", "!"))] == ["*", "**/__pycache__"]
    let_through = [line.removeprefix("!") for line in IGNORED if line.startswith("!")]
    assert sorted(let_through) == sorted(copied())
    assert not any(fnmatch.fnmatch(".git", pattern) for pattern in let_through)
