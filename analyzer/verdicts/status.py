"""What came after a write that is not in place: is it still open, or did someone write the key again?

In come FINAL_VERDICTS, ORDERED_CALLS and DEPLOYS. Out goes STATUS, a row for each write that is not in place by its
verdict, or by its leaning. What heals it, the surest first:

- a deploy that removed the whole stage later: nothing is left to be repaired (`healed`);
- a later operation of an available log on the same key or entry, which landed (`healed`);
- a listing made after it that shows what was meant (`healed`);
- a later successful call on the key whose log is not available: whoever made it may have meant the same
  (`maybe_repaired`), or may have deleted the whole namespace, as `sst remove` does (`emptied`);
- a write without a record that the listing shows, or leaves possible (`maybe_repaired`, `unseen.py`).

Of each it is also told since when it is missing, at the latest, and who took it away. `healed_at` is the time of the
call, or of the listing (at the latest), or when the step or the removal began where no call is known.

Times are those of the calls; a write without a window is compared with the end of its deploy, and one that was dropped
with the beginning of its window: a person at the console may put the key in the same minute. A call on a list of
routes that another available write claims is that write's, and says nothing of this one's entry.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import TIME, VERDICTS, conform, empty
from analyzer.verdicts.columns import widened
from analyzer.verdicts.emptied import emptied, taken_down
from analyzer.verdicts.healing import heal
from analyzer.verdicts.listed_words import WRONG
from analyzer.verdicts.tables import HEALS, STATUS
from analyzer.verdicts.unseen import by_unseen

_BROKEN: Final = ("dropped", "lost", "errored", "mismatched", "unfinished")
_LEANS: Final = ("dropped", "lost", "errored")
_AFTER_LANDING: Final = ("lost", "mismatched")
"""What a listing alone can show: until when the store held what was meant, nobody knows."""

_EFFECT: Final = {"put": "put", "append": "put", "remove": "put", "delete": "delete"}
_SURE: Final = 3
"""The first ways to heal a write of which nobody needs to be asked."""

_SHOWN: Final = "%Y-%m-%d %H:%M:%SZ"


def statuses(
    final: pl.DataFrame, calls: pl.DataFrame, deploys: pl.DataFrame, unseen: pl.DataFrame | None = None
) -> pl.DataFrame:
    """STATUS: what became since of the writes that are not in place.

    Args:
        final: FINAL_VERDICTS; with `leaning`, where that is known.
        calls: ORDERED_CALLS.
        deploys: DEPLOYS with their `group`.
        unseen: what `unseen.unseen_stores` gives.
    """
    broken = _broken(final, calls, deploys)
    if broken.is_empty():
        return empty(STATUS)
    later = calls.filter(pl.col("ok") & (pl.col("effect") != "read") & pl.col("key").is_not_null())
    heals = [
        _removed(broken, deploys),
        _by_write(broken, final.join(deploys.select("group", deploy="id"), on="deploy", how="left"), later),
        _listed(broken),
        _by_call(broken, final, later),
        taken_down(broken, final, later),
        emptied(broken, later),
        *([] if unseen is None else [by_unseen(broken, unseen)]),
    ]
    states = ["healed"] * _SURE + ["maybe_repaired"] * (len(heals) - _SURE)
    found = [
        conform(heal, HEALS).with_columns(status=pl.lit(state))
        for heal, state in zip(heals, states, strict=True)
        if not heal.is_empty()
    ]
    if not found:
        return widened(broken.with_columns(status=pl.lit("open")), STATUS)
    healed = pl.concat(found).unique("id", keep="first", maintain_order=True)
    table = broken.join(healed, on="id", how="left", maintain_order="left")
    return conform(table.with_columns(pl.col("status").fill_null("open")), STATUS)


def with_status(verdicts: pl.DataFrame, status: pl.DataFrame) -> pl.DataFrame:
    """VERDICTS with the columns of STATUS.

    Args:
        verdicts: VERDICTS.
        status: STATUS.
    """
    without = verdicts.drop(*STATUS.names()[1:])
    if status.is_empty():
        return widened(without, VERDICTS)
    columns = status.rename({"id": "write"})
    return conform(without.join(columns, on="write", how="left", maintain_order="left"), VERDICTS)


def _broken(final: pl.DataFrame, calls: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """The writes that are not in place, with `since`: when the last thing that is known of each had happened."""
    leaning = pl.col("leaning") if "leaning" in final.columns else pl.lit(None, pl.String)
    leans = ((pl.col("verdict") == "unverifiable") & leaning.is_in(_LEANS)).fill_null(False)
    losses = final["loss_event_id"].drop_nulls().unique().implode()
    moments = (
        calls.filter(pl.col("event_id").is_in(losses))
        .select(loss_at="at", taken_by="caller", loss_event_id="event_id")
        .unique("loss_event_id")
    )
    tries = (
        calls.filter(pl.col("event_id").is_in(final["failed_event"].drop_nulls().unique().implode()))
        .select(tried_at="at", failed_event="event_id")
        .unique("failed_event")
    )
    stacks = deploys.select("stack", "group", "ended_at", deploy="id")
    return (
        final.filter(pl.col("verdict").is_in(_BROKEN) | leans)
        .join(stacks, on="deploy", how="left", maintain_order="left")
        .join(moments, on="loss_event_id", how="left", maintain_order="left")
        .join(tries, on="failed_event", how="left", maintain_order="left")
        .with_columns(
            since=pl.max_horizontal(pl.coalesce("tried_at", "high", "ended_at"), "loss_at").cast(TIME),
            missed=_missed(),
            missing_since=_missing_since(leaning),
            place=pl.coalesce("store", "inferred_store", "told_store"),
            effect=pl.col("action").replace(_EFFECT),
        )
    )


def _missed() -> pl.Expr:
    """When a write that was dropped was missed at the earliest: somebody may have repaired it in the same minute.

    Such a call is another's, by an API that the resource does not use: any other in the window would leave a doubt.
    """
    dropped = (pl.col("verdict") == "dropped") & pl.col("tried_at").is_null()
    return pl.when(dropped).then("low")


def _missing_since(leaning: pl.Expr) -> pl.Expr:
    """The earliest time at which a write is known not to be in place.

    When what it made was taken away or, of what a listing alone shows, the listing; else the try that failed or the end
    of its window, else that of its deploy.
    """
    kind = pl.when(pl.col("verdict") == "unverifiable").then(leaning).otherwise("verdict")
    by_listing = kind.is_in(_AFTER_LANDING) & pl.col("listed").is_in(WRONG)
    taken = pl.when(kind == "lost").then("loss_at")
    seen = pl.when(by_listing).then("listed_at")
    return pl.coalesce(taken, seen, "tried_at", "high", "ended_at").cast(TIME)


def _removed(broken: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """Writes whose whole stage an available deploy removed later; a delete was then done after all."""
    removals = deploys.filter(
        (pl.col("command") == "destroy")
        & (pl.col("result") == "succeeded")
        & pl.col("started_at").is_not_null()
    ).select("stack", "group", remover="id", removed_at="started_at")
    if removals.is_empty():
        return empty(HEALS)
    found = (
        broken.select("id", "stack", "group", "deploy", "since")
        .join(removals, on=["stack", "group"])
        .filter((pl.col("removed_at") >= pl.col("since")) & (pl.col("remover") != pl.col("deploy")))
        .sort("removed_at")
    )
    by = pl.format(
        "the stage was removed later by deploy {} ({})", "remover", pl.col("removed_at").dt.strftime(_SHOWN)
    )
    return found.select("id", **heal(by, "removal", at="removed_at", healer="remover"))


def _by_write(broken: pl.DataFrame, final: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """Writes that another deploy of the available logs made later, with the call that answers for that."""
    on = ["group", "place", "key", "meant", "action", "pattern"]
    meant = pl.col("entry").fill_null("")
    landed = final.filter((pl.col("verdict") == "landed") & pl.col("low").is_not_null()).select(
        "group",
        "key",
        "action",
        "pattern",
        "event_id",
        meant=meant,
        healer="deploy",
        begun="low",
        place=pl.coalesce("store", "inferred_store", "told_store").fill_null(""),
    )
    found = (
        broken.filter(pl.col("since").is_not_null())
        .select(
            "id",
            "group",
            "key",
            "action",
            "pattern",
            "since",
            meant=meant,
            place=pl.col("place").fill_null(""),
        )
        .sort("since")
        .join_asof(
            landed.sort("begun"),
            left_on="since",
            right_on="begun",
            by=on,
            strategy="forward",
            check_sortedness=False,
        )
        .filter(pl.col("healer").is_not_null())
    )
    if found.is_empty():
        return empty(HEALS)
    healing = later.filter(pl.col("event_id").is_in(found["event_id"].drop_nulls().unique().implode()))
    made = healing.select("event_id", "api", "at", "caller").unique("event_id")
    found = found.join(made, on="event_id", how="left", maintain_order="left")
    by_call = pl.format(
        "deploy {} ({} by {} at {})",
        "healer",
        "api",
        pl.col("caller").fill_null("an unknown caller"),
        pl.col("at").dt.strftime(_SHOWN),
    )
    by = pl.coalesce(by_call, pl.format("deploy {}", "healer"))
    at = pl.coalesce("at", "begun")
    return found.select("id", **heal(by, "deploy", at=at, healer="healer"))


def _listed(broken: pl.DataFrame) -> pl.DataFrame:
    """Writes whose work a listing shows that was made after them."""
    shown = broken.filter(
        (pl.col("listed") == "there") & ~(pl.col("since") > pl.col("listed_at")).fill_null(False)
    )
    if shown.is_empty():
        return empty(HEALS)
    by = pl.format("a listing of {} shows it there", pl.col("listed_at").dt.strftime(_SHOWN))
    return shown.select("id", **heal(by, "listing", at="listed_at"))


def _by_call(broken: pl.DataFrame, final: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """Writes on whose key a call was made later that no available write claims."""
    claimed = final["event_id"].drop_nulls().unique()
    losses = broken["loss_event_id"].drop_nulls().unique()
    asked = broken.filter(
        ~pl.col("pattern"), pl.col("since").is_not_null(), pl.col("place").is_not_null()
    ).select("id", "effect", "key", since=pl.coalesce("missed", "since"), store="place")
    loose = (
        later.join(asked.select("store", "key", "effect").unique(), on=["store", "key", "effect"], how="semi")
        .filter(~pl.col("event_id").is_in(pl.concat([claimed, losses]).implode()))
        .sort("at", "run", "position")
        .select("store", "key", "effect", "at", "api", "caller")
    )
    if loose.is_empty():
        return empty(HEALS)
    first = asked.sort("since").join_asof(
        loose,
        left_on="since",
        right_on="at",
        by=["store", "key", "effect"],
        strategy="forward",
        allow_exact_matches=False,
        coalesce=False,
        check_sortedness=False,
    )
    by = pl.format(
        "{} by {} at {}",
        "api",
        pl.col("caller").fill_null("an unknown caller"),
        pl.col("at").dt.strftime(_SHOWN),
    )
    return first.filter(pl.col("at").is_not_null()).select("id", **heal(by, "call", at="at", healer="caller"))
