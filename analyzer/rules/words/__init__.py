"""The words of a report that are no rules, as data: verdicts, causes, and what stands beside a verdict."""
