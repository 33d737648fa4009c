"""The notation of the worked examples in the rules' pages: text → `Example` (`example_files.py` makes inputs of it).

    Log: shop/prod, SST 3.10.0
        15:40:33-34  create SiteRoutesUpdate  7c62:routes + site,50f6,,/
    Trail:
        15:31:08  UpdateKeys put other  E1 -> E2  by job
        15:40:33  GetKey 7c62:routes  fails ResourceNotFoundException
    Finding:
        error LW101: Entry site,50f6,,/ of key 7c62:routes (SiteRoutesUpdate, store 5f1c0d2e) never landed: ...
    Beside it: LW209
    Not here, where the write is made:
      - 15:40:33  GetKey 7c62:routes  fails ResourceNotFoundException
      + 15:40:33  GetKey 7c62:routes
      + 15:40:34  UpdateKeys put 7c62:routes  E2 -> E3

A section begins with its name at the left; its lines are indented, and one that is deeper goes on with the line before.
`Beside it` names other rules that fire, and why, if it likes. `Not here` may stand several times: below it, `-` takes a
line out of the inputs above, and `+` puts one in: in the place of the line before it, else at the end of the section
whose kind of line it is. `- Trail:` takes a whole section out, `- Log: a` and `+ Log: b` give it another title, and
`+ Keys: at 15:50:00` begins one.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import NamedTuple

_HEAD = re.compile(r"(?P<name>[A-Z][a-z]+(?: it| here)?)(?P<rest>[:,].*)?$")
INPUTS = ("Log", "Trail", "Keys", "Selectors", "Config", "Command")
_API = re.compile(r"[\d:]+ +(?:[a-z0-9-]+ )?[A-Z][a-z]+[A-Z]\w+")
_CODE = re.compile(r"LW\d+")


class Section(NamedTuple):
    """A part of the inputs: what stands after its name, and its lines, without indentation."""

    name: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """The counterpart of an example: the difference, in words, and the inputs."""

    difference: str
    inputs: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """What a page shows.

    Attributes:
        inputs: the inputs of the run that fires.
        severity: of the finding.
        code: the rule.
        message: of the finding.
        beside: the codes of other rules that fire on the same inputs.
        quiets: runs on which the rule does not fire.
    """

    inputs: tuple[Section, ...]
    severity: str
    code: str
    message: str
    beside: tuple[str, ...]
    quiets: tuple[Quiet, ...]


def read(text: str) -> Example:
    """The example that `text` notes: the section `Example` of a page.

    Raises:
        ValueError: it is not in the notation.
    """
    sections = list(_sections(text))
    inputs = tuple(section for section in sections if section.name in INPUTS)
    found = " ".join(next(section for section in sections if section.name == "Finding").lines)
    severity, code, message = re.fullmatch(r"(\w+) (LW\d+): (.+)", found).groups()  # type: ignore[union-attr]
    beside = " ".join(section.title for section in sections if section.name == "Beside it")
    quiets = [
        Quiet(section.title, _changed(inputs, section.lines))
        for section in sections
        if section.name == "Not here"
    ]
    strange = {section.name for section in sections} - {*INPUTS, "Finding", "Beside it", "Not here"}
    if strange:
        raise ValueError(f"no part of an example: {strange}")
    return Example(inputs, severity, code, message, tuple(_CODE.findall(beside)), tuple(quiets))


def _sections(text: str) -> list[Section]:
    found: list[Section] = []
    indent = 0
    for line in inspect.cleandoc(text).splitlines():
        if not line.strip():
            continue
        head = None if line.startswith(" ") else _HEAD.match(line)
        if head:
            found.append(Section(head["name"], (head["rest"] or "").strip(" :,"), ()))
            indent = 0
        elif line.startswith(" ") and found:
            lines = found[-1].lines
            deep = len(line) - len(line.lstrip())
            indent = indent or deep
            goes_on = (
                (*lines[:-1], f"{lines[-1]} {line.strip()}") if deep > indent else (*lines, line.strip())
            )
            found[-1] = found[-1]._replace(lines=goes_on)
        else:
            raise ValueError(f"neither a heading nor a line of a part: {line!r}")
    return found


def _changed(inputs: tuple[Section, ...], changes: tuple[str, ...]) -> tuple[Section, ...]:
    """The inputs with lines out and in."""
    parts = [(section, list(section.lines)) for section in inputs]
    place: tuple[list[str], int] | None = None
    for change in changes:
        sign, line = change[0], change[1:].strip()
        head = _HEAD.fullmatch(line)
        if sign not in "+-":
            raise ValueError(f"neither + nor -: {change!r}")
        if head and head["name"] in INPUTS:
            place = _section_changed(
                parts, sign, Section(head["name"], (head["rest"] or "").strip(" :,"), ())
            )
        elif sign == "-":
            place = _taken_out(parts, line)
        else:
            lines, at = place or _end_of(parts, line)
            lines.insert(at, line)
            place = (lines, at + 1)
    return tuple(section._replace(lines=tuple(lines)) for section, lines in parts)


def _section_changed(
    parts: list[tuple[Section, list[str]]], sign: str, head: Section
) -> tuple[list[str], int] | None:
    """`- Log: ...` takes a whole section out where its title fits; `+ Log: ...` gives it a new title, or begins one."""
    same = [n for n, (section, _) in enumerate(parts) if section[:2] == head[:2]]
    if sign == "-":
        section, lines = parts[same[0]]
        parts[same[0]] = (section._replace(title="(gone)"), lines)
        return None
    gone = [n for n, (section, _) in enumerate(parts) if section[:2] == (head.name, "(gone)")]
    lines = parts[gone[0]][1] if gone else []
    if gone:
        parts[gone[0]] = (head, lines)
    else:
        parts.append((head, lines))
    return (lines, len(lines))


def _taken_out(parts: list[tuple[Section, list[str]]], line: str) -> tuple[list[str], int]:
    for _, lines in parts:
        for at, there in enumerate(lines):
            if there.split() == line.split():
                del lines[at]
                return (lines, at)
    raise ValueError(f"no line to take out: {line!r}")


def _end_of(parts: list[tuple[Section, list[str]]], line: str) -> tuple[list[str], int]:
    name = "Trail" if _API.match(line) else "Log"
    lines = next(lines for section, lines in reversed(parts) if section.name == name)
    return (lines, len(lines))
