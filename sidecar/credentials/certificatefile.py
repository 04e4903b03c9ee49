"""A certificate with its key, read anew when its files change."""

from functools import partial
from operator import attrgetter
from pathlib import Path

from sidecar.credentials.certificates import CertificateFiles, KeyPair, key_pair_of, read_files
from sidecar.credentials.kinds import CredentialKind
from sidecar.credentials.proofs import Proof
from sidecar.credentials.rereading import Rereading


class CertificateFile:
    """Signs assertions; the old pair stays in use while a new one cannot be."""

    kind = CredentialKind.CERTIFICATE

    def __init__(
        self, file: Path, *, key_file: Path | None, password_file: Path | None, send_chain: bool
    ) -> None:
        self._send_chain = send_chain
        self._pair: Rereading[CertificateFiles, KeyPair] = Rereading(
            read=partial(read_files, file, key_file=key_file, password_file=password_file),
            digest=attrgetter("digest"),
            make=key_pair_of,
        )

    @property
    def thumbprint(self) -> str:
        """The certificate's name in the portal.  Raises `CredentialError` as `prove` does."""
        return self._pair.take().value.thumbprint

    def prove(self, *, client_id: str, token_endpoint: str) -> Proof:
        """Sign an assertion with PS256, naming the certificate by `x5t#S256`.  See `Credential`."""
        taken = self._pair.take()
        return Proof(
            assertion=self._signed(taken.value, client_id, token_endpoint),
            expires_at=taken.value.expires_at,
            reloaded=taken.reloaded,
            problem=taken.problem,
        )

    def _signed(self, pair: KeyPair, client_id: str, token_endpoint: str) -> str:
        from msal.oauth2cli import JwtAssertionCreator  # noqa: PLC0415 - as costly as cryptography

        creator = JwtAssertionCreator(
            pair.key,
            algorithm="PS256",
            sha256_thumbprint=pair.sha256_thumbprint,
            headers={"x5c": list(pair.chain)} if self._send_chain else {},
        )
        signed: bytes = creator.create_normal_assertion(audience=token_endpoint, issuer=client_id)
        return signed.decode()
