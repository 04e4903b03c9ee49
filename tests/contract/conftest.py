"""A token document like any other."""

from datetime import UTC, datetime, timedelta

import pytest

from contract.token import TokenDocument

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def document() -> TokenDocument:
    """A document of an hour's life, acquired at noon."""
    return TokenDocument(
        connection="contoso",
        resource="exchange",
        audience="https://outlook.office365.com",
        tenant_id="11111111-1111-4111-8111-111111111111",
        organization="contoso.onmicrosoft.com",
        client_id="22222222-2222-4222-8222-222222222222",
        environment="worldwide",
        access_token="canary.access.token",
        acquired_at=NOON,
        expires_at=NOON + timedelta(hours=1),
        refresh_at=NOON + timedelta(minutes=30),
        sequence=17,
    )
