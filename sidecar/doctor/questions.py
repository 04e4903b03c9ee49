"""The messages that people ask about most, and what they mean.  Pure.

Sources: Microsoft's "App-only authentication in Exchange Online PowerShell", its troubleshooting of
error codes, the retry rules of the generated module, and the questions under articles on the same.
"""

import re
from dataclasses import dataclass

PERMISSION = (
    "In the app registration choose API permissions, APIs my organization uses, Office 365 Exchange"
    " Online, Application permissions, Exchange.ManageAsApp, and grant admin consent."
)
ROLE = (
    "Give the enterprise application a directory role that Exchange supports (Exchange"
    " Administrator, Exchange Recipient Administrator, Global Reader, …), or in Exchange run"
    " New-ServicePrincipal with the enterprise application's object id and add it to a role group;"
    " then wait up to 30 minutes, and for a new token: roles are in it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A message, and the answer to it."""

    name: str
    pattern: re.Pattern[str]
    means: str
    remedy: str


def _question(name: str, pattern: str, means: str, remedy: str) -> Question:
    found = re.compile(pattern, re.IGNORECASE)
    return Question(name=name, pattern=found, means=means, remedy=remedy)


QUESTIONS = (
    _question(
        "role not supported in this scenario",
        r"(isn't|is not) supported in this scenario",
        "Exchange takes the token, but no directory role or role group gives rights with it.",
        ROLE,
    ),
    _question(
        "permission asked of Graph",
        r"AADSTS650053|ManageAsApp.*Graph|Graph.*ManageAsApp",
        "Exchange.ManageAsApp was asked of Microsoft Graph, which does not have it.",
        PERMISSION,
    ),
    _question(
        "delegated permission",
        r"\bdelegated\b|Exchange\.Manage\b|\bscp\b",
        "The permission is a delegated one: it is for a person who signs in, not for a program.",
        f"{PERMISSION} Remove the delegated one.",
    ),
    _question(
        "no admin consent in this tenant",
        r"AADSTS(65001|700016|650052|7000229)|admin(istrator)? consent|not found in the directory",
        "The tenant does not know the application, or has not consented to it: each tenant must.",
        "Let an administrator of that tenant open <authority>/<tenantId>/adminconsent?client_id="
        "<clientId>, then give the enterprise application there its role as well.",
    ),
    _question(
        "user principal name that is not the token's",
        r"UserPrincipalName|\bUPN\b",
        "An app-only token has no user, and the module does not compare what is given with it.",
        "Connect with -Organization and the tenant's initial domain (….onmicrosoft.com), without"
        " -UserPrincipalName.",
    ),
    _question(
        "module without -AccessToken",
        r"parameter.*\bAccessToken\b|\bAccessToken\b.*parameter",
        "The ExchangeOnlineManagement module is older than 3.1.0, the first with -AccessToken.",
        "Install ExchangeOnlineManagement 3.1.0 or newer where the job runs, and see that no older"
        " one comes before it in PSModulePath.",
    ),
    _question(
        "Maximum retry count reached",
        r"Maximum retry count reached",
        "The module has tried a cmdlet six times in 62 s. Most often the session's token has"
        " expired (401 is tried again too); else Exchange throttles or fails.",
        "Reconnect with the newest token file, as `exo-job run` does by itself; if the token is"
        " good, ask for less at a time and look at Retry-After.",
    ),
    _question(
        "UnAuthorized",
        r"\bUnAuthorized\b",
        "Exchange does not take the token: it is for another resource (Graph's is the usual one),"
        " for another cloud, of another tenant than the organization's, or expired.",
        "Ask for https://outlook.office365.com/.default (`resources: [exchange]`), with"
        " `environment` set to the tenant's cloud, and compare with `exo-token inspect FILE`.",
    ),
)
"""From the most telling message to the least: the first that fits is the answer."""


def answer_to(text: str) -> Question | None:
    """Return what the message in *text* means, if it is one of those that are known."""
    return next((each for each in QUESTIONS if each.pattern.search(text)), None)
