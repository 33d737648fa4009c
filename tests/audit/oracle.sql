-- What became of each write, by what docs/facts say of the calls, and by nothing that the analyser concluded.
-- In: the views `calls` and `writes` of a catalogue; of `writes` only what the logs say.
-- Out: `write`; `made`: it landed, whatever came later; `missed`: it was dropped.
-- It holds where every log is an event log, every clock is right, and nobody else uses SST's client.
WITH
-- A call is made between the events that begin and end its operation; all times are whole seconds.
-- One that was killed has no end: its last call may arrive later than its log's last line.
-- A removal from a list puts what is left of it, or deletes the key with the last entry.
meant AS (
  SELECT
    id, deploy || ':' || operation AS work, store, key, op, action, reported, tool_version,
    type LIKE '%KvRoutesUpdate' AS routes,
    CASE action WHEN 'delete' THEN ['delete'] WHEN 'remove' THEN ['put', 'delete'] ELSE ['put'] END AS effects,
    epoch(start)::BIGINT AS since,
    epoch("end")::BIGINT + CASE reported WHEN 'unfinished' THEN 60 ELSE 0 END AS until
  FROM writes
),
told AS (
  SELECT *, epoch("at")::BIGINT AS second FROM calls
),
-- A call on a list is the last act of its operation: one that failed has made none.
fitting AS (
  SELECT meant.id, work, store, key, since, until, event_id, second, ok
  FROM meant JOIN told USING (store, key)
  WHERE api = 'UpdateKeys' AND user_agent LIKE 'aws-sdk-go-v2/%api/cloudfrontkeyvaluestore#%'
    AND list_contains(effects, effect) AND second BETWEEN since AND until
    AND NOT (ok AND routes AND reported = 'failed')
),
-- One call is the work of one operation. Operations on a key that overlap are an island.
placed AS (
  SELECT DISTINCT work, store, key, since, until FROM fitting WHERE ok
),
shores AS (
  SELECT *, since > coalesce(max(until) OVER (
    PARTITION BY store, key ORDER BY since, until, work ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ), -1) AS apart
  FROM placed
),
islands AS (
  SELECT *, sum(apart::INT) OVER (PARTITION BY store, key ORDER BY since, until, work) AS island FROM shores
),
-- Hall: not all operations within a span can have been made where fewer calls lie in it.
spans AS (
  SELECT DISTINCT one.store, one.key, one.island, one.since, other.until
  FROM islands AS one JOIN islands AS other USING (store, key, island)
  WHERE one.since <= other.until
),
crowded AS (
  SELECT * FROM spans
  WHERE (
    SELECT count(DISTINCT work) FROM islands
    WHERE islands.store = spans.store AND islands.key = spans.key
      AND islands.since >= spans.since AND islands.until <= spans.until
  ) > (
    SELECT count(DISTINCT event_id) FROM fitting
    WHERE fitting.store = spans.store AND fitting.key = spans.key
      AND ok AND second BETWEEN spans.since AND spans.until
  )
),
-- The chain: each successful write names the ETag of the one before it. Where no call made that ETag, records are
-- missing: between the last call that no other one follows, and this one. An absence needs a second on each side,
-- because seconds are cut off.
links AS (
  SELECT DISTINCT store, event_id, second, if_match, etag FROM told
  WHERE ok AND effect <> 'read' AND etag IS NOT NULL
),
reach AS (
  SELECT store, min(second) AS first_at, max(second) AS last_at FROM links GROUP BY store
),
torn AS (
  SELECT store, second FROM links
  WHERE NOT EXISTS (SELECT 1 FROM links AS next WHERE next.store = links.store AND next.if_match = links.etag)
),
gaps AS (
  SELECT links.store, max(torn.second) AS since, links.second AS until
  FROM links LEFT JOIN torn ON torn.store = links.store AND torn.second < links.second
  WHERE NOT EXISTS (SELECT 1 FROM links AS made WHERE made.store = links.store AND made.etag = links.if_match)
  GROUP BY links.store, links.event_id, links.second
),
watched AS (
  SELECT id FROM meant JOIN reach USING (store)
  WHERE first_at < since - 1 AND until + 1 < last_at AND NOT EXISTS (
    SELECT 1 FROM gaps
    WHERE gaps.store = meant.store AND gaps.since <= meant.until + 1 AND meant.since - 1 <= gaps.until
  )
),
-- docs/facts/sst-output.md#42-calls-per-operation: since 3.12.5 each operation on a list writes. Before, it wrote nothing
-- where the entry was there already; it was not where the operation read that there is no list. A purge deletes only
-- what it finds.
versions AS (
  SELECT id, [part::INT FOR part IN string_split(regexp_extract(tool_version, '^[0-9.]+'), '.')] AS version FROM meant
),
unread AS (
  SELECT DISTINCT meant.id FROM meant JOIN told USING (store, key)
  WHERE api = 'GetKey' AND error_code = 'ResourceNotFoundException' AND second BETWEEN since AND until
),
needed AS (
  SELECT id FROM meant JOIN versions USING (id)
  WHERE action = 'put'
    OR (routes AND (version >= [3, 12, 5] OR op = 'update'))
    OR (action = 'append' AND id IN (SELECT id FROM unread))
),
-- A key that nobody wrote since it was deleted need not be deleted again.
last_wrote AS (
  SELECT
    meant.id, meant.store, meant.since,
    max(second) FILTER (effect = 'delete') AS deleted, max(second) FILTER (effect = 'put') AS put
  FROM meant JOIN told USING (store, key)
  WHERE action = 'delete' AND ok AND effect <> 'read' AND second < since
  GROUP BY ALL
),
gone AS (
  SELECT id FROM last_wrote
  WHERE deleted > coalesce(put, -1) AND id IN (SELECT id FROM watched) AND NOT EXISTS (
    SELECT 1 FROM gaps
    WHERE gaps.store = last_wrote.store AND gaps.until >= deleted AND gaps.since <= last_wrote.since
  )
)
SELECT
  id AS write,
  id IN (SELECT id FROM gone)
    OR id IN (SELECT id FROM fitting WHERE ok) AND NOT EXISTS (
      SELECT 1 FROM crowded
      WHERE crowded.store = meant.store AND crowded.key = meant.key
        AND meant.since >= crowded.since AND meant.until <= crowded.until
    ) AS made,
  reported = 'succeeded' AND id NOT IN (SELECT id FROM fitting)
    AND id IN (SELECT id FROM watched) AND id IN (SELECT id FROM needed) AS missed
FROM meant
