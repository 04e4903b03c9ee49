"""Renders the script module that a connecting client downloads (`EXOModuleFile`).  Pure.

The template does the talking; each cmdlet becomes one PowerShell function with the parameters of
the table, so that binding in the client and binding in the server agree.
"""

from collections.abc import Iterable

from emulator.exchange.calls import Cmdlet
from emulator.exchange.changes import is_change
from emulator.exchange.parameters import Kind, Parameter

FUNCTIONS_LINE = "#EXO-FUNCTIONS#"
RETRY_WAIT_SCALE = "{{RETRY_WAIT_SCALE}}"
_DESTRUCTIVE = ("Clear-", "Disable-", "Remove-")
_ROUTED = frozenset(
    [
        "Clutter",
        "FocusedInbox",
        "InboxRule",
        "MailboxFolderPermission",
        "MailboxFolderStatistics",
        "MailboxPermission",
        "MailboxStatistics",
    ]
)
"""Nouns whose cmdlets have `-UseCustomRouting`, by their pages: they read the mailbox itself."""


def module_file(
    template: str, cmdlets: list[Cmdlet], *, version: str, retry_wait_scale: float
) -> dict[str, object]:
    """Return the member of the answer that holds the module; *version* is the client's own."""
    return {
        "@odata.type": "#Exchange.EXOModuleFile",
        "fileName": "ExchangeOnline.psm1",
        "version": version,
        "fileContent": render(template, cmdlets, retry_wait_scale=retry_wait_scale),
        "exportedCmdlets": ",".join(each.name for each in cmdlets),
    }


def render(template: str, cmdlets: Iterable[Cmdlet], *, retry_wait_scale: float) -> str:
    """Return the module's text: *template* with a function for each of *cmdlets*."""
    functions = "\n\n".join(function_text(each) for each in cmdlets)
    return template.replace(FUNCTIONS_LINE, functions).replace(
        RETRY_WAIT_SCALE, f"{retry_wait_scale:g}"
    )


def function_text(cmdlet: Cmdlet) -> str:
    """Return the PowerShell function that stands for *cmdlet* in a session."""
    declared = ",\n        ".join(_declarations(cmdlet))
    call = f"Invoke-ExoRestCmdlet '{cmdlet.name}' $PSBoundParameters $PSCmdlet"
    return "\n".join(
        (
            f"function {cmdlet.name} {{",
            f"    {_binding(cmdlet)}",
            "    param(",
            f"        {declared}",
            "    )",
            "    process {",
            f"        {call}",
            "    }",
            "}",
        )
    )


def _binding(cmdlet: Cmdlet) -> str:
    """Return how the function is bound: what destroys asks even who did not ask to be asked."""
    if not is_change(cmdlet.name):
        return "[CmdletBinding()]"
    impact = "High" if cmdlet.name.startswith(_DESTRUCTIVE) else "Medium"
    return f"[CmdletBinding(SupportsShouldProcess=$true, ConfirmImpact='{impact}')]"


def _declarations(cmdlet: Cmdlet) -> list[str]:
    """Return the parameters' declarations; `-UseCustomRouting` is the client's own business."""
    is_routed = cmdlet.name.partition("-")[2] in _ROUTED
    own = ["[switch]$UseCustomRouting"] if is_routed else []
    return [*map(_declaration, cmdlet.parameters), *own]


def _declaration(parameter: Parameter) -> str:
    aliases = ", ".join(f"'{alias}'" for alias in parameter.aliases)
    parts = [
        f"[Parameter({_arguments(parameter)})]",
        f"[Alias({aliases})]" if aliases else "",
        "[AllowNull()][AllowEmptyString()]" if _may_be_null(parameter) else "",
        f"[{parameter.kind.type_name}]${parameter.name}",
    ]
    return "".join(parts)


def _may_be_null(parameter: Parameter) -> bool:
    return parameter.kind in {Kind.STRING, Kind.MULTI} and not parameter.mandatory


def _arguments(parameter: Parameter) -> str:
    named = {
        "Mandatory": parameter.mandatory,
        "ValueFromPipelineByPropertyName": parameter.by_property_name,
    }
    position = [] if parameter.position is None else [f"Position={parameter.position}"]
    return ", ".join([*position, *(f"{name}=$true" for name, is_set in named.items() if is_set)])
