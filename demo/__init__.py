"""`make demo`: a report, end to end, on tokens that live 15 seconds.

An emulated Entra and Exchange, the sidecar and the runner are started as the separate programs
that they are; the demo only watches them and checks afterwards that all it promised was true.
"""
