"""Which hosts, scopes and audiences belong to which Microsoft cloud.  Pure.

Two cells are disputed between sources (DoD's Exchange scope, China's compliance scope), so a
configuration may override every one of them.  Sources: Microsoft's pages on national clouds and
on Connect-ExchangeOnline, and CISA's ScubaGear, which is run against all four.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Environment(StrEnum):
    """A cloud, by the name that a configuration uses."""

    WORLDWIDE = "worldwide"
    GCC = "gcc"
    GCC_HIGH = "gccHigh"
    DOD = "dod"
    CHINA = "china"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One row of the table."""

    authority: str
    """Where Entra answers, without a path."""
    scopes: Mapping[str, str]
    """What to ask for, by the resource's name in a configuration."""
    federated_audience: str
    """The `aud` that a projected service-account token must carry there."""


_US_COMPLIANCE = "https://ps.compliance.protection.office365.us/.default"

_PUBLIC = Cloud(
    authority="https://login.microsoftonline.com",
    scopes={
        "exchange": "https://outlook.office365.com/.default",
        "compliance": "https://ps.compliance.protection.outlook.com/.default",
        "graph": "https://graph.microsoft.com/.default",
    },
    federated_audience="api://AzureADTokenExchange",
)

CLOUDS: Mapping[Environment, Cloud] = {
    Environment.WORLDWIDE: _PUBLIC,
    Environment.GCC: _PUBLIC,
    Environment.GCC_HIGH: Cloud(
        authority="https://login.microsoftonline.us",
        scopes={
            "exchange": "https://outlook.office365.us/.default",
            "compliance": _US_COMPLIANCE,
            "graph": "https://graph.microsoft.us/.default",
        },
        federated_audience="api://AzureADTokenExchangeUSGov",
    ),
    Environment.DOD: Cloud(
        authority="https://login.microsoftonline.us",
        scopes={
            "exchange": "https://outlook-dod.office365.us/.default",
            "compliance": _US_COMPLIANCE,
            "graph": "https://dod-graph.microsoft.us/.default",
        },
        federated_audience="api://AzureADTokenExchangeUSGov",
    ),
    Environment.CHINA: Cloud(
        authority="https://login.partner.microsoftonline.cn",
        scopes={
            "exchange": "https://partner.outlook.cn/.default",
            "compliance": "https://ps.compliance.protection.partner.outlook.cn/.default",
            "graph": "https://microsoftgraph.chinacloudapi.cn/.default",
        },
        federated_audience="api://AzureADTokenExchangeChina",
    ),
}
"""Every cloud, by its name."""

NAMED_RESOURCES = frozenset(_PUBLIC.scopes)
"""The resources that need no scope in a configuration."""
