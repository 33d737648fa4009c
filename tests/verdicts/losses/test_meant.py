"""Deletes whose keys no log names: a purge is its own resource's, and what a deploy may have meant is open."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tests.build import at, deploys, write, writes
from tests.verdicts.judging import bracketed, closed, judged_calls

KEPT, GONE = "ns:metadata", "ns:/old.txt"
LATER, LAST = 1000.0, 3000.0
PULUMIS = "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey"
LIST = "ns:routes"


def put(key: str, start: float, deploy: str, **other: object) -> dict[str, object]:
    """A put by the keys of the site Web."""
    columns = {"type": "sst:aws:KvKeys", "name": "WebKvKeys.sst.aws.KvKeys", "action": "put", "value": "s3"}
    return write(key, start, start + 5, deploy=deploy, **columns) | other


def known(second: dict[str, object] | None = None) -> pl.DataFrame:
    """Three deploys of one stage, the second one with other columns. After the third one no log is available."""
    every = deploys("d1", "d2", "d3").with_columns(
        stack=pl.lit("shop-prod"),
        started_at=pl.Series([at(0), at(LATER), at(LAST)]),
        ended_at=pl.Series([at(10), at(LATER + 10), at(LAST + 10)]),
    )
    is_second = pl.col("id") == "d2"
    return every.with_columns(
        pl.when(is_second).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in (second or {}).items()
    )


def last() -> dict[str, object]:
    """A write of the third deploy."""
    return put("last:a", LAST, "d3", id="last", operation=90, name="LastKvKeys.sst.aws.KvKeys")


def after(
    *rows: dict[str, object],
    stacks: pl.DataFrame | None = None,
    when: float = LATER + 3,
    api: str = "UpdateKeys",
    kind: str = "sst:aws:KvKeys",
) -> list[tuple[str, str | None]]:
    """(verdict, cause) of the first deploy's put, whose key a call names later that deletes it alone."""
    tape = bracketed()
    own = "PutKey" if kind == PULUMIS else "UpdateKeys"
    tape.write(2, puts=[GONE], api=own)
    tape.write(LATER + 2, puts=[KEPT])
    tape.write(when, deletes=[GONE], api=api)
    tape.write(LAST + 2, puts=["last:a"])
    table = judged_calls(
        closed(tape).calls(),
        writes(put(GONE, 0, "d1", type=kind), *rows, last()),
        reach=5000,
        stacks=known() if stacks is None else stacks,
    ).verdicts
    return table.select("verdict", "cause").head(1).rows()


def test_a_batch_of_a_purge_that_holds_no_known_key_is_its_operations() -> None:
    """SST lists the namespace and deletes what is in it, fifty keys a call: the log of the purge need not name one."""
    purge = put(KEPT, LATER, "d2")
    assert after(purge) == [("landed", None)]


def test_a_delete_outside_of_the_operations_time_is_a_loss() -> None:
    purge = put(KEPT, LATER, "d2")
    assert after(purge, when=LATER + 300) == [("lost", "deleted")]


def test_a_purge_of_another_resource_in_the_namespace_takes_the_key_away() -> None:
    purge = put(KEPT, LATER, "d2", name="DocsKvKeys.sst.aws.KvKeys")
    assert after(purge) == [("lost", "namespace_collision")]


@pytest.mark.parametrize("key", ["ns:*", "other:*"])
def test_a_text_log_of_the_resource_leaves_it_open_whether_the_delete_was_meant(key: str) -> None:
    """Its namespace may be another one than its name says: the program may set it."""
    text = put(key, LATER, "d2", pattern=True, store=None, exact=False)
    verdicts = after(text, stacks=known({"form": "text"}))
    assert verdicts[0][0] in ("landed", "unverifiable")


def test_a_deploy_without_an_event_log_leaves_it_open_whether_the_delete_was_meant() -> None:
    assert after(stacks=known({"form": "text"}))[0][0] in ("landed", "unverifiable")


def test_a_deploy_of_another_stage_without_an_event_log_meant_nothing_here() -> None:
    assert after(stacks=known({"form": "text", "stack": "shop-dev"})) == [("lost", "deleted")]


@pytest.mark.parametrize("kind", ["sst:aws:KvKeys", PULUMIS])
@pytest.mark.parametrize("api", ["UpdateKeys", "DeleteKey"])
def test_a_deploy_without_an_event_log_did_not_mean_what_its_resource_cannot_do(kind: str, api: str) -> None:
    """SST deletes keys by UpdateKeys, Pulumi's provider by DeleteKey: what came by the other is somebody else's."""
    meant = api == ("DeleteKey" if kind == PULUMIS else "UpdateKeys")
    [(verdict, _)] = after(stacks=known({"form": "text"}), api=api, kind=kind)
    assert (verdict in ("landed", "unverifiable")) is meant
    assert (verdict == "lost") is not meant


