"""How a session stays on the newest token."""

import time


def tokens(records):
    """Return the token that each output object was read with."""
    return [
        value["Token"]
        for record in records
        if record["kind"] == "output"
        for value in record["records"]
        if isinstance(value, dict)
    ]


def wait_for(name):
    """Return PowerShell that waits until the test has made the file *name*."""
    return f"while (-not (Test-Path {name})) {{ Start-Sleep -Milliseconds 20 }}"


def test_the_next_cmdlet_after_a_renewal_uses_the_new_token(session):
    """When the token file changes, the session reconnects just before the next Exchange cmdlet."""
    script = f"Get-Mailbox a; Write-Warning renew; {wait_for('go')}; Get-Mailbox b; Get-Mailbox c"
    for record in session.start(script):
        if record["kind"] == "warning":
            session.renew()
            (session.folder / "go").touch()

    assert tokens(session.seen) == ["token-1", "token-2", "token-2"]
    assert [(r["sequence"], r["reason"]) for r in session.seen if r["kind"] == "connected"] == [
        (1, "start"),
        (2, "renewed"),
    ]


def test_a_cmdlet_under_way_keeps_its_connection(session):
    """A pipeline goes on with the token it began on while inner cmdlets use the new one."""
    script = f"""
        Get-Mailbox 1, 2, 3 | ForEach-Object {{
            if ($_.Identity -eq 1) {{ Write-Warning renew; {wait_for("go")} }}
            $_; Get-Mailbox "inner$($_.Identity)"
        }}
    """
    for record in session.start(script):
        if record["kind"] == "warning":
            session.renew()
            (session.folder / "go").touch()

    assert tokens(session.seen) == ["token-1", "token-2"] * 3
    assert session.seen[-1]["ending"] == "completed"


def test_expired_connections_and_their_files_go(session):
    """A connection whose token expired goes at the next reconnect, with its temporary module."""
    script = f"""
        Get-Mailbox a; Write-Warning short; {wait_for("one")}
        Get-Mailbox b; Write-Warning long; {wait_for("two")}
        Get-Mailbox c; (Get-Module tmpEXO_*).Count; (Get-Item $env:TMPDIR/tmpEXO_*).Count
    """
    for record in session.start(script):
        if record.get("message") == "short":
            session.renew(life=0.1)
            (session.folder / "one").touch()
        if record.get("message") == "long":
            time.sleep(0.2)  # the second token is dead by now, however fast the session was
            session.renew()
            (session.folder / "two").touch()

    assert tokens(session.seen) == ["token-1", "token-2", "token-3"]
    assert session.seen[-2]["records"][-2:] == [2, 2]
    assert not list(session.folder.glob("tmpEXO_*"))


def test_published_scripts_connect_and_disconnect_without_harm(session):
    """A script's own Import-Module, Connect and Disconnect change nothing."""
    script = """
        Import-Module ExchangeOnlineManagement
        Connect-ExchangeOnline -UserPrincipalName admin@contoso.com -CertificateThumbprint ABC
        Get-Mailbox a
        Disconnect-ExchangeOnline -Confirm:$false -InformationAction Ignore
        Get-Mailbox b
    """

    records = session.run(script)

    assert tokens(records) == ["token-1", "token-1"]
    assert records[-1]["ending"] == "completed"
    assert "ignored: UserPrincipalName, CertificateThumbprint" in next(
        r["message"] for r in records if r["kind"] == "warning"
    )


def test_a_dead_token_is_waited_for(session):
    """When the held token has expired, the next cmdlet waits for a newer one instead of failing."""
    session.renew(life=0.5)
    for record in session.start("Start-Sleep 1; Get-Mailbox a"):
        if record["kind"] == "warning":
            session.renew()

    assert tokens(session.seen) == ["token-3"]


def test_without_a_new_token_the_cmdlet_says_so(session):
    """When no newer token comes in time, the cmdlet throws an error that names the sidecar."""
    session.renew(life=0.5)

    last = session.run("Start-Sleep 1; Get-Mailbox a; 'after'", token_seconds=1)[-1]

    assert last["ending"] == "threw"
    assert last["error"]["id"] == "TokenExpired"
    assert "Look at the sidecar" in last["error"]["message"]


def test_a_token_that_is_refused_on_the_way_is_told_and_the_old_one_used(session):
    """A newer token that Exchange refuses leaves the session on the one that works."""
    script = f"Write-Warning renew; {wait_for('go')}; Get-Mailbox a"
    for record in session.start(script):
        if record["kind"] == "warning" and record["message"] == "renew":
            session.renew(token="refused")
            (session.folder / "go").touch()

    assert tokens(session.seen) == ["token-1"]
    assert any("could not take the newer token" in str(r.get("message")) for r in session.seen)


def test_a_token_of_another_tenant_is_not_taken(session):
    """A token file that changes its tenant under a session is told and not used."""
    script = f"Write-Warning renew; {wait_for('go')}; Get-Mailbox a"
    for record in session.start(script):
        if record["kind"] == "warning" and record["message"] == "renew":
            session.renew(tenant="99999999-9999-4999-8999-999999999999")
            (session.folder / "go").touch()

    assert tokens(session.seen) == ["token-1"]
    assert any("is now for tenant 99999999" in str(r.get("message")) for r in session.seen)


def test_a_broken_file_and_a_dead_token_end_the_cmdlet(session):
    """When the held token is dead and the file cannot be read, no cmdlet runs into retries."""
    session.renew(life=1)
    script = f"Write-Warning break; {wait_for('go')}; Start-Sleep 1; Get-Mailbox a"
    for record in session.start(script):
        if record["kind"] == "warning" and record["message"] == "break":
            (session.tokens / "contoso" / "exchange.json").write_text('{"version": 1, "acc')
            (session.folder / "go").touch()

    assert session.seen[-1]["error"]["id"] == "TokenExpired"


def test_only_exchange_cmdlets_look_at_the_file(session):
    """Only an Exchange cmdlet makes the session look at the token file."""
    for record in session.start(
        f"Write-Warning renew; {wait_for('go')}; Get-Date; Get-Item .; 'end'"
    ):
        if record["kind"] == "warning":
            session.renew()
            (session.folder / "go").touch()

    assert [r["sequence"] for r in session.seen if r["kind"] == "connected"] == [1]


def test_the_scripts_scope_is_a_plain_one(session, outputs):
    """A script sees plain preferences, and none of the bootstrap's inner functions."""
    script = """
        $ErrorActionPreference
        [bool] (Get-Command ConvertTo-Plain -ErrorAction Ignore)
        (Get-Module tmpEXO_*).Count
    """

    assert outputs(session.run(script)) == ["Continue", False, 1]
