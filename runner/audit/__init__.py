"""Proof of what ran: events in a chain, where they go, and how the chain is verified."""
