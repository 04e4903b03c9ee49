"""The token that the sidecar keeps, as a run needs it."""