def test_a_text_log_of_sst_did_not_mean_a_delete_at_the_console() -> None:
    text = put("ns:*", LATER, "d2", pattern=True, store=None, exact=False)
    assert after(text, stacks=known({"form": "text"}), api="DeleteKey") == [("lost", "deleted")]


def list_gone(
    *rows: dict[str, object], deletes: str = LIST, api: str = "UpdateKeys", missing: bool = False
) -> str:
    """The verdict on an entry that the first deploy added, whose list a call deletes.

    The trail has no call of the second deploy's, which writes `rows`; where one is `missing`, it may have been that.
    """
    tape = bracketed()
    tape.write(2, puts=[LIST])
    if missing:
        tape.write(LATER + 3, puts=[LIST], recorded=False)
    tape.write(LATER + 400, deletes=list(dict.fromkeys([LIST, deletes])), api=api)
    tape.write(LAST + 2, puts=["last:a"])
    entry = write(LIST, 0, 5, deploy="d1", entry="site,ns,,/", name="WebRoutesUpdate.sst.aws.KvRoutesUpdate")
    judged = judged_calls(closed(tape).calls(), writes(entry, *rows, last()), reach=5000, stacks=known())
    assert judged.alignments.filter(deploy="d2")["state"].item() != "aligned"
    return str(judged.verdicts["verdict"][0])


@pytest.mark.parametrize("api", ["UpdateKeys", "DeleteKey"])
def test_an_operation_on_a_list_of_another_deploy_did_not_mean_to_delete_the_list(api: str) -> None:
    docs = write(
        LIST, LATER, LATER + 5, deploy="d2", entry="site,do,,/docs", name="Docs.sst.aws.KvRoutesUpdate"
    )
    assert list_gone(docs, api=api) == "lost"


@pytest.mark.parametrize(("missing", "expected"), [(True, "landed"), (False, "lost")])
def test_a_deploy_of_the_same_resource_that_is_not_aligned_may_have_replaced_the_entry_before(
    missing: bool, expected: str
) -> None:
    """It needs a call for that: where the chain is unbroken up to the delete, it made none."""
    name = "WebRoutesUpdate.sst.aws.KvRoutesUpdate"
    again = write(LIST, LATER, LATER + 5, deploy="d2", entry="site,ns,,/new", name=name)
    assert list_gone(again, api="DeleteKey", missing=missing) == expected


@pytest.mark.parametrize(("api", "expected"), [("UpdateKeys", "landed"), ("DeleteKey", "lost")])
def test_the_purge_of_a_namespace_takes_its_list_along(api: str, expected: str) -> None:
    purge = put(GONE, LATER, "d2", action="delete", op="delete")
    assert list_gone(purge, deletes=GONE, api=api) == expected


def delete(start: float) -> dict[str, object]:
    """The end of the site Web, as the log of the second deploy says."""
    columns = {
        "type": "sst:aws:KvKeys",
        "name": "WebKvKeys.sst.aws.KvKeys",
        "action": "delete",
        "op": "delete",
    }
    return write(GONE, start, start + 1, deploy="d2") | columns


def of_stepped_clock(*rows: dict[str, object], stack: str = "shop-prod", gone: float = 6) -> list[str]:
    """The verdicts of the first deploy's puts of GONE and KEPT; a call deletes both, `gone` s after the second began.

    The second deploy is aligned with the trail by two keys of another site.
    """
    tape = bracketed()
    tape.write(2, puts=[GONE, KEPT])
    for second, key in ((2, "docs:a"), (4, "docs:b")):
        tape.write(LATER + second, puts=[key])
    tape.write(LATER + gone, deletes=[GONE, KEPT])
    tape.write(LAST + 2, puts=["last:a"])
    first = [put(key, 0, "d1", operation=1) for key in (GONE, KEPT)]
    docs = [
        put(key, LATER + second, "d2", operation=number, name="DocsKvKeys.sst.aws.KvKeys")
        | {"end": at(LATER + second)}
        for number, (second, key) in enumerate(((2, "docs:a"), (4, "docs:b")), start=2)
    ]
    judged = judged_calls(
        closed(tape).calls(), writes(*first, *docs, *rows, last()), reach=5000, stacks=known({"stack": stack})
    )
    assert judged.alignments.filter(deploy="d2")["state"].item() == "aligned"
    return judged.verdicts["verdict"].head(2).to_list()


def test_a_delete_that_its_own_deploy_meant_is_no_loss_though_its_clock_had_stepped() -> None:
    """The call came three minutes before the operation, as the log says, so that no operation claims it.

    It lists the namespace: the log need not name all keys that the call deletes.
    """
    assert "lost" not in of_stepped_clock(delete(LATER + 190))


def test_a_delete_that_nobody_meant_is_a_loss() -> None:
    assert of_stepped_clock() == ["lost", "lost"]


def test_a_delete_that_another_stage_meant_does_not_excuse_it() -> None:
    assert of_stepped_clock(delete(LATER + 190), stack="shop-dev") == ["lost", "lost"]


