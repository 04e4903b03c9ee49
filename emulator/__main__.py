"""`python -m emulator` is `exo-emulator`."""

from emulator.cli import main

main()
