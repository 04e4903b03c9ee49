"""What `--help` says below the options: exit codes and variables."""

from sidecar.config.variables import described
from sidecar.entra.failures import CLASSES

RUN = """
\b
Exit codes:
   0  stopped by SIGTERM or SIGINT
  64  the command line is wrong
  78  the configuration is wrong, or the server's port is taken
"""
VARIABLES = "\n".join(
    [
        "",
        "\b",
        "Variables, for one connection, in place of --config (paths are relative to the working",
        "directory; none holds a secret):",
        *(f"  {line}" for line in described()),
    ]
)
ONCE = "\n".join(
    [
        "",
        "\b",
        "Exit codes (the gravest, where several targets fail; listed gravest first):",
        "   0  every token is in its file",
        "  64  the command line is wrong",
        *(f"  {row.exit_code}  {reason}: {row.text}" for reason, row in CLASSES.items()),
        "  75  (also) no answer within --timeout",
        " 128+n  stopped by signal n",
    ]
)
