"""`{k=v, ...}`: maps and structs as Athena, CloudTrail Lake and Java print them (`grammars/kvmap.lark`, LALR)."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from analyzer.grammar.files import read_grammar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lark import Lark

_LONGEST = 2 << 20  # characters: CloudTrail cuts parameters at 100 KB


def parse_map(text: str) -> object:
    """What `text` prints: dicts, lists and texts (values stand bare, so numbers and `null` are texts too).

    Raises:
        ValueError: it cannot be taken apart, or in more than one way (a name that comes twice).
    """
    from lark.exceptions import LarkError

    if len(text) > _LONGEST:
        raise ValueError("too long")
    try:
        return _parser().parse(text)
    except (LarkError, RecursionError) as error:
        raise ValueError("no {k=v} rendering") from error


@cache
def _parser() -> Lark:
    from lark import Lark, Transformer
    from lark.exceptions import GrammarError

    class Build(Transformer[Any, Any]):
        """Values from the parts, built while the text is parsed: no tree, and no recursion."""

        def object(self, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
            built = dict(pairs)
            if len(built) < len(pairs):
                raise GrammarError("a name appears twice")
            return built

        def list(self, items: Sequence[Any]) -> Sequence[Any]:
            return items

        def pair(self, parts: Sequence[Any]) -> tuple[str, Any]:
            return str(parts[0]), parts[1] if len(parts) > 1 and parts[1] is not None else ""

        def member(self, parts: Sequence[Any]) -> tuple[str, Any]:
            return parts[0], parts[1]

        def STRING(self, token: str) -> str:  # noqa: N802 (Lark calls it by the terminal's name)
            text: str = json.loads(token, strict=False)
            return text

        def NUMBER(self, token: str) -> Any:  # noqa: N802
            return json.loads(token)

        def CONST(self, token: str) -> Any:  # noqa: N802
            return json.loads(token)

        def RAW(self, token: str) -> str:  # noqa: N802
            return str(token)

        ITEM = RAW

    return Lark(read_grammar("kvmap"), parser="lalr", transformer=Build())
