"""From findings to the exit code: which of them count, after suppressions and a baseline. No verdict changes here."""
