-- CloudTrail Lake: the whole record of each call. Replace EVENT_DATA_STORE_ID.
SELECT eventJson
FROM EVENT_DATA_STORE_ID
WHERE eventTime BETWEEN '2025-03-20 00:00:00' AND '2025-04-21 00:00:00'
  AND (
    eventSource = 'edgekeyvaluestore.amazonaws.com'
    OR (eventSource = 'cloudfront.amazonaws.com' AND eventName IN ('CreateKeyValueStore', 'DeleteKeyValueStore'))
    OR (eventSource = 'cloudtrail.amazonaws.com'
        AND eventName IN ('PutEventSelectors', 'CreateTrail', 'UpdateTrail', 'StartLogging', 'StopLogging', 'DeleteTrail'))
  )
