"""Two connections in one script: Exchange, and Security & Compliance."""

from tests.powershell.test_session import wait_for


def origins(records):
    """Return (where from, by which token) of each object."""
    return [
        (value["From"], value["Token"])
        for record in records
        if record["kind"] == "output"
        for value in record["records"]
    ]


def test_a_script_connects_to_compliance_by_its_own_token(session):
    """Connect-IPPSSession takes the compliance token of the same connection."""
    session.renew(resource="compliance")

    records = session.run(
        "Connect-IPPSSession -UserPrincipalName a@b; Get-ComplianceCase x; Get-Mailbox y"
    )

    assert origins(records) == [("compliance", "token-2"), ("exchange", "token-1")]


def test_each_of_two_sessions_follows_its_own_file(session):
    """A renewed compliance token connects compliance alone."""
    session.renew(resource="compliance")
    script = f"""
        Connect-IPPSSession; Get-ComplianceCase x; Write-Warning renew; {wait_for("go")}
        Get-ComplianceCase x; Get-Mailbox y
    """
    for record in session.start(script):
        if record.get("message") == "renew":
            session.renew(resource="compliance")
            (session.folder / "go").touch()

    assert origins(session.seen) == [
        ("compliance", "token-2"),
        ("compliance", "token-3"),
        ("exchange", "token-1"),
    ]


def test_what_compliance_hid_stays_hidden_when_exchange_connects_again(session):
    """Of a cmdlet that both bring, the script keeps the one that it has seen."""
    session.renew(resource="compliance")
    script = f"""
        Connect-IPPSSession; Get-AdminAuditLogConfig x; Write-Warning renew; {wait_for("go")}
        Get-Mailbox y; Get-AdminAuditLogConfig x
    """
    for record in session.start(script):
        if record.get("message") == "renew":
            session.renew()
            (session.folder / "go").touch()

    assert origins(session.seen) == [
        ("compliance", "token-2"),
        ("exchange", "token-3"),
        ("compliance", "token-2"),
    ]


def test_without_a_compliance_token_the_script_is_told_what_to_configure(session):
    """A resource that the sidecar was not asked for is named."""
    last = session.run("Connect-IPPSSession", token_seconds=1)[-1]

    assert last["ending"] == "threw"
    assert "Add compliance to the connection's resources" in last["error"]["message"]


def test_compliance_of_another_tenant_is_refused(session):
    """Connect-IPPSSession of another organization ends the script."""
    session.renew(resource="compliance")

    last = session.run("Connect-IPPSSession -Organization fabrikam.onmicrosoft.com")[-1]

    assert "this job's token is for contoso.onmicrosoft.com" in last["error"]["message"]
