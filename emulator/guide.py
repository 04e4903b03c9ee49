"""What a client must be told to use an emulator: addresses, names, files, environment.  Pure."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from emulator.issuer import PATH as ISSUER_PATH
from emulator.servernames import LOCAL_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """Where an emulator is, whom it knows, and where the credentials lie."""

    url: str
    proxy_url: str
    metadata_url: str
    folder: Path
    tenant_id: str
    organization: str
    client_id: str
    module_folder: Path

    @property
    def ca_file(self) -> Path:
        """The authority of the server's certificate."""
        return self.folder / "ca.pem"

    @property
    def connection_uri(self) -> str:
        """What `Connect-ExchangeOnline -ConnectionUri` takes."""
        return f"{self.url}/powershell-liveid/"

    @property
    def issuer(self) -> str:
        """Who signs the projected token."""
        return self.url + ISSUER_PATH

    def members(self) -> dict[str, object]:
        """Return what `emulator.json` says."""
        return {
            "url": self.url,
            "proxyUrl": self.proxy_url,
            "metadataUrl": self.metadata_url,
            "tenantId": self.tenant_id,
            "clientId": self.client_id,
            "organization": self.organization,
            "issuer": self.issuer,
            "caFile": str(self.ca_file),
            "moduleFolder": str(self.module_folder),
        }

    def environment(self) -> Mapping[str, str]:
        """Return the variables by which unmodified programs use Microsoft's addresses here.

        OpenSSL and .NET read SSL_CERT_FILE, Python's requests and msal REQUESTS_CA_BUNDLE, Node
        NODE_EXTRA_CA_CERTS; curl reads `http_proxy` in small letters only.
        """
        ca, here = str(self.ca_file), ",".join(LOCAL_NAMES)
        return {
            "HTTPS_PROXY": self.proxy_url,
            "https_proxy": self.proxy_url,
            "HTTP_PROXY": self.proxy_url,
            "http_proxy": self.proxy_url,
            "NO_PROXY": here,
            "no_proxy": here,
            "SSL_CERT_FILE": ca,
            "REQUESTS_CA_BUNDLE": ca,
            "CURL_CA_BUNDLE": ca,
            "NODE_EXTRA_CA_CERTS": ca,
            "AZURE_POD_IDENTITY_AUTHORITY_HOST": self.metadata_url,
        }

    def credentials(self) -> Mapping[str, str]:
        """Return the variables that azure-identity's EnvironmentCredential reads."""
        return {
            "AZURE_TENANT_ID": self.tenant_id,
            "AZURE_CLIENT_ID": self.client_id,
            "AZURE_CLIENT_CERTIFICATE_PATH": str(self.folder / "client.pem"),
            "AZURE_FEDERATED_TOKEN_FILE": str(self.folder / "projected-token"),
        }

    def bash(self) -> str:
        """Return a file for `source`."""
        wanted = {**self.environment(), **self.credentials()}
        lines = [f"export {name}={shlex.quote(value)}" for name, value in wanted.items()]
        module = shlex.quote(str(self.module_folder))
        path = f'export PSModulePath={module}"${{PSModulePath:+:$PSModulePath}}"'
        return "\n".join([*lines, path]) + "\n"

    def powershell(self) -> str:
        """Return a file to dot-source."""
        wanted = {**self.environment(), **self.credentials()}
        lines = [f"$env:{name} = {_quoted(value)}" for name, value in wanted.items()]
        module = _quoted(str(self.module_folder))
        path = f"$env:PSModulePath = {module} + [IO.Path]::PathSeparator + $env:PSModulePath"
        return "\n".join([*lines, path]) + "\n"

    def sidecar_config(self) -> dict[str, object]:
        """Return a config for `exo-token` with one connection for each kind of credential."""
        by_certificate: dict[str, object] = {"certificate": {"file": "client.pem"}}
        by_workload: dict[str, object] = {"workloadIdentity": {"tokenFile": "projected-token"}}
        return {
            "connections": {
                "contoso": self._connection(by_certificate),
                "contoso-wi": self._connection(by_workload),
            },
            "output": {"directory": str(self.folder / "tokens")},
            "server": {"address": "127.0.0.1", "port": 0},
            "tls": {"caFile": "ca.pem"},
        }

    def _connection(self, credential: dict[str, object]) -> dict[str, object]:
        return {
            "tenantId": self.tenant_id,
            "organization": self.organization,
            "clientId": self.client_id,
            "environment": "worldwide",
            "endpoints": {"authority": self.url, "connectionUri": self.connection_uri},
            "resources": ["exchange"],
            "credential": credential,
        }


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
