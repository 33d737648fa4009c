"""The kinds of resource that write keys: one file for each, with how logs show it and which writes it means."""
