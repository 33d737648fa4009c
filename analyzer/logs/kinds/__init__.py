"""The kinds of deploy log, one a file: `analyzer.logs.registry` looks here and nowhere else."""
