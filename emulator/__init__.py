"""Entra ID and Exchange Online administration, played honestly enough to test against.

One HTTPS server: `entra` verifies assertions and issues tokens, `exchange` answers the admin
API, `tenant` holds deterministic mailboxes.  Where the real service's behaviour is known it is
followed, with its source; where it is guessed, a comment says so.
"""
