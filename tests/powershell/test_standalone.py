"""The module in anyone's own pwsh, without the runner."""


def test_a_plain_pwsh_connects_by_the_token_file(session):
    """Import-Module ExoJobs; Connect-ExoJob is all that a script needs."""
    printed = session.alone("""
        Import-Module ExoJobs
        Connect-ExoJob -CommandName Get-Mailbox
        (Get-Mailbox a).Token
        Connect-ExchangeOnline -Credential x
        (Get-Mailbox b).Token
    """)

    lines = printed.splitlines()
    assert [line for line in lines if line.startswith("token")] == ["token-1", "token-1"]
    assert "ignored: Credential" in printed


def test_a_renewed_token_is_taken(session):
    """The session stays on the newest token as under the runner."""
    printed = session.alone("""
        Import-Module ExoJobs
        Connect-ExoJob
        (Get-Mailbox a).Token
        $document = Get-Content $env:EXO_TOKEN_DIR/contoso/exchange.json | ConvertFrom-Json
        $document.access_token = 'token-new'
        $document.expires_at = [DateTime]::UtcNow.AddHours(1).ToString('o')
        Set-Content $env:EXO_TOKEN_DIR/contoso/exchange.json (ConvertTo-Json $document)
        (Get-Mailbox b).Token
    """)

    assert [line for line in printed.splitlines() if line.startswith("token")] == [
        "token-1",
        "token-new",
    ]


def test_without_a_token_it_says_where_it_looked(session):
    """No usable token in time is a sentence with the path."""
    printed = session.alone("""
        Import-Module ExoJobs
        try { Connect-ExoJob -Connection nobody -TokenSeconds 0 } catch { "$_" }
    """)

    assert "no usable token in" in printed
    assert "nobody/exchange.json within 0 s" in printed


def test_disconnecting_leaves_a_plain_pwsh(session):
    """Disconnect-ExoJob takes the stand-ins and the connections away."""
    printed = session.alone("""
        Import-Module ExoJobs
        Connect-ExoJob
        Disconnect-ExoJob
        [bool] (Get-Alias Read-Host -ErrorAction Ignore); @(Get-ConnectionInformation).Count
    """)

    assert printed.split() == ["False", "0"]


def test_every_public_command_explains_itself(session):
    """Get-Help shows a synopsis and each parameter's sentence."""
    printed = session.alone("""
        Import-Module ExoJobs
        $help = Get-Help Connect-ExoJob
        $help.Synopsis
        @($help.parameters.parameter | Where-Object { -not $_.description }).name
    """)

    assert "Connects by the sidecar's token file" in printed
    assert printed.strip().splitlines()[1:] == []
