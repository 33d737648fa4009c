"""The command line: the only part that prints, reads the environment or exits.

Nothing here imports the core at the top of a module, so that `--help` and shell completion answer at once.
"""
