"""The commands of `exo-token` that do not keep tokens."""
