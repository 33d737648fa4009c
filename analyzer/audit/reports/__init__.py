"""Reports of an audit: `AuditReport` (and its `Trends`) in, text or files out. Nothing here reads or prints."""
