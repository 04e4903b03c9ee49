"""The sidecar: keeps app-only Entra tokens fresh in files on a shared volume.

`cli` puts it together.  `policy`, `agenda`, `failures`, `answers`, `inspection` and `health` hold
the rules; `refresher` is the loop that does as they say; `entra` and `transport` ask for tokens.
"""
