-- Amazon Athena, on the table of CloudTrail's documentation (`cloudtrail_logs`, partitioned by `timestamp`).
-- Gives exactly the records that lostwrite uses, with the columns that say whether a call succeeded.
UNLOAD (
  SELECT
    eventversion, useridentity, eventtime, eventsource, eventname, awsregion, sourceipaddress, useragent,
    errorcode, errormessage, requestparameters, responseelements, requestid, eventid, readonly,
    resources, recipientaccountid, sharedeventid
  FROM cloudtrail_logs
  WHERE "timestamp" BETWEEN '2025/03/20' AND '2025/04/21' -- from the day of the first deploy to 30 days after the last
    AND (
      eventsource = 'edgekeyvaluestore.amazonaws.com'
      OR (eventsource = 'cloudfront.amazonaws.com' AND eventname IN ('CreateKeyValueStore', 'DeleteKeyValueStore'))
      OR (eventsource = 'cloudtrail.amazonaws.com'
          AND eventname IN ('PutEventSelectors', 'CreateTrail', 'UpdateTrail', 'StartLogging', 'StopLogging', 'DeleteTrail'))
    )
)
TO 's3://YOUR-BUCKET/kvs-calls/'
WITH (format = 'PARQUET')
