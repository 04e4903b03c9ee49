"""A minimal token sidecar on bare msal, to measure exo-token beside: no policy, no checks.

Variables: AUTHORITY, TENANT, CLIENT, SCOPE, CA, OUT (the token file), and ASSERTION or CERTIFICATE.
"""

import json
import os
import tempfile
import time
from pathlib import Path

import msal
import requests
from prometheus_client import Counter, Gauge, start_http_server

EXPIRES = Gauge("expiration_timestamp_seconds", "When the token expires.")
RENEWALS = Counter("renewals", "Tokens written.")


def credential() -> dict[str, object]:
    """Return the credential in msal's form, read anew."""
    if "CERTIFICATE" in os.environ:
        pem = Path(os.environ["CERTIFICATE"]).read_text()
        return {
            "private_key": pem[pem.index("-----BEGIN PRIVATE") :],
            "public_certificate": pem[pem.index("-----BEGIN CERT") :],
        }
    return {"client_assertion": Path(os.environ["ASSERTION"]).read_text}


def renew(session: requests.Session) -> float:
    """Write a new token and return its life in seconds.  msal anew: it would keep the old one."""
    application = msal.ConfidentialClientApplication(
        os.environ["CLIENT"],
        authority=f"{os.environ['AUTHORITY']}/{os.environ['TENANT']}",
        client_credential=credential(),
        instance_discovery=False,
        http_client=session,
    )
    found = application.acquire_token_for_client([os.environ["SCOPE"]])
    target = Path(os.environ["OUT"])
    descriptor, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"access_token": found["access_token"]}, file)
        file.flush()
        os.fsync(descriptor)
    Path(name).replace(target)
    return float(found["expires_in"])


if __name__ == "__main__":
    server, _ = start_http_server(0, addr="127.0.0.1")
    print(f"127.0.0.1:{server.server_port}", flush=True)  # noqa: T201 - told to the benchmark
    with requests.Session() as http:
        http.verify = os.environ["CA"]
        http.trust_env = False
        while True:
            life = renew(http)
            EXPIRES.set(time.time() + life)  # noqa: TID251 - a yardstick has no clock module
            RENEWALS.inc()
            time.sleep(life / 2)
