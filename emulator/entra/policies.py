"""May an application that has proved who it is have a token, as things are set?  Pure."""

from ipaddress import ip_address

from emulator.applications import Application
from emulator.entra.refusals import Code, Refusal
from emulator.entra.request import Asked


def policy_refusal(asked: Asked, *, client_address: str) -> Refusal | None:
    """Return the refusal by consent or Conditional Access, or `None` where none stands against."""
    application = asked.application
    if not application.admin_consent:
        return Refusal(
            Code.NO_CONSENT,
            "The user or administrator has not consented to use the application with ID "
            f"'{application.client_id}'. Send an interactive authorization request for this user "
            "and resource.",
        )
    if _is_blocked(application, client_address):
        return Refusal(
            Code.BLOCKED_BY_POLICY,
            "Access has been blocked by Conditional Access policies. The access policy does not "
            "allow token issuance.",
        )
    if application.conditional_access.device_required:
        return Refusal(
            Code.DEVICE_REQUIRED,
            "Conditional Access policy requires a device that this application cannot show.",
        )
    return None


def _is_blocked(application: Application, client_address: str) -> bool:
    try:
        address = ip_address(client_address)
    except ValueError:
        return False  # a Unix socket, or nobody said
    networks = application.conditional_access.blocked_addresses
    return any(address in network for network in networks)
