"""What a configuration says, and what it comes to."""
