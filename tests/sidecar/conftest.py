"""What several tests of the sidecar need."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sidecar.failures import Failure, Reason
from sidecar.targets import Target

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TENANT = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def noon() -> datetime:
    """A present moment."""
    return NOON


@pytest.fixture
def target() -> Target:
    """The Exchange token of one connection, worldwide."""
    return Target(
        connection="contoso",
        resource="exchange",
        tenant_id=TENANT,
        organization="contoso.onmicrosoft.com",
        client_id="22222222-2222-4222-8222-222222222222",
        environment="worldwide",
        authority="https://login.microsoftonline.com",
        scope="https://outlook.office365.com/.default",
    )


@pytest.fixture
def failure() -> Callable[..., Failure]:
    """Make a failure; an outage unless said otherwise."""

    def make(
        reason: Reason = Reason.IDP_UNAVAILABLE, retry_after: timedelta | None = None
    ) -> Failure:
        return Failure(reason=reason, summary="s", remedy="r", retry_after=retry_after)

    return make
