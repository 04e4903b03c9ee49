"""Tells others how a run ended, where its job asks for it."""
