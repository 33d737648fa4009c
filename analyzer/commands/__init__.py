"""The one renderer of every command that is printed to be copied: from data to a shell's text, once and last."""
