"""Microsoft's clouds: which host names belong to which, and what can be asked for there.  Pure.

From Microsoft's "National clouds" and "Connect-ExchangeOnline" pages and CISA's ScubaGear; the
hosts that only old clients use, and the issuers of v1.0 tokens, from what is seen in use.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract.freshness import EXCHANGE_APP_ID

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
US_COMPLIANCE_APP_ID = "00000007-0000-0ff1-ce00-000000000000"


class CloudName(StrEnum):
    """A cloud, by the name that a world uses."""

    WORLDWIDE = "worldwide"
    GCC = "gcc"
    GCC_HIGH = "gccHigh"
    DOD = "dod"
    CHINA = "china"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """One Entra ID, under all the names that it answers to."""

    name: str
    """`cloud_instance_name` in its OpenID configuration."""
    hosts: tuple[str, ...]
    """The first is the preferred one."""
    cache_host: str
    """`preferred_cache` in the answer of instance discovery."""
    sts: str
    """The issuer of v1.0 tokens, without the tenant."""
    federated_audience: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One row of the table."""

    name: CloudName
    authority: Authority
    exchange_hosts: tuple[str, ...]
    compliance_hosts: tuple[str, ...]
    exchange: str
    """The resource (and audience) of Exchange Online."""
    compliance: str
    """The resource (and audience) of Security & Compliance."""
    graph: str
    also_exchange: tuple[str, ...] = ()
    """Other resources that some projects name for Exchange Online there; both are taken."""
    exchange_environment: str
    """The `-ExchangeEnvironmentName` that leads there."""

    @property
    def resources(self) -> Mapping[str, str]:
        """What a token can be asked for, and the token's `aud` then."""
        urls = (self.exchange, *self.also_exchange, self.compliance, self.graph)
        ids = (EXCHANGE_APP_ID, GRAPH_APP_ID, US_COMPLIANCE_APP_ID)
        return {each: each for each in (*urls, *ids)}


_PUBLIC = Authority(
    name="microsoftonline.com",
    hosts=(
        "login.microsoftonline.com",
        "login.windows.net",
        "login.microsoft.com",
        "sts.windows.net",
    ),
    cache_host="login.windows.net",
    sts="https://sts.windows.net",
    federated_audience="api://AzureADTokenExchange",
)
_US = Authority(
    name="microsoftonline.us",
    hosts=("login.microsoftonline.us", "login.usgovcloudapi.net"),
    cache_host="login.microsoftonline.us",
    sts="https://sts.windows.net",
    federated_audience="api://AzureADTokenExchangeUSGov",
)
_CN = Authority(
    name="partner.microsoftonline.cn",
    hosts=("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
    cache_host="login.partner.microsoftonline.cn",
    sts="https://sts.chinacloudapi.cn",
    federated_audience="api://AzureADTokenExchangeChina",
)
_WORLDWIDE = Cloud(
    name=CloudName.WORLDWIDE,
    authority=_PUBLIC,
    exchange_hosts=("outlook.office365.com", "outlook.office.com"),
    compliance_hosts=("ps.compliance.protection.outlook.com",),
    exchange="https://outlook.office365.com",
    compliance="https://ps.compliance.protection.outlook.com",
    graph="https://graph.microsoft.com",
    exchange_environment="O365Default",
)
CLOUDS: dict[CloudName, Cloud] = {
    CloudName.WORLDWIDE: _WORLDWIDE,
    # GCC is a part of the worldwide cloud, with the same addresses.
    CloudName.GCC: _WORLDWIDE,
    CloudName.GCC_HIGH: Cloud(
        name=CloudName.GCC_HIGH,
        authority=_US,
        exchange_hosts=("outlook.office365.us",),
        compliance_hosts=("ps.compliance.protection.office365.us",),
        exchange="https://outlook.office365.us",
        compliance="https://ps.compliance.protection.office365.us",
        graph="https://graph.microsoft.us",
        exchange_environment="O365USGovGCCHigh",
    ),
    CloudName.DOD: Cloud(
        name=CloudName.DOD,
        authority=_US,
        exchange_hosts=("outlook-dod.office365.us", "webmail.apps.mil"),
        compliance_hosts=("l5.ps.compliance.protection.office365.us",),
        exchange="https://outlook-dod.office365.us",
        also_exchange=("https://outlook.office365.us",),
        compliance="https://ps.compliance.protection.office365.us",
        graph="https://dod-graph.microsoft.us",
        exchange_environment="O365USGovDoD",
    ),
    CloudName.CHINA: Cloud(
        name=CloudName.CHINA,
        authority=_CN,
        exchange_hosts=("partner.outlook.cn", "outlook.office365.cn"),
        compliance_hosts=("ps.compliance.protection.partner.outlook.cn",),
        exchange="https://partner.outlook.cn",
        also_exchange=("https://outlook.office365.cn",),
        compliance="https://ps.compliance.protection.partner.outlook.cn",
        graph="https://microsoftgraph.chinacloudapi.cn",
        exchange_environment="O365China",
    ),
}
AUTHORITIES = (_PUBLIC, _US, _CN)


def authority_at(host: str) -> Authority | None:
    """Return the authority that *host* (without port) is a name of; `None` is no name of any."""
    return next((each for each in AUTHORITIES if host.lower() in each.hosts), None)


def clouds_at(host: str) -> frozenset[CloudName] | None:
    """Return whose Exchange or Security & Compliance *host* is; `None` is nobody's.

    Regional names, such as `eur02b.ps.compliance.protection.outlook.com`, end in the cloud's own.
    """
    name = host.lower()
    found = {
        key
        for key, cloud in CLOUDS.items()
        for known in (*cloud.exchange_hosts, *cloud.compliance_hosts)
        if name == known or name.endswith(f".{known}")
    }
    return frozenset(found) or None


def all_hosts() -> Iterator[str]:
    """List every exact host name of every cloud, each once."""
    names = [host for authority in AUTHORITIES for host in authority.hosts]
    for cloud in CLOUDS.values():
        names += (*cloud.exchange_hosts, *cloud.compliance_hosts)
    yield from dict.fromkeys(names)
