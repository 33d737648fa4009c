"""What the forms of CloudTrail share: values, rows and printed maps → records."""
