"""What switches the data events of key-value stores on, as text that a person reads and runs."""
