"""The organization that is administered: deterministic mailboxes, and what was changed since."""
