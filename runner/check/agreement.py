"""Whether a job and its script agree.  Pure."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from runner.check.catalogue import RULES
from runner.check.facts import Place, ScriptFacts
from runner.check.findings import Finding
from runner.check.starter import declared, needs_of
from runner.job.model import JobSpec


def disagreements(script: ScriptFacts, spec: JobSpec) -> list[Finding]:
    """Return where *spec* and *script* speak of different parameters or cmdlets."""
    told = [*_parameters(script, spec), *_cmdlets(script, spec), *_writes(script, spec)]
    return [
        Finding(rule=RULES[name], path=script.path, at=at, detail=detail)
        for name, at, detail in told
    ]


def _parameters(script: ScriptFacts, spec: JobSpec) -> Iterator[tuple[str, Place, str]]:
    has = {each.name.casefold(): each for each in script.parameters}
    given = {name.casefold() for name in spec.parameters or ()}
    answers = {each.parameter.casefold() for each in spec.prompts}
    for folded, parameter in has.items():
        if parameter.mandatory and folded not in given and spec.parameters is not None:
            yield "spec.parameter-missing", parameter.at, f"-{parameter.name}"
    for name in spec.parameters or ():
        if name.casefold() not in has.keys() | answers:
            yield "spec.parameter-unknown", (1, 1), name


def _cmdlets(script: ScriptFacts, spec: JobSpec) -> Iterator[tuple[str, Place, str]]:
    if not spec.cmdlets:
        return
    patterns = [each.casefold() for each in spec.cmdlets]
    missing = {
        each.casefold()
        for each in needs_of(script).cmdlets
        if not any(fnmatchcase(each.casefold(), pattern) for pattern in patterns)
        and not each.casefold().startswith("get-exo")  # they come with the module, always
    }
    for call in script.calls:
        name = (call.name or "").rpartition("\\")[2]
        if name.casefold() in missing:
            missing.discard(name.casefold())
            yield "spec.cmdlets", call.at, name


def _writes(script: ScriptFacts, spec: JobSpec) -> Iterator[tuple[str, Place, str]]:
    writes = {each.casefold() for each in needs_of(script).writes}
    for call in () if spec.write else script.calls:
        name = (call.name or "").rpartition("\\")[2]
        if name.casefold() in writes:
            yield "spec.write", call.at, name


def ungiveable(script: ScriptFacts) -> list[Finding]:
    """Return the parameters of types that no job can give."""
    return [
        Finding(
            rule=RULES["parameter.type"],
            path=script.path,
            at=each.at,
            detail=f"-{each.name} is {each.type}",
        )
        for each in script.parameters
        if declared(each) is None
    ]
