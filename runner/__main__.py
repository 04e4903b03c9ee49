"""`python -m runner` is `exo-job`."""

from runner.cli import main

main()
