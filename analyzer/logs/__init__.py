"""Deploy logs → events: one file per kind of log."""
