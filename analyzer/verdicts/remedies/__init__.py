"""The commands that put right what did not land."""
