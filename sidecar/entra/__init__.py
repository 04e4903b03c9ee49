"""How a token is asked for, and what the answer means."""
