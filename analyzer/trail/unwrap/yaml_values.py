"""The values of YAML as the AWS CLI and `yq` print it: block maps and lists, scalars plain, quoted or in a block.

No YAML library: what is read is a small part of YAML that cannot grow beyond its bytes. Anchors, aliases and tags are
no part of it; an item with one of them is damage. Source: YAML 1.2.2, chapters 7 and 8.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from analyzer.sources.identify import UTF8_BOM
from analyzer.sources.limits import YAML_DEPTH

if TYPE_CHECKING:
    from collections.abc import Sequence

_DAMAGES: Final = 1_000  # in one file, before it is given up
_KEY: Final = re.compile(
    r"""("(?:[^"\\]|\\.){0,200}+"|'(?:[^']|''){0,200}+'|[\w@$.][\w@$./() -]{0,200}?)[ \t]*:(?:[ \t]+|$)"""
)
_IN_DOUBLE: Final = re.compile(r'(?:[^"\\]|\\.)*+')
_IN_SINGLE: Final = re.compile(r"(?:[^']|'')*+")
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_ESCAPED: Final = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b", "N": "\x85",
    "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_WORDS: Final[dict[str, object]] = {"null": None, "~": None, "true": True, "false": False}
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_BLOCK: Final = re.compile(r"([|>])([+-]?)(?:[ \t]*|[ \t]+#.*)$")
_COMMENT: Final = re.compile(r"[ \t]#.*$")


class YamlValues(NamedTuple):
    """What the documents of one file say, and how many places of it could not be read."""

    found: Sequence[object]
    damaged: int


def yaml_values(data: bytes) -> YamlValues:
    """The value of each document in `data`; of a damaged list the items that can be read. Never raises."""
    text = data.removeprefix(UTF8_BOM).decode("utf-8", "replace")
    reader = _Reader(text.replace("\r\n", "\n").split("\n"))
    return YamlValues(reader.documents(), reader.damaged)