def test_of_several_deploys_that_may_have_meant_it_the_same_one_is_named_in_any_order() -> None:
    tape = bracketed()
    tape.write(2, puts=[GONE])
    tape.write(LATER + 3, deletes=[GONE])
    calls = closed(tape).calls()
    said = set()
    for names in (("d2", "d3"), ("d3", "d2")):
        stacks = deploys("d1", *names).with_columns(
            stack=pl.lit("shop-prod"),
            form=pl.Series(["exact", "text", "text"]),
            started_at=pl.Series([at(0), at(LATER), at(LATER)]),
            ended_at=pl.Series([at(10), at(LATER + 10), at(LATER + 10)]),
        )
        judged = judged_calls(calls, writes(put(GONE, 0, "d1")), reach=5000, stacks=stacks)
        said |= {detail for detail in judged.evidence["detail"] if "may have meant" in detail}
        assert not any(
            "logs of the later deploys" in what for what in judged.settle["what"]
        )  # they are known
    assert len(said) == 1
    assert "deploy d2 of the same stage" in said.pop()


@pytest.mark.parametrize(("namespace", "verdict"), [("ns", "landed"), ("other", "lost")])
def test_a_deploy_that_is_not_aligned_may_have_purged_its_namespace(namespace: str, verdict: str) -> None:
    """Of four operations one at most has a call: nothing shows when it ran. A purge names keys that no log names."""
    rows = [
        put(f"{name}:metadata", LATER + n, "d2", id=f"o{n}", operation=20 + n, name=f"{name}.sst.aws.KvKeys")
        for n, name in enumerate((namespace, "n1", "n2", "n3"))
    ]
    assert after(*rows, when=LATER + 600)[0][0] == verdict


@pytest.mark.parametrize(
    ("between", "stack", "verdict"),
    [
        ({}, "shop-prod", "landed"),
        ({}, "shop-dev", "lost"),
        ({"api": "PutKey"}, "shop-prod", "lost"),
        ({"second": LATER + 5000}, "shop-prod", "lost"),
        ({"puts": ["other"]}, "shop-prod", "lost"),
        ({"recorded": False}, "shop-prod", "landed"),
        ({"recorded": False}, "shop-dev", "lost"),
    ],
)
def test_a_deploy_without_an_event_log_may_have_replaced_a_write_before_it_was_deleted(
    between: dict[str, Any], stack: str, verdict: str
) -> None:
    """The list is deleted at the console, hours after a call on it that no log explains.

    Expected: the call may be the deploy's, by SST's own API and at its time; a call whose record is missing may be.
    Without any in an unbroken chain it did nothing.
    """
    tape = bracketed()
    tape.write(2, puts=[LIST])
    call: dict[str, Any] = {"second": LATER + 3, "puts": [LIST]}
    tape.write(**call | between)
    tape.write(LATER + 9000, deletes=[LIST], api="DeleteKey")
    tape.write(LATER + 20000, puts=["other"])
    entry = write(LIST, 0, 5, deploy="d1", entry="site,ns,,/", name="WebRoutesUpdate.sst.aws.KvRoutesUpdate")
    stacks = known({"form": "text", "stack": stack})
    said = judged_calls(tape.calls(), writes(entry), reach=30000, stacks=stacks).verdicts
    assert said["verdict"].to_list() == [verdict]


@pytest.mark.parametrize(("word", "expected"), [("create", "landed"), ("update", "lost")])
def test_a_resource_that_is_created_again_had_been_removed_by_a_deploy_without_a_log(
    word: str, expected: str
) -> None:
    """What is in the state is updated: a create shows that a removal came in between."""
    tape = bracketed()
    tape.write(2, puts=[GONE, KEPT])
    tape.write(500, deletes=[GONE, KEPT])
    tape.write(LAST + 2, puts=[KEPT])
    first = [put(key, 0, "d1", operation=1, urn="web", op="create") for key in (GONE, KEPT)]
    again = put(KEPT, LAST, "d3", operation=2, urn="web", op=word)
    found = judged_calls(closed(tape).calls(), writes(*first, again), stacks=known()).verdicts
    assert found["verdict"][0] == expected


@pytest.mark.parametrize(("deletes", "expected"), [([GONE], "landed"), ([GONE, KEPT], "lost")])
def test_a_delete_of_what_the_operation_itself_just_put_is_no_purge_of_its_own(
    deletes: list[str], expected: str
) -> None:
    """Expected: with that key in it, the call is somebody else's, and took both deploys' keys away."""
    tape = bracketed()
    tape.write(2, puts=[GONE])
    tape.write(LATER + 2, puts=[KEPT])
    tape.write(LATER + 3, deletes=deletes)
    tape.write(LAST + 2, puts=["last:a"])
    rows = writes(put(GONE, 0, "d1", urn="urn:web"), put(KEPT, LATER, "d2", urn="urn:web"), last())
    table = judged_calls(closed(tape).calls(), rows, reach=5000, stacks=known()).verdicts
    assert table["verdict"].to_list() == [expected, expected, "landed"]
