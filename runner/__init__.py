"""The runner: runs one job's script in pwsh to an honest end.

`cli` puts it together.  `preflight` checks everything beforehand; `gate` waits for a token;
`supervisor` holds the child and its clocks; `recorder` takes what it says; `verdict` judges.
`powershell/` is what runs inside pwsh.
"""
