"""The commands of `exo-job`."""
