"""The rules of `exo-job check`, by their ids.  Pure: a table."""

from runner.check.findings import Rule, Severity

_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE


def _rule(name: str, severity: Severity, title: str, remedy: str) -> Rule:
    return Rule(id=name, severity=severity, title=title, remedy=remedy)


_RULES = (
    _rule("syntax", _E, "PowerShell cannot read the script.", "Mend it where it says."),
    _rule(
        "requires.version",
        _E,
        "The script requires a PowerShell that is not there.",
        "Lower #requires -Version, or use an image with that PowerShell.",
    ),
    _rule(
        "requires.windows",
        _E,
        "The script requires Windows PowerShell, or elevation.",
        "Remove the #requires; here it runs in PowerShell 7 as a plain user.",
    ),
    _rule(
        "requires.module",
        _W,
        "The script requires a module that the image may not have.",
        "Put the module into the image, or do without it.",
    ),
    _rule(
        "prompt.read-host",
        _E,
        "Read-Host: nobody is there to answer.",
        "Make it a parameter, or name a parameter for it under spec.prompts.",
    ),
    _rule(
        "prompt.credential",
        _E,
        "Get-Credential: nobody is there to sign in.",
        "Remove it: the job is connected. For another service use a secret parameter.",
    ),
    _rule(
        "prompt.choice",
        _E,
        "The host is asked to prompt, and there is nobody.",
        "Make the choice a parameter.",
    ),
    _rule(
        "prompt.confirm",
        _E,
        "The cmdlet asks for confirmation, and there is nobody.",
        "Add -Confirm:$false.",
    ),
    _rule("gui.grid", _N, "Out-GridView: its rows become output.", "Remove it."),
    _rule("gui.forms", _E, "There are no windows.", "Remove the dialogue; make it a parameter."),
    _rule("gui.open", _N, "Invoke-Item opens nothing here.", "Remove it."),
    _rule(
        "com",
        _W,
        "There is no COM on Linux; popups are answered with No.",
        "Remove it; write objects, the job makes the file.",
    ),
    _rule(
        "windows.path",
        _E,
        "A path of Windows.",
        "Write into the working folder by a relative path with /, or put out objects.",
    ),
    _rule(
        "windows.separator",
        _W,
        "A relative path with a backslash.",
        "Use /; .NET takes a backslash for a part of the name.",
    ),
    _rule(
        "windows.variable",
        _E,
        "An environment variable of Windows; it is empty here.",
        "Use $PWD or $HOME, or a parameter.",
    ),
    _rule(
        "windows.only",
        _E,
        "The command exists in Windows PowerShell alone.",
        "Use Get-CimInstance's or .NET's equivalent, or leave it out.",
    ),
    _rule(
        "connect.own",
        _N,
        "The script connects itself; the session of the token file is used instead.",
        "Keep it or remove it; its credential is ignored.",
    ),
    _rule(
        "connect.other",
        _W,
        "The script connects to another service, for which there is no token.",
        "Do that part in a job of its own, or through its resource's token file.",
    ),
    _rule(
        "connect.retired",
        _E,
        "Remote PowerShell to Exchange Online no longer exists.",
        "Remove it; the job is connected.",
    ),
    _rule(
        "module.install",
        _W,
        "Nothing is installed while a job runs; what is there is accepted.",
        "Put the module into the image and remove the line.",
    ),
    _rule(
        "module.import",
        _W,
        "Another module than Exchange's is imported.",
        "See that the image has it; one process should hold one module family.",
    ),
    _rule(
        "module.retired",
        _E,
        "The module is retired and its service is gone.",
        "Use the Exchange or Graph cmdlet that replaces it.",
    ),
    _rule(
        "cmdlet.retired",
        _E,
        "The cmdlet is retired; the service refuses it.",
        "Use the cmdlet that replaces it.",
    ),
    _rule(
        "cmdlet.unknown",
        _W,
        "No such command in PowerShell, in the script, or among the known Exchange cmdlets.",
        "See that it is spelt right; an image or a role may bring it all the same.",
    ),
    _rule(
        "cmdlet.parameter",
        _E,
        "The cmdlet has no such parameter, as far as is known.",
        "Compare with the cmdlet's page.",
    ),
    _rule(
        "whatif",
        _W,
        "-WhatIf is not honoured by every Exchange cmdlet.",
        "Do not rely on it.",
    ),
    _rule(
        "output.format",
        _W,
        "Format-* makes text for a screen; the objects are lost to the report.",
        "Remove it and put out the objects; spec.output.properties chooses the columns.",
    ),
    _rule(
        "output.host",
        _N,
        "Write-Host goes to the log, not to the report.",
        "Put out objects for what the report should hold.",
    ),
    _rule("output.transcript", _W, "A transcript may hold secrets.", "Remove it; all is recorded."),
    _rule(
        "errors.silenced",
        _W,
        "Errors are silenced for the whole script: a failure would look like a success.",
        "Remove it; silence single calls where that is meant.",
    ),
    _rule("errors.hidden", _N, "Errors of this call are hidden.", "See that this is meant."),
    _rule(
        "secret.literal",
        _E,
        "A secret stands in the script.",
        "Make it a secret parameter, and change the secret.",
    ),
    _rule("exit.function", _W, "exit inside a function ends the script.", "Use return or throw."),
    _rule("loop.endless", _E, "A loop without an end.", "Give it a condition; CronJobs repeat."),
    _rule(
        "sleep.long",
        _W,
        "Sleeps longer than timeouts.idle, which is 15 minutes unless set.",
        "Report with Write-Progress while waiting, or raise timeouts.idle.",
    ),
    _rule(
        "parameter.type",
        _W,
        "A parameter of a type that a job cannot give.",
        "Use text, numbers, truth, lists or times.",
    ),
    _rule(
        "spec.parameter-missing",
        _E,
        "The script demands a parameter that the job does not declare.",
        "Declare it under spec.parameters.",
    ),
    _rule(
        "spec.parameter-unknown",
        _E,
        "The job declares a parameter that the script does not have.",
        "Remove it, or name it under spec.prompts.",
    ),
    _rule(
        "spec.cmdlets",
        _E,
        "The script calls a cmdlet that spec.cmdlets does not import.",
        "Add it to spec.cmdlets.",
    ),
    _rule(
        "spec.write",
        _E,
        "The script changes something, and the job has not said so.",
        "Say write: true in the spec, or run it with --dry-run only.",
    ),
)
RULES = {each.id: each for each in _RULES}
