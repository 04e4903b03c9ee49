"""What a job is, as its file and its caller say it."""
