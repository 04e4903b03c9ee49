"""What stands in for the habits of scripts that a person used to start."""

import pytest

from runner.job.fields import Shim

CONFLICT = "this job's token is for contoso.onmicrosoft.com"
REFUSED = {
    "another organization": (
        "Connect-ExchangeOnline -Organization fabrikam.onmicrosoft.com",
        CONFLICT,
    ),
    "another organization, delegated": (
        "Connect-ExchangeOnline -DelegatedOrganization fabrikam.onmicrosoft.com",
        CONFLICT,
    ),
    "a module that is not there": ("Install-Module Other -Force", "Other is not in the image"),
    "a question": ("Read-Host 'Name?'", "nobody is here to answer 'Name?'"),
    "a credential": ("$c = Get-Credential", "nobody is here to sign in"),
    "COM": ("New-Object -ComObject Excel.Application", "there is no COM on Linux"),
}
HARMLESS = {
    "its organization": "Connect-ExchangeOnline -Organization Contoso.onmicrosoft.com",
    "its tenant": "Connect-ExchangeOnline -Organization 11111111-1111-4111-8111-111111111111",
    "a module that is there": "Install-Module ExchangeOnlineManagement -Scope CurrentUser -Force",
    "an update": "Update-Module -Name ExchangeOnlineManagement",
    "a repository": "Set-PSRepository PSGallery -InstallationPolicy Trusted",
    "a policy of Windows": "Set-ExecutionPolicy RemoteSigned -Scope Process -Force",
    "a pause": "Pause",
    "the report opened": "Invoke-Item ./report.csv",
    "the report opened, short": "ii ./report.csv",
    "a popup": "$null = (New-Object -ComObject wscript.shell).popup('Open?', 0, 'R', 4)",
    "an object": "$null = New-Object System.Text.StringBuilder",
    "an object with properties": "$null = New-Object PSObject -Property @{ A = 1 }",
    "a disconnect": "Disconnect-ExchangeOnline -Confirm:$false",
}


@pytest.mark.parametrize(("script", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_with_a_reason(session, script, why):
    """What would need a person, Windows or another tenant ends the script with a sentence."""
    last = session.run(script)[-1]

    assert last["ending"] == "threw"
    assert why in last["error"]["message"]


@pytest.mark.parametrize("script", HARMLESS.values(), ids=HARMLESS)
def test_what_is_needless_does_nothing(session, script, outputs):
    """What a person would see or what is there already is left out, and the script goes on."""
    records = session.run(f"{script}; 'after'")

    assert outputs(records) == ["after"]
    assert [r for r in records if r["kind"] in {"error", "warning"}] == []
    assert records[-1]["ending"] == "completed"


def test_a_popup_is_answered_with_no(session, outputs):
    """The question whether to open the report is 7, as if No had been pressed."""
    script = "(New-Object -ComObject wscript.shell).popup('Open it?', 0, 'Report', 4)"

    assert outputs(session.run(script)) == [7]


def test_a_grid_becomes_output(session, outputs):
    """What would be shown in a window is the output of the job."""
    assert outputs(session.run("1, 2 | Out-GridView -Title Sizes -PassThru")) == [1, 2]


def test_a_question_is_answered_by_the_parameter_that_the_job_names(session, outputs):
    """Read-Host gets the value whose pattern its prompt fits first, as a secret if asked for."""
    script = """
        Read-Host 'Which mailbox?'
        (Read-Host -Prompt 'Its password' -AsSecureString).GetType().Name
    """

    records = session.run(
        script, {"Mailbox": "anna", "P": "x"}, prompts=(("*mailbox*", "Mailbox"), ("*", "P"))
    )

    assert outputs(records) == ["anna", "SecureString"]


def test_credentials_of_a_script_are_ignored_with_a_warning(session):
    """Whatever a script connects by, it is told that the token file is used."""
    records = session.run(
        "Connect-ExchangeOnline -AppId 1 -CertificateThumbprint ABC -ShowBanner:$false"
    )

    (warning,) = (r["message"] for r in records if r["kind"] == "warning")
    assert warning.endswith(
        "the session of the token file is used; ignored: AppId, CertificateThumbprint."
    )


def test_the_connection_says_when_its_token_ends(session, outputs):
    """Get-ConnectionInformation shows the end of the token, not the end of all days."""
    script = """
        $c = Get-ConnectionInformation
        $c.TokenStatus; ($c.TokenExpiryTimeUTC - [DateTimeOffset]::UtcNow).TotalSeconds -lt 61
    """

    assert outputs(session.run(script)) == ["Active", True]


def test_an_expired_connection_says_so(session, outputs):
    """A connection whose token is over is not active."""
    session.renew(life=0.3)

    assert outputs(
        session.run("Start-Sleep -Milliseconds 400; (Get-ConnectionInformation).TokenStatus")
    ) == ["Expired"]


def test_a_prefix_of_the_script_is_given(session, outputs):
    """A script that connects with -Prefix finds its cmdlets under the names that it uses."""
    script = "Connect-ExchangeOnline -Prefix On -ShowBanner:$false; (Get-OnMailbox a).Identity"

    assert outputs(session.run(script)) == ["a"]


def test_each_stand_in_can_be_left_out(session, outputs):
    """Left out, a command is PowerShell's own again."""
    script = "try { Read-Host x } catch { $_.FullyQualifiedErrorId }"

    (error,) = outputs(session.run(script, without=("Read-Host",)))
    assert "nobody is here" not in error
    assert "InvalidOperation" in error


def test_the_job_file_knows_every_stand_in(session):
    """What a job can leave out is what the module has, and the retry."""
    printed = session.alone("& (Import-Module ExoJobs -PassThru) { $Shims.Keys }")

    assert {*printed.split(), "retry"} == {each.value for each in Shim}
