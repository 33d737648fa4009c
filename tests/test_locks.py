"""`requirements/*.lock`: what `make` installs is pinned, hashed, and the versions that `constraints.txt` shows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("run", "aws", "dev")
_PIN = re.compile(r"(?m)^([A-Za-z0-9_.-]+)==(\S+)([^\n]*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)?")


def normalised(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> dict[str, tuple[str, int]]:
    """Version and number of hashes of each package in a lock."""
    text = (ROOT / "requirements" / f"{lock}.lock").read_text()
    return {
        normalised(name): (version, (hashes or "").count("--hash="))
        for name, version, hashes in _PIN.findall(text)
    }


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {normalised(name): version for name, version in pairs}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_a_pin_with_a_hash(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text()
    packages = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert len(pins(lock)) == len(packages) > 0
    assert [name for name, (_, hashes) in pins(lock).items() if not hashes] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_the_versions_of_the_constraints(lock: str) -> None:
    known = constraints()
    versions = {name: version for name, (version, _) in pins(lock).items() if name in known}
    assert versions == {name: known[name] for name in versions}
    assert set(pins(lock)) - set(known) <= {"colorama"}  # which Windows alone needs


def test_the_development_lock_has_every_constraint() -> None:
    assert set(constraints()) - set(pins("dev")) == set()


def test_the_locks_have_what_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    def names(requirements: list[str]) -> set[str]:
        return {normalised(re.match(r"[A-Za-z0-9_.-]+", requirement)[0]) for requirement in requirements}  # type: ignore[index]

    assert names(project["dependencies"]) <= set(pins("run"))
    assert names(project["dependencies"] + project["optional-dependencies"]["aws"]) <= set(pins("aws"))
    extras = [requirement for extra in project["optional-dependencies"].values() for requirement in extra]
    assert names(project["dependencies"] + extras) <= set(pins("dev"))


def test_make_installs_from_the_locks_alone() -> None:
    makefile = (ROOT / "Makefile").read_text()
    installs = [line for line in makefile.splitlines() if " install " in line]
    assert all("--require-hashes" in line or "--no-deps" in line or line.endswith(" uv") for line in installs)
    assert "$(LOCKED) requirements/run.lock" in makefile
    assert "$(LOCKED) requirements/dev.lock" in makefile
