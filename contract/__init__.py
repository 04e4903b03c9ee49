"""What two processes must agree on, byte for byte.

A thing may live here only if the sidecar and the runner, or a process and
whoever reads what it leaves behind, must agree on it exactly: the token
document and when it may be used, how a file is replaced, the log line and its
masking, exit codes and statuses, the run record.

It imports the standard library alone, and neither process.
"""
