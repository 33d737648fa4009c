"""Events → the writes that a deploy intended."""
