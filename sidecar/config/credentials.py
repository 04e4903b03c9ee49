"""What a configuration may say of a credential."""

from typing import Self

from pydantic import ValidationInfo, model_validator

from sidecar.config.base import Model
from sidecar.config.fields import Guid, NonEmpty, ReadablePath, refuse, surroundings_in


class Certificate(Model):
    """A certificate with its private key: PEM, in one file or two, or PFX."""

    file: ReadablePath
    key_file: ReadablePath | None = None
    password_file: ReadablePath | None = None
    send_chain: bool = False
    """Send the chain along, for an application that trusts by subject name and issuer."""

    @model_validator(mode="after")
    def _loads(self, info: ValidationInfo) -> Self:
        refuse(surroundings_in(info).certificate(self.file, self.key_file, self.password_file))
        return self


class WorkloadIdentity(Model):
    """A projected service-account token; the kubelet renews the file."""

    token_file: ReadablePath
    """Without one, the file of the Azure webhook."""

    @model_validator(mode="before")
    @classmethod
    def _usual_file(cls, data: object, info: ValidationInfo) -> object:
        usual = {"tokenFile": surroundings_in(info).token_file}
        return usual | data if isinstance(data, dict) else data


class ManagedIdentity(Model):
    """An identity of the machine: its own, or the one assigned to it that has this id."""

    client_id: Guid | None = None
    object_id: Guid | None = None
    resource_id: NonEmpty | None = None

    @model_validator(mode="after")
    def _at_most_one(self) -> Self:
        if sum(each is not None for each in (self.client_id, self.object_id, self.resource_id)) > 1:
            raise ValueError("at most one of clientId, objectId and resourceId is needed")
        return self


class Developer(Model):
    """Whoever is signed in to the Azure CLI or another tool of a developer."""


class ClientSecret(Model):
    """A client secret."""

    file: ReadablePath


class Credential(Model):
    """How the application proves who it is: exactly one of these."""

    certificate: Certificate | None = None
    workload_identity: WorkloadIdentity | None = None
    managed_identity: ManagedIdentity | None = None
    developer: Developer | None = None
    client_secret: ClientSecret | None = None

    @property
    def chosen(self) -> Certificate | WorkloadIdentity | ManagedIdentity | Developer | ClientSecret:
        """The one that is there."""
        return self._given()[0]

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self._given()) != 1:
            *names, last = (each.alias or "" for each in type(self).model_fields.values())
            raise ValueError(f"exactly one of {', '.join(names)} and {last} is needed")
        return self

    def _given(
        self,
    ) -> list[Certificate | WorkloadIdentity | ManagedIdentity | Developer | ClientSecret]:
        every = (
            self.certificate,
            self.workload_identity,
            self.managed_identity,
            self.developer,
            self.client_secret,
        )
        return [each for each in every if each is not None]
