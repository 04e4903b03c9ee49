"""Which cmdlets the endpoints of the Exchange Online Admin API take.  Pure.

Their addresses are `/adminapi/v2.0/{tenant}/{endpoint}`.

From Microsoft's "Exchange Online Admin API endpoints reference"; the permission is
Exchange.ManageAsAppV2, and a call is a `CmdletInput` as elsewhere.
"""

from emulator.exchange.failures import bad_request

_ENDPOINTS = {
    "organizationconfig": ("get-organizationconfig",),
    "accepteddomain": ("get-accepteddomain",),
    "mailbox": ("get-mailbox", "set-mailbox"),
    "mailboxfolderpermission": (
        "get-mailboxfolderpermission",
        "add-mailboxfolderpermission",
        "set-mailboxfolderpermission",
        "remove-mailboxfolderpermission",
    ),
    "distributiongroupmember": ("get-distributiongroupmember",),
    "dynamicdistributiongroupmember": ("get-dynamicdistributiongroupmember",),
}


def is_endpoint(method: str, version: str, rest: str) -> bool:
    """Tell whether an address is one of the six."""
    return method == "POST" and version.lower() == "v2.0" and rest.lower() in _ENDPOINTS


def check_cmdlet(endpoint: str, cmdlet: str) -> None:
    """Let *cmdlet* pass where *endpoint* takes it.

    Raises:
        RefusedError: it does not; the words are made up.
    """
    if cmdlet.lower() not in _ENDPOINTS[endpoint.lower()]:
        raise bad_request(f"The cmdlet '{cmdlet}' is not supported by the endpoint '{endpoint}'.")
