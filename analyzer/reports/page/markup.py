"""The page as HTML: templates that escape all that they are given, one style, one script, and a policy for both."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from analyzer.commands.words import plain
from analyzer.reports.clean import clean
from analyzer.reports.page.moments import clock

if TYPE_CHECKING:
    from analyzer.reports.page.build import Page

_FOLDER: Final = "analyzer.reports.page"
_SLASH: Final = re.compile(r"(?<=/)(?=[^/\s])")
_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_MARK: Final = re.compile(r"(?<=[:,._-])(?=[^/:,._\s-])")
"""Where a name may go on in the next line: behind a slash; of a long part before a capital, and behind a mark."""
_LONG: Final = 14
_VERY_LONG: Final = 24


def markup(page: Page) -> str:
    """The file, with a final newline. Whatever a value holds, it is text in it."""
    environment = _environment()
    style, script = _file("page.css"), _file("page.js")
    return environment.get_template("page.html").render(
        page=page,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        loader=PackageLoader(_FOLDER, "templates"),
        undefined=StrictUndefined,
        finalize=_visible,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {"breaks": breaks, "clock": clock, "whole": whole}
    return environment


def _visible(value: object) -> object:
    """Every value that is put into the page: control and direction characters are written out."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def breaks(text: object) -> Markup:
    """`text`, escaped, with the places at which a long name may be broken."""
    if isinstance(text, Markup):
        return text
    words = (_pieces(word) for word in clean(str(text)).split(" "))
    return Markup(" ").join(Markup("<wbr>").join(map(escape, pieces)) for pieces in words)


def _pieces(word: str) -> list[str]:
    """A word in the pieces between which it may be broken."""
    pieces = _SLASH.split(word)
    for length, place in ((_LONG, _CAPITAL), (_VERY_LONG, _MARK)):
        pieces = [
            part for piece in pieces for part in (place.split(piece) if len(piece) > length else [piece])
        ]
    return pieces


def whole(command: str) -> Markup:
    """A command to copy, with its own lines; it is printable ASCII.

    Raises:
        ValueError: it is none of `analyzer.commands` (a defect of this project).
    """
    return escape(plain(command))


def _file(name: str) -> str:
    return files(_FOLDER).joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
