"""How logs show the kinds of resource: by the end of the name (SST's) or by the type (those of Pulumi's providers)."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from analyzer.resources.namespace import after_component, suffix
from analyzer.resources.registry import kinds

if TYPE_CHECKING:
    from analyzer.resources.interface import ResourceKind

_SST = "sst:"


@cache
def suffixes() -> tuple[str, ...]:
    """How the URN's name ends, of each kind of SST's."""
    return tuple(suffix(kind.TYPE) for kind in kinds() if _is_of_sst(kind))


@cache
def tokens() -> frozenset[str]:
    """The type tokens of the other kinds."""
    return frozenset(kind.TYPE for kind in kinds() if not _is_of_sst(kind))


@cache
def sst_types() -> tuple[str, ...]:
    """The types of SST's kinds, as reports show them: their keys are under a namespace."""
    return tuple(kind.TYPE for kind in kinds() if _is_of_sst(kind))


@cache
def sst_classes() -> tuple[str, ...]:
    """The class of each kind of SST's, as SST shows it: `KvKeys`."""
    return tuple(_class_of(kind) for kind in kinds() if _is_of_sst(kind))


@cache
def console_phrases() -> tuple[str, ...]:
    """The texts by which console lines about a resource of any kind are detected."""
    return tuple(text for kind in kinds() for text in kind.CONSOLE_PHRASES)


@cache
def after_components() -> str:
    """A pattern of what follows a component's name in the name of a resource of any kind of SST's."""
    return "|".join(after_component(kind.TYPE, kind.NAME_SUFFIXES) for kind in kinds() if kind.NAME_SUFFIXES)


@cache
def in_rows() -> str:
    """A Rust pattern of literals. Each row of Pulumi's text that is about any of the kinds has one of them.

    Literal alternatives are found several times faster than patterns.
    """
    types = (f":{_class_of(kind)}" for kind in kinds() if not _is_of_sst(kind))
    return "|".join(re.escape(text) for text in (*suffixes(), *types))


@cache
def in_terminal() -> str:
    """The same of the lines that SST shows."""
    return "|".join(f":{_class_of(kind)}" for kind in kinds())


def is_of(kind: ResourceKind, of_type: pl.Expr | None = None) -> pl.Expr:
    """Whether a row of EVENTS is about a resource of this kind, by its `name` or its type.

    Args:
        kind: of resource.
        of_type: the type, where it is another expression than the column `type`.
    """
    if _is_of_sst(kind):
        return pl.col("name").str.ends_with(suffix(kind.TYPE)).fill_null(value=False)
    token = pl.col("type") if of_type is None else of_type
    return token.is_in([kind.TYPE, displayed(kind.TYPE)]).fill_null(value=False)


def is_of_any() -> pl.Expr:
    """Whether a row of EVENTS is about a resource that writes keys."""
    return pl.any_horizontal(is_of(kind) for kind in kinds())


def displayed(token: str) -> str:
    """A type token as rows print it: without the file where that is called as the class is, its first letter small.

    Source: pulumi/pulumi sdk/go/common/tokens/tokens.go, Type.DisplayName.
    """
    package, _, rest = token.partition(":")
    module, _, name = rest.rpartition(":")
    folder, _, file = module.partition("/")
    return f"{package}:{folder}:{name}" if file == name[:1].lower() + name[1:] else token


def _is_of_sst(kind: ResourceKind) -> bool:
    return kind.TYPE.startswith(_SST)


def _class_of(kind: ResourceKind) -> str:
    return kind.TYPE.rpartition(":")[2]
