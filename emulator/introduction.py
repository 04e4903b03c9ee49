"""What a person reads when the emulator is ready: what to set, client by client.  Pure."""

from collections.abc import Iterator

from emulator.clouds import Cloud
from emulator.guide import Guide
from emulator.world import Tenant


def introduction(guide: Guide, tenant: Tenant, *, is_kept: bool) -> str:
    """Return the text; *is_kept* tells whether the folder outlives the server."""
    folder, cloud = guide.folder, tenant.in_cloud
    kept = "kept" if is_kept else "gone when this stops; --state-dir keeps it"
    lines = [
        f"Entra and Exchange are emulated at {guide.url}",
        f"  tenant          {tenant.id}, {tenant.mailboxes} mailboxes",
        f"  domains         {', '.join(tenant.domains)}",
        f"  client id       {guide.client_id}",
        f"  credentials     {folder} ({kept})",
        "                  ca.pem is whom to trust; client-secret, projected-token, client.pem,",
        "                  client.pfx + pfx-password, client-encrypted.pem + key-password",
        f"  issuer          {guide.issuer}",
        f"  IMDS            AZURE_POD_IDENTITY_AUTHORITY_HOST={guide.metadata_url}",
        "",
        *_unchanged(guide, cloud),
        "",
        *_by_own_address(guide, cloud),
        "",
        *_by_name(guide, cloud),
    ]
    return "\n".join([*lines, "", "Ctrl-C stops it."])


def _unchanged(guide: Guide, cloud: Cloud) -> Iterator[str]:
    authority = f"https://{cloud.authority.hosts[0]}"
    yield "Unchanged programs, with Microsoft's own addresses (by proxy; all others are refused):"
    yield f"  bash            . {guide.folder / 'environment.sh'}"
    yield f"  PowerShell      . {guide.folder / 'environment.ps1'}"
    organization = f"-AccessToken $token -Organization {guide.organization}"
    environment = f" -ExchangeEnvironmentName {cloud.exchange_environment}"
    organization += "" if cloud.exchange_environment == "O365Default" else environment
    yield f"                  Connect-ExchangeOnline {organization}"
    yield "  Python          azure.identity.EnvironmentCredential(), or msal with"
    yield f"                  authority={authority}/{guide.tenant_id}"
    yield f"  curl            {_curl(authority, guide, cloud, trust='')}"


def _by_own_address(guide: Guide, cloud: Cloud) -> Iterator[str]:
    ca = guide.ca_file
    yield "By the emulator's own address, without a proxy:"
    yield f"  sidecar         exo-token run --config {guide.folder / 'sidecar.yaml'}"
    yield f"  bash            export SSL_CERT_FILE={ca} REQUESTS_CA_BUNDLE={ca}"
    yield f"  PowerShell      $env:SSL_CERT_FILE = '{ca}'"
    yield f"                  $env:PSModulePath = '{guide.module_folder}'"
    yield f"                  Connect-ExchangeOnline -ConnectionUri {guide.connection_uri} …"
    yield f"  msal            authority={guide.url}/{guide.tenant_id}, instance_discovery=False"
    yield f"  azure-identity  authority={guide.url}, disable_instance_discovery=True"
    yield f"  curl            {_curl(guide.url, guide, cloud, trust=f'--cacert {ca} ')}"


def _by_name(guide: Guide, cloud: Cloud) -> Iterator[str]:
    """Tell how names lead here where a proxy cannot be set."""
    entra, exchange = cloud.authority.hosts[0], cloud.exchange_hosts[0]
    port = guide.url.rpartition(":")[2]
    yield "Without a proxy, by name: serve with --port 443 and add to the hosts file"
    yield f"  127.0.0.1 {entra} {exchange} {cloud.compliance_hosts[0]}"
    yield f"or with curl: --connect-to {entra}:443:127.0.0.1:{port}"


def _curl(authority: str, guide: Guide, cloud: Cloud, *, trust: str) -> str:
    url = f"{authority}/{guide.tenant_id}/oauth2/v2.0/token"
    return (
        f"curl {trust}{url} -d grant_type=client_credentials -d client_id={guide.client_id}"
        f" -d scope={cloud.exchange}/.default"
        f" --data-urlencode client_secret@{guide.folder / 'client-secret'}"
    )
