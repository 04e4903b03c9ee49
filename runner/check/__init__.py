"""What will break when a script runs where nobody sits before it."""
