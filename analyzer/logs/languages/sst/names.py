"""The resource that a line of SST's terminal names: its URN's name and type, as far as the text shows them.

SST cuts the URN's name at its first dot and prints what follows as the type, colons for dots (sst
cmd/sst/mosaic/ui/ui.go FormatURN): `LandingKvKeys.sst.aws.KvKeys` stands as `LandingKvKeys sst:aws:KvKeys`, and
`MyRouterRouteapi.example.com/fooRouteKey.sst.aws.KvKeys` as `MyRouterRouteapi example:com/fooRouteKey:sst:aws:KvKeys`.
A name without a dot stands beside its true type.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.resources.shown import sst_classes

DYNAMIC: Final = "pulumi-nodejs:dynamic:Resource"

# SST's dynamic resources (platform/src/components/{aws,cloudflare}/providers): the only ones whose name ends so.
_PROVIDERS: Final = (
    *sst_classes(),
    "BucketFiles",
    "DistributionDeploymentWaiter",
    "DistributionInvalidation",
    "FunctionCodeUpdater",
    "FunctionEnvironmentUpdate",
    "HostedZoneLookup",
    "OriginAccessControl",
    "OriginAccessIdentity",
    "RdsRoleLookup",
    "VectorTable",
    "DnsRecord",
    "KvPairs",
    "WorkerAssets",
    "WorkerScript",
    "WorkerUrl",
    "ZoneLookup",
)
_OF_PROVIDER: Final = rf"^sst:[a-z]+:(?:{'|'.join(_PROVIDERS)})$"
_LONGER: Final = r":sst:[a-z]+:[A-Za-z]+$"
_OF_THREE: Final = r"^[^:]+:[^:]+:[^:]+$"
_TOOK: Final = r" \([0-9.s…]*\)?$"
_SECONDS: Final = r"^ \(([0-9]+\.[0-9])s\)$"
_CUT: Final = "…"


def took_of(row: pl.Expr) -> pl.Expr:
    """The time behind the last word, as it stands, cut or whole; null where it is less than a second: none is there."""
    return row.str.extract(_TOOK, 0)


def seconds_of(took: pl.Expr) -> pl.Expr:
    """The time as a number; null where it is cut."""
    return took.str.extract(_SECONDS).cast(pl.Float64)


def word_of(row: pl.Expr, took: pl.Expr) -> pl.Expr:
    """The last word without the time behind it."""
    return row.str.strip_suffix(took.fill_null(""))


def resource_of(name: pl.Expr, word: pl.Expr) -> list[pl.Expr]:
    """`type` and `name` of the URN; null where the terminal's edge cut them.

    Args:
        name: the words before the last one, with the blanks behind them.
        word: the last word.
    """
    token, rest = told_by(word)
    return [token.alias("type"), full_name(name, rest).alias("name")]


def told_by(word: pl.Expr) -> list[pl.Expr]:
    """`token`, the type of the URN, and `rest`, what its name has from the first dot on. The last word decides."""
    dynamic = word.str.contains(_OF_PROVIDER) | word.str.contains(_LONGER)
    typed = word.str.contains(_OF_THREE)
    whole = ~word.str.ends_with(_CUT)
    dotted = pl.concat_str(pl.lit("."), word.str.replace_all(":", ".", literal=True))
    return [
        pl.when(whole & dynamic).then(pl.lit(DYNAMIC)).when(whole & typed).then(word).alias("token"),
        pl.when(whole & (dynamic | ~typed)).then(dotted).when(whole).then(pl.lit("")).alias("rest"),
    ]


def full_name(name: pl.Expr, rest: pl.Expr) -> pl.Expr:
    """The name of the URN: the words before the last one, and the rest of it."""
    return pl.concat_str(name.str.strip_chars_end(" "), rest)
