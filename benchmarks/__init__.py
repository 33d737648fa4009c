"""lostwrite beside what a user would run instead, in one run: `make bench`. No tests: nothing here passes or fails."""
