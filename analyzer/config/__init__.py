"""What holds for a run and where it came from: options, environment, a configuration file, defaults."""
