"""The judgement: intended writes, recorded calls and coverage → the verdict on each write, its evidence, its remedy."""
