"""The page as HTML: templates that escape all that they are given, one style, one script, and a policy for both."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

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
_NOT_CUT: Final = 40  # characters more than allowed that are not worth a note


_BUDGET: Final = 2_000_000
"""Bytes of any page."""


class _Limits(NamedTuple):
    """How much is shown: characters of one value, lines of a fold, rows of the table, items of any other list."""

    longest: int
    listed: int
    cells: int
    items: int


_LIMITS: Final = (_Limits(1_200, 200, 1_000, 200), _Limits(300, 30, 300, 30), _Limits(60, 5, 100, 10))


def markup(page: Page, above: str | None = None) -> str:
    """The file, with a final newline. Whatever a value holds, it is text in it.

    What would make it too large is cut shorter, and the page says so.

    Args:
        page: what is on it.
        above: where the index lies that it belongs to, one of our own files; None: it stands alone.
    """
    text = ""
    for limits in _LIMITS:
        text = _rendered(page, limits, above)
        if len(text.encode()) <= _BUDGET:
            break
    return text


def _rendered(page: Page, limits: _Limits, above: str | None) -> str:
    template = environment(_FOLDER, limits.longest).get_template("page.html")
    return template.render(page=page, limits=limits, above=above, **allowed(_FOLDER, "page"))


def allowed(package: str, name: str) -> dict[str, str]:
    """The style (`base.css` and NAME.css) and the script of a page of ours, and the hashes that its policy names."""
    style, script = _file(_FOLDER, "base.css") + _file(package, f"{name}.css"), _file(package, f"{name}.js")
    return {
        "style": Markup(style),  # noqa: S704 - our own file
        "script": Markup(script),  # noqa: S704 - our own file
        "style_hash": _hash(style),
        "script_hash": _hash(script),
    }


@cache
def environment(package: str, longest: int) -> Environment:
    """What fills the templates of `package`: every value is text, visible, and at most about `longest` characters."""
    visible = partial(_visible, longest)
    made = Environment(
        autoescape=True,
        loader=PackageLoader(package, "templates"),
        undefined=StrictUndefined,
        finalize=visible,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    shortened = partial(_short, longest)
    made.filters |= {
        "breaks": lambda text: breaks(text if isinstance(text, Markup) else shortened(str(text))),
        "clock": clock,
        "shortened": shortened,
        "whole": whole,
    }
    return made


def _visible(longest: int, value: object) -> object:
    """Every value that is put into the page: control and direction characters are written out, and none is endless."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return clean(_short(longest, value))


def _short(longest: int, text: str) -> str:
    """`text`, and of a very long one its beginning and how much more there is."""
    if len(text) <= longest + _NOT_CUT:
        return text
    return f"{text[:longest]} [and {len(text) - longest} more characters]"


def breaks(text: object) -> Markup:
    """`text`, escaped, with the places at which a long name may be broken."""
    if isinstance(text, Markup):
        return text
    words = (_pieces(word) for word in clean(str(text)).split(" "))
    return Markup(" ").join(Markup("<wbr>").join(map(_kept, pieces)) for pieces in words)


def _kept(piece: str) -> Markup:
    """A piece of a name, escaped; a browser would break it behind its own hyphens, which looks like another name."""
    if "-" in piece[1:-1] and len(piece) <= _VERY_LONG:
        return Markup('<span class="k">{}</span>').format(piece)
    return escape(piece)


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


def _file(package: str, name: str) -> str:
    return files(package).joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
