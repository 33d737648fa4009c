"""A POSIX script for the AWS CLI and jq that adds a selector to those of a trail that is there.

PutEventSelectors replaces all selectors of a trail, and advanced ones replace basic ones
(docs/facts/cloudtrail.md#8-switching-the-data-events-on). So the script reads what is selected, and sends all of it
back with the new selector behind. Basic selectors of management events become advanced ones that mean the same; where a
basic selector has data events, the script stops: how each of those would have to be written is not documented.

The only data in the script are the ARNs, as JSON in one quoted word; what AWS answers goes from JSON to JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.commands.words import as_json, plain, quote
from analyzer.setup.words import COST, REGION, SELECTOR_NAME, comment, fields, of_which

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME: Final = "cli"

_HEAD: Final = (
    "Adds the data events of CloudFront key-value stores, reads and writes, to what a CloudTrail trail records.",
    "Save it, read it, and run it: sh FILE. It needs the AWS CLI, jq 1.6 or later, and credentials that may call",
    "cloudtrail:DescribeTrails, GetEventSelectors, GetTrailStatus and PutEventSelectors.",
    "",
    *COST,
    "",
    "What the trail records already stays; where the stores are recorded already, nothing is sent. With several",
    "trails, name one: TRAIL=NAME sh FILE. CloudTrail has no version to hold on to: let nobody else change the trail",
    "meanwhile.",
    REGION.removesuffix(", so the trail is there.") + ".",
    "",
)


def text(stores: Sequence[str]) -> str:
    """The script."""
    selector = {
        "Name": SELECTOR_NAME,
        "FieldSelectors": [{"Field": field, "Equals": values} for field, values in fields(stores)],
    }
    head = "#!/bin/sh\n" + comment([*_HEAD, *of_which(stores)])
    data = f"selector={quote(as_json(selector))}\nstores={quote(as_json(list(stores)))}\n"
    return plain(head + data + _BODY)


_BODY: Final = r"""
set -eu
export AWS_PAGER= AWS_CLI_AUTO_PROMPT=off AWS_CLI_OUTPUT_ENCODING=utf-8 PYTHONUTF8=1
for tool in aws jq; do
  command -v "$tool" >/dev/null || { printf '%s\n' "$tool is not installed" >&2; exit 1; }
done

# The trails that record us-east-1: those of that Region, and those of all Regions.
trail=$(aws cloudtrail describe-trails --region us-east-1 --output json </dev/null |
  jq -c --arg name "${TRAIL-}" '
    [.trailList[]? | select($name == "" or .Name == $name or .TrailARN == $name)] |
    if any(.[]; (.TrailARN | strings | test("\\Aarn:[a-z-]+:cloudtrail:[a-z0-9-]+:[0-9]{12}:trail/[A-Za-z0-9._-]+\\z"))
      and (.HomeRegion | strings | test("\\A[a-z]+(-[a-z0-9]+)+\\z")) | not)
    then error("AWS names a trail in a form that is not documented; nothing was changed")
    elif length == 1 then .[0]
    elif length == 0 and $name != "" then error("no trail that records us-east-1 has the name that TRAIL gives")
    elif length == 0 then error("no trail records us-east-1; make one: lostwrite setup-trail --format cloudformation")
    else error("several trails record us-east-1; set TRAIL to one of: " + (map(.TrailARN) | join(", "))) end')
test -n "$trail"
arn=$(printf '%s\n' "$trail" | jq -er .TrailARN)
home=$(printf '%s\n' "$trail" | jq -er .HomeRegion)

# What is selected, and the new selector behind it; nothing, where every store is recorded already.
union() {
  jq -c --arg trail "$arn" --argjson selector "$selector" --argjson stores "$stores" '
    def management($more): {Name: "management events",
      FieldSelectors: ([{Field: "eventCategory", Equals: ["Management"]}] + $more)};
    def kind: if . == null or . == "All" then []
      elif . == "ReadOnly" then [{Field: "readOnly", Equals: ["true"]}]
      elif . == "WriteOnly" then [{Field: "readOnly", Equals: ["false"]}]
      else error("a basic selector has an unknown ReadWriteType; nothing was changed") end;
    def advanced:
      if (.DataResources // []) != [] then error("the trail selects data events by basic selectors. " +
        "Switch it to advanced event selectors in the console of CloudTrail, and run this again; nothing was changed")
      elif .IncludeManagementEvents == false then empty
      else (.ExcludeManagementEventSources // []) as $not | management((.ReadWriteType | kind) +
        (if $not == [] then [] else [{Field: "eventSource", NotEquals: $not}] end)) end;
    def operators: [to_entries[] | select(.key != "Field" and (.value // []) != []) | .key];
    def field($name): [.FieldSelectors[] | select(.Field == $name)];
    def records($store):
      (.FieldSelectors | map(.Field) | sort | . - ["resources.ARN"]) == ["eventCategory", "resources.type"] and
      all(.FieldSelectors[]; operators == ["Equals"]) and
      (field("eventCategory")[0].Equals == ["Data"]) and
      (field("resources.type")[0].Equals | index($selector.FieldSelectors[1].Equals[0]) != null) and
      all(field("resources.ARN")[]; $store != null and (.Equals | index($store) != null));

    # PutEventSelectors replaces everything: what is not read whole must not be taken for nothing.
    if (type != "object") or .TrailARN != $trail or (has("AdvancedEventSelectors") or has("EventSelectors") | not)
    then error("AWS does not say what \($trail) selects; nothing more was changed")
    elif (.AdvancedEventSelectors // []) != [] and (.EventSelectors // []) != []
    then error("the trail has basic and advanced event selectors, of which only one can be sent; nothing was changed")
    else . end |
    (if (.AdvancedEventSelectors // []) != [] then .AdvancedEventSelectors
     elif (.EventSelectors // []) != [] then [.EventSelectors[] | advanced]
     else [management([])] end) as $now |
    (if $stores == [] then [null] else $stores end) as $wanted |
    [$wanted[] | . as $store | select(any($now[]; records($store)) | not)] as $missing |
    ($selector | if $stores == [] then . else .FieldSelectors[2].Equals = $missing end) as $new |
    if $missing == [] then empty else {TrailName: $trail, AdvancedEventSelectors: ($now + [$new])} end'
}

before=$(aws cloudtrail get-event-selectors --region "$home" --trail-name "$arn" --output json </dev/null)
test -n "$before"
change=$(printf '%s\n' "$before" | union)
if test -z "$change"; then
  printf '%s\n' "nothing to do: $arn records these stores already"
else
  printf '%s\n' "the selectors of $arn before; keep them, they are what leads back:" "$before"
  after=$(aws cloudtrail put-event-selectors --region "$home" --output json --cli-input-json "$change" </dev/null)
  left=$(printf '%s\n' "$after" | union)
  test -n "$after" && test -z "$left" || { printf '%s\n' "AWS did not take the selector as it was sent" >&2; exit 1; }
  printf '%s\n' "after:" "$after"
fi
state=$(aws cloudtrail get-trail-status --region "$home" --name "$arn" --output json </dev/null)
if test "$(printf '%s\n' "$state" | jq .IsLogging)" != true; then
  printf '%s\n' "the trail is stopped and records nothing: aws cloudtrail start-logging --region $home --name $arn" >&2
  exit 1
fi
"""
