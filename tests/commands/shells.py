"""Real shells, interactive as a person's, in which `aws` is a function that hands its arguments over byte for byte.

The function writes them to a pipe and reads status, stdout and stderr from another, so that a call starts no process:
what answers is a thread of the test (`Fake`, or a real server). `jq` is a function too where a lasting process answers
for it. Commands are given to the shell as they would be pasted, one after the other, on its standard input.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SHELLS: Final = {
    "bash": ["bash", "--noprofile", "--norc", "--noediting", "-i"],
    "dash": ["dash", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
_HISTORY: Final = {"bash": "set -o history -o histexpand\n", "zsh": "setopt banghist\n", "dash": ""}
_PATIENCE: Final = 300  # seconds
_AWS: Final = """\
PS1=; PS2=; lw_call() { printf '%s\\0' "$#" "$@" >requests; \
{ read -r lw_status; IFS= read -r lw_out; IFS= read -r lw_err; } <answers; \
test -z "$lw_out" || printf '%s\\n' "$lw_out"; test -z "$lw_err" || printf '%s\\n' "$lw_err" >&2; return "$lw_status"; }
aws() { lw_call "$@"; }
"""
_JQ: Final = """\
jq() { lw_text=; while IFS= read -r lw_line; do lw_text="$lw_text$lw_line
"; done; lw_text="$lw_text$lw_line"; lw_call jq "$lw_text" "$@"; }
"""


# For very many commands: calls are written down, and answered from what the test knows beforehand. What jq would print
# is worked out afterwards; STAND_IN stands in its place.
STAND_IN: Final = "what jq prints"
_BATCH: Final = f"""\
PS1=; PS2=; lw_call() {{ printf '%s\\0' "$#" "$@" >>calls; }}
jq() {{ lw_text=; while IFS= read -r lw_line; do lw_text="$lw_text$lw_line
"; done; lw_call jq "$lw_text" "$@"; echo '{STAND_IN}'; }}
aws() {{ lw_call "$@"; case "$2" in (describe-key-value-store) echo '{{"ETag":"KV0"}}' ;;
(get-key) test -n "$lw_doc" && printf '%s\\n' "$lw_doc" ||
{{ echo 'An error occurred (ResourceNotFoundException) when calling the GetKey operation: no' >&2; false; }} ;; esac; }}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gives: stdout and stderr of one line each."""

    status: int = 0
    out: str = ""
    err: str = ""


class Service(Protocol):
    """What stands behind `aws`."""

    def answer(self, words: Sequence[bytes]) -> Answer:
        """The answer to a call with these arguments."""
        ...


class Jq(Protocol):
    """What stands behind `jq`."""

    def answer(self, text: str, words: Sequence[str]) -> Answer:
        """What it prints for its input and arguments."""
        ...


@dataclass
class Ran:
    """What a shell did.

    Attributes:
        calls: the arguments of each call of `aws`, in order.
        notes: the arguments of each call of `lw_call note`.
        statuses: what each command left in `$?`.
        wrong: what the test's own code failed with.
        alive: whether the shell came to the end of its input by itself.
        err: its standard error.
        out: its standard output.
    """

    calls: list[list[bytes]] = field(default_factory=list)
    notes: list[list[bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    wrong: list[Exception] = field(default_factory=list)
    alive: bool = False
    err: str = ""
    out: str = ""


def require(name: str) -> None:
    """Skips the test where a program is missing; in CI, where all are installed, fails."""
    if shutil.which(name) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not installed, and CI runs these tests")
        pytest.skip(f"{name} is not installed")


def run_batch(shell: str, commands: Sequence[tuple[str, str]], folder: Path) -> list[list[bytes]]:
    """The calls of `aws` and `jq` (its input first), and `status N` after each command.

    Args:
        shell: one of SHELLS.
        commands: each with what `get-key` prints, as a word of a shell; two quotes where the key is absent.
        folder: for its files.
    """
    require(shell)
    script = [f'lw_doc={document}\n{command}\nlw_call status "$?"\n' for command, document in commands]
    _paste(shell, "".join([_BATCH, _HISTORY[shell], *script, "exit 0\n"]), folder)
    calls, words = [], (folder / "calls").read_bytes().split(b"\0")[:-1]
    while words:
        end = int(words[0]) + 1
        calls.append(words[1:end])
        words = words[end:]
    return calls


def run(shell: str, commands: Sequence[str], service: Service, folder: Path, jq: Jq | None = None) -> Ran:
    """Pastes `commands` one after the other into an interactive shell; jq is the installed one unless it is given."""
    require(shell)
    require("jq")
    home = folder / f"{shell}-{len(list(folder.iterdir()))}"
    home.mkdir()
    for name in ("requests", "answers"):
        os.mkfifo(home / name)
    ran = Ran()
    thread = threading.Thread(target=_serve, args=(home, service, jq, ran), daemon=True)
    thread.start()
    script = [_AWS, _JQ if jq else "", _HISTORY[shell]]
    script += [f'{command}\nlw_call status "$?"\n' for command in commands]
    done = _paste(shell, "".join(script) + "lw_call alive\nexit 0\n", home)
    (home / "requests").write_bytes(b"1\0stop\0")
    thread.join(_PATIENCE)
    assert not thread.is_alive()
    assert ran.wrong == []
    ran.err, ran.out = done.stderr, done.stdout
    return ran


def _paste(shell: str, text: str, home: Path) -> subprocess.CompletedProcess[str]:
    (home / "pasted").write_text(text, encoding="ascii")
    with (home / "pasted").open("rb") as pasted:
        return subprocess.run(
            SHELLS[shell],
            stdin=pasted,
            env={"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb", "LC_ALL": "C.UTF-8"},
            cwd=home,
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=_PATIENCE,
        )


def _asked(ran: Ran, ask: Callable[..., Answer], *words: object) -> Answer:
    """The answer; where the test itself fails, the shell is answered all the same, and the test fails at its end."""
    try:
        return ask(*words)
    except (AssertionError, ValueError, KeyError) as error:
        ran.wrong.append(error)
        return Answer(99, err="wrong")


def _serve(home: Path, service: Service, jq: Jq | None, ran: Ran) -> None:
    while True:
        count, *words = (home / "requests").read_bytes().split(b"\0")[:-1]
        if words == [b"stop"]:
            return
        assert int(count) == len(words)
        answer = Answer()
        if words[0] == b"status":
            ran.statuses.append(int(words[1]))
        elif words[0] == b"alive":
            ran.alive = True
        elif words[0] == b"note":
            ran.notes.append(words[1:])
        elif jq is not None and words[0] == b"jq":
            answer = _asked(ran, jq.answer, words[1].decode(), [word.decode() for word in words[2:]])
        else:
            ran.calls.append(words)
            answer = _asked(ran, service.answer, words)
        (home / "answers").write_text(f"{answer.status}\n{answer.out}\n{answer.err}\n", encoding="utf-8")
