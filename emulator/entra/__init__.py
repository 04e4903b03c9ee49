"""Entra ID's part: who may have a token, and the token."""
