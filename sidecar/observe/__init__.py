"""What the sidecar tells of itself: log, metrics, probes."""
