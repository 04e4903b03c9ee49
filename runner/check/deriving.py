"""Declares a job's parameters as the param() block of its script has them."""

from collections.abc import Mapping
from pathlib import Path

from runner.check.reading import facts_of
from runner.check.starter import declared
from runner.job.parameterspec import Parameter


def parameters_of(
    script: Path, *, pwsh: Path, environment: Mapping[str, str]
) -> dict[str, Parameter]:
    """Return the parameters of *script* that a job can give, read by PowerShell's own parser.

    Their defaults stay the script's own business.

    Raises:
        RefusedError: pwsh cannot be started, or does not answer as it should.
    """
    (facts,) = facts_of([script], pwsh=pwsh, environment=environment)
    found = {each.name: declared(each) for each in facts.parameters}
    return {
        name: Parameter.model_validate({key: said[key] for key in said if key != "default"})
        for name, said in found.items()
        if said is not None
    }
