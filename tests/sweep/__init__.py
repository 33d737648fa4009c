"""A sweep of prefixes over logs: `make sweep` prints its figures, and the tests run a fixed tenth of it."""
