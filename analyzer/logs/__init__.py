"""Deploy logs → EVENTS and DEPLOYS. `read` is the entrance; the kinds of log are in `kinds/`."""
