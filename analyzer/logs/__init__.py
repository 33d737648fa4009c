"""Deploy logs → events and deploys; the kinds of log are in `kinds/`."""
