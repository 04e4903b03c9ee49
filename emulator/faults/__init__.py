"""Scripted failures: which request gets what wrong answer, how often, and how it goes wrong."""

from emulator.faults.fault import Cut, Drip, Fault
from emulator.faults.queue import Faults, Hit
from emulator.faults.traits import Endpoint, Traits

__all__ = ["Cut", "Drip", "Endpoint", "Fault", "Faults", "Hit", "Traits"]
