"""`python -m sidecar` is `exo-token`."""

from sidecar.cli import main

main()
