"""When a token is asked for, and the loop that does it."""
