"""The resource that a line of SST's terminal names: its URN's name and type, as far as the text lets them be told.

SST cuts the URN's name at its first dot and prints what follows as the type, colons for dots (sst
cmd/sst/mosaic/ui/ui.go FormatURN): `LandingKvKeys.sst.aws.KvKeys` stands as `LandingKvKeys sst:aws:KvKeys`, and
`MyRouterRouteapi.example.com/fooRouteKey.sst.aws.KvKeys` as `MyRouterRouteapi example:com/fooRouteKey:sst:aws:KvKeys`.
A name without a dot stands beside its true type.
"""

from __future__ import annotations

from typing import Final

import polars as pl

DYNAMIC: Final = "pulumi-nodejs:dynamic:Resource"

# SST's dynamic resources (platform/src/components/{aws,cloudflare}/providers): the only ones whose name ends so.
_PROVIDERS: Final = (
    "BucketFiles",
    "DistributionDeploymentWaiter",
    "DistributionInvalidation",
    "FunctionCodeUpdater",
    "FunctionEnvironmentUpdate",
    "HostedZoneLookup",
    "KvKeys",
    "KvRoutesUpdate",
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
_TOOK: Final = r" \(([0-9]+\.[0-9])s\)$"
_CUT: Final = "…"


def seconds_of(shown: pl.Expr) -> pl.Expr:
    """The time behind the type, where it is printed: where it is more than a second."""
    return shown.str.extract(_TOOK).cast(pl.Float64)


def word_of(shown: pl.Expr) -> pl.Expr:
    """The last word without the time behind it."""
    return shown.str.replace(_TOOK, "")


def resource_of(name: pl.Expr, word: pl.Expr) -> list[pl.Expr]:
    """`type` and `name` of the URN; null where the terminal's edge cut them.

    Args:
        name: the words before the last one, with the blanks behind them.
        word: the last word.
    """
    name = name.str.strip_chars_end(" ")
    dynamic = word.str.contains(_OF_PROVIDER) | word.str.contains(_LONGER)
    token = word.str.contains(_OF_THREE)
    whole = ~word.str.ends_with(_CUT)
    dotted = pl.concat_str(name, pl.lit("."), word.str.replace_all(":", ".", literal=True))
    return [
        pl.when(whole & dynamic).then(pl.lit(DYNAMIC)).when(whole & token).then(word).alias("type"),
        pl.when(whole & (dynamic | ~token)).then(dotted).when(whole).then(name).alias("name"),
    ]
