"""What the commands are told: arguments, options, and the words about exit codes."""

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import TypeVar

import click

from contract.exitcodes import MEANINGS

_F = TypeVar("_F", bound=Callable[..., object])

EXIT_CODES = "\b\nExit codes:\n" + "\n".join(
    f"  {code:>3}  {meaning.text}" for code, meaning in MEANINGS.items()
)
FILE = click.Path(path_type=Path)
JOB = click.argument("job_file", metavar="JOB.yaml", type=FILE)
P = click.option(
    "-p",
    "texts",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter; also EXO_PARAM_NAME=VALUE in the environment.",
)
PARAMS = click.option(
    "--params-file", type=FILE, help="Parameters as a YAML or JSON mapping; also for secrets."
)
RUN = (
    click.option(
        "--token-dir",
        type=FILE,
        envvar="EXO_TOKEN_DIR",
        default=Path("/var/run/exo-tokens"),
        show_default=True,
        help="Where the sidecar writes tokens (EXO_TOKEN_DIR).",
    ),
    click.option(
        "--runs-dir",
        type=FILE,
        envvar="EXO_RUNS_DIR",
        default=Path("runs"),
        show_default=True,
        help="Each run makes its own directory in it (EXO_RUNS_DIR).",
    ),
    click.option(
        "--connection",
        envvar="EXO_CONNECTION",
        help="Whose token to use, instead of the job's own connection (EXO_CONNECTION).",
    ),
    click.option(
        "--tenant-id",
        envvar="EXO_TENANT_ID",
        help="Refuse tokens of another tenant (EXO_TENANT_ID).",
    ),
    click.option(
        "--dry-run",
        is_flag=True,
        help="Change nothing in Exchange: import what reads, record calls of the rest.",
    ),
    click.option(
        "--exclusive",
        is_flag=True,
        envvar="EXO_EXCLUSIVE",
        help="Refuse (85) while another run of this job goes on in the runs directory.",
    ),
    click.option(
        "--resume",
        type=FILE,
        metavar="RUN_DIR",
        help="Do only what this earlier run of the job has not done; see Register-JobItem.",
    ),
    click.option(
        "--shard-index",
        type=click.IntRange(min=0),
        envvar="JOB_COMPLETION_INDEX",
        default=0,
        help="Which part of an indexed job this is (JOB_COMPLETION_INDEX).",
    ),
    click.option(
        "--shard-count",
        type=click.IntRange(min=1),
        envvar="EXO_SHARD_COUNT",
        default=1,
        help="Of how many parts (EXO_SHARD_COUNT); see Get-JobShard.",
    ),
    click.option(
        "--annotations",
        type=FILE,
        envvar="EXO_ANNOTATIONS",
        help="The pod's annotations as a downward API file, for the audit (EXO_ANNOTATIONS).",
    ),
    click.option(
        "--image-digest",
        envvar="EXO_IMAGE_DIGEST",
        help="The digest of the image, for the audit (EXO_IMAGE_DIGEST).",
    ),
    click.option(
        "--audit-key-file",
        type=FILE,
        envvar="EXO_AUDIT_KEYFILE",
        help="The key for the digests of secret parameters in the audit (EXO_AUDIT_KEYFILE).",
    ),
    click.option(
        "--trusted-key",
        "trusted_keys",
        type=FILE,
        multiple=True,
        envvar="EXO_TRUSTED_KEYS",
        help="A public key (PEM): run only scripts that one of them has signed (EXO_TRUSTED_KEYS).",
    ),
    click.option("--pwsh", envvar="PWSH", help="The shell (PWSH); else the first on PATH."),
    click.option(
        "--termination-log",
        type=FILE,
        help="Where Kubernetes reads the last word; /dev/termination-log if it exists.",
    ),
)
"""The options of `run`."""


def run_options(command: _F) -> _F:
    """Give *command* the options of `run`."""
    return reduce(lambda made, option: option(made), reversed(RUN), command)