class _Reader:
    """Reads line by line; what a dash or a key has taken of a line is blanked out."""

    def __init__(self, lines: list[str]) -> None:
        self.damaged = 0
        self._lines = lines
        self._at = 0
        self._parted = False  # by a mark that ends a document

    def documents(self) -> list[object]:
        """The value of each document."""
        found: list[object] = []
        while self._begins() and self.damaged < _DAMAGES:
            at = self._at
            if found and not self._parted:
                self.damaged += 1  # a document ended where it should not
            self._parted = False
            try:
                found.append(self._block(0))
            except (ValueError, RecursionError):
                self.damaged += 1
                self._at = max(self._at, at + 1)
        return found

    def _begins(self) -> bool:
        """Whether another document follows; goes to it."""
        while not self._more():
            if self._at >= len(self._lines):
                return False
            self._parted = True
            self._at += 1
        return True

    def _more(self) -> bool:
        """Whether a line with contents follows in this document; goes to it."""
        while self._at < len(self._lines):
            line = self._lines[self._at].strip()
            if line and not line.startswith("#"):
                return line not in ("---", "...")
            self._at += 1
        return False

    def _indent(self) -> int:
        line = self._lines[self._at]
        return len(line) - len(line.lstrip(" "))

    def _block(self, depth: int) -> object:
        if depth > YAML_DEPTH:
            raise ValueError("nested too deeply")
        indent = self._indent()
        body = self._lines[self._at][indent:]
        if _is_item(body):
            return self._list(indent, depth)
        if _KEY.match(body):
            return self._map(indent, depth)
        self._at += 1
        return self._scalar(body, indent - 1)

    def _list(self, indent: int, depth: int) -> list[object]:
        items: list[object] = []
        while self._more() and self._indent() == indent and _is_item(self._lines[self._at][indent:]):
            at = self._at
            try:
                items.append(self._item(indent, depth))
            except (ValueError, RecursionError):
                if depth > 1:
                    raise
                self.damaged += 1
                self._skip(at, indent)
        return items

    def _item(self, indent: int, depth: int) -> object:
        line = self._lines[self._at]
        rest = line[indent + 1 :]
        if not rest.strip() or rest.lstrip().startswith("#"):
            self._at += 1
            return self._block(depth + 1) if self._more() and self._indent() > indent else None
        if block := _BLOCK.match(rest.strip()):
            self._at += 1
            return self._text(block, indent)
        self._lines[self._at] = f"{' ' * (indent + 1)}{rest}"
        return self._block(depth + 1)

    def _map(self, indent: int, depth: int) -> dict[str, object]:
        fields: dict[str, object] = {}
        while self._more() and self._indent() == indent:
            key = _KEY.match(self._lines[self._at], indent)
            if key is None:
                break
            rest = self._lines[self._at][key.end() :].strip()
            self._at += 1
            fields[_name(key[1])] = self._value(rest, indent, depth)
        return fields

    def _value(self, rest: str, indent: int, depth: int) -> object:
        """The value of a key: what follows it in its line, or below."""
        if rest and not rest.startswith("#"):
            block = _BLOCK.match(rest)
            return self._text(block, indent) if block else self._scalar(rest, indent)
        if not self._more():
            return None
        below = self._indent()
        is_below = below > indent or (below == indent and _is_item(self._lines[self._at][below:]))
        return self._block(depth + 1) if is_below else None

    def _skip(self, at: int, indent: int) -> None:
        """Goes to the next item of the list in which `at` was damaged, or behind the list."""
        self._at = max(self._at, at + 1)
        while self._more() and self._indent() > indent:
            self._at += 1

    def _text(self, block: re.Match[str], indent: int) -> str:
        """A scalar in a block: its lines as they are, or folded."""
        lines: list[str] = []
        while self._at < len(self._lines) and (not self._lines[self._at].strip() or self._indent() > indent):
            lines.append(self._lines[self._at])
            self._at += 1
        margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
        cut = [line[margin:] for line in lines]
        text = "\n".join(cut) if block[1] == "|" else _folded("\n".join(cut).rstrip("\n").split("\n"))
        return text if block[2] == "+" else text.rstrip("\n") + ("" if block[2] else "\n")

    def _scalar(self, rest: str, indent: int) -> object:
        """A scalar that begins with `rest`, and goes on in the lines below that stand deeper than `indent`.

        Raises:
            ValueError: it is none, or has no end.
        """
        if rest[0] in "&*!%`":
            raise ValueError("an anchor, an alias or a tag")
        if rest[0] in "\"'":
            return self._quoted(rest, indent)
        if rest[0] in "{[":
            value: object = json.loads("\n".join([rest, *self._below(indent)]), strict=False)
            return value
        text = _folded([_COMMENT.sub("", line).strip() for line in [rest, *self._below(indent)]])
        if text in _WORDS:
            return _WORDS[text]
        return int(text) if _NUMBER.fullmatch(text) else text

    def _below(self, indent: int) -> list[str]:
        lines: list[str] = []
        while self._at < len(self._lines) and self._lines[self._at].strip() and self._indent() > indent:
            lines.append(self._lines[self._at])
            self._at += 1
        return lines

    def _quoted(self, rest: str, indent: int) -> str:
        quote = rest[0]
        inner = _IN_DOUBLE if quote == '"' else _IN_SINGLE
        pieces: list[str] = []
        line = rest[1:]
        while True:
            end = inner.match(line)
            at = end.end() if end else 0
            if at < len(line) and line[at] == quote:
                pieces.append(line[:at])
                break
            pieces.append(line.rstrip(" "))
            if self._at >= len(self._lines) or (self._lines[self._at].strip() and self._indent() <= indent):
                raise ValueError("a text without its end")
            line = self._lines[self._at].strip()
            self._at += 1
        if line[at + 1 :].strip() and not line[at + 1 :].lstrip().startswith("#"):
            raise ValueError("something behind a text")
        return _unescaped(pieces) if quote == '"' else _folded(pieces).replace("''", "'")


def _is_item(body: str) -> bool:
    return body == "-" or body.startswith("- ")


def _name(key: str) -> str:
    return key[1:-1] if key[:1] in ('"', "'") else key


def _folded(lines: Sequence[str]) -> str:
    """Lines as one text: a line break is a blank, and each blank line between two others a line break."""
    text = [*lines[:1]]
    blanks = 0
    for place, line in enumerate(lines[1:], 2):
        if not line and place < len(lines):
            blanks += 1
        else:
            text += ["\n" * blanks or " ", line]
            blanks = 0
    return "".join(text)


def _unescaped(lines: Sequence[str]) -> str:
    """A text in double quotes; a line that ends with a backslash goes on without a blank."""
    joined = [f"{line[:-1]}\0" if _goes_on(line) else line for line in lines]
    text = _folded(joined).replace("\0 ", "").replace("\0", "")
    text = _ESCAPE.sub(_character, text)
    return _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)


def _goes_on(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2] or escape[3]
    if code is None:
        return _ESCAPED.get(escape[4], escape[4])
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"  # noqa: PLR2004 - the last of Unicode
