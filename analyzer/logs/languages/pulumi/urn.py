"""The parts of a URN: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`.

Source: pulumi/pulumi sdk/go/common/resource/urn/urn.go. A name may hold `::`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_TYPE = r"^urn:pulumi:.*?::.*?::(?:.*?\$)??([^$]*?)::.*$"
_NAME = r"^urn:pulumi:.*?::.*?::.*?::(.*)$"


def type_of(urn: pl.Expr) -> pl.Expr:
    """The type token, without the parents' types; null for what is no URN."""
    return urn.str.extract(_TYPE)


def name_of(urn: pl.Expr) -> pl.Expr:
    """The resource's name; null for what is no URN."""
    return urn.str.extract(_NAME)
