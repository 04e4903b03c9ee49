"""What pwsh says, as records."""
