"""What happens when Exchange refuses the token of a call, and that calls stay what they were."""

import pytest

from tests.powershell.test_session import tokens, wait_for


def reasons(records):
    """Return why the session connected, each time."""
    return [record["reason"] for record in records if record["kind"] == "connected"]


@pytest.mark.parametrize("token", ["stale", "spent"])
def test_a_refused_call_is_made_again_with_a_newer_token(session, token):
    """A call whose token is refused gets the newer token of the file, one retry, and no error."""
    session.renew(token=token)
    # The refusal comes with the newer token already there: the pipeline looked before it came.
    script = f"""
        1 | ForEach-Object {{ Write-Warning renew; {wait_for("go")}; 'a' }} | Get-Mailbox
        $Error.Count
    """
    for record in session.start(script):
        if record.get("message") == "renew":
            session.renew()
            (session.folder / "go").touch()

    assert tokens(session.seen) == ["token-3"]
    assert [r for r in session.seen if r["kind"] == "error"] == []
    assert reasons(session.seen) == ["start", "refused"]
    assert session.seen[-1]["ending"] == "completed"


def test_a_refused_call_without_a_newer_token_is_made_once_more_and_then_told(session):
    """A token that Exchange refuses for good is tried twice, and the script gets the error."""
    session.renew(token="stale")

    records = session.run("Get-Mailbox a; Get-Mailbox b")

    errors = [record["message"] for record in records if record["kind"] == "error"]
    assert errors == ["UnAuthorized", "UnAuthorized"]
    assert reasons(records) == ["start", "refused"]  # a minute lies between two such retries


def test_a_call_that_gave_something_is_not_made_again(session):
    """What came out must not come twice: the refusal is an error of the script."""
    session.renew(token="stale")

    records = session.run("Get-Mailbox a -Half")

    assert tokens(records) == ["stale"]
    assert [record["message"] for record in records if record["kind"] == "error"] == [
        "UnAuthorized"
    ]
    assert reasons(records) == ["start"]


def test_a_refusal_stops_where_the_script_says_so(session):
    """With -ErrorAction Stop the script catches what the cmdlet itself threw."""
    session.renew(token="stale")

    records = session.run(
        "try { Get-Mailbox a -ErrorAction Stop } catch { \"caught: $_\" }; 'after'"
    )

    (output,) = (record["records"] for record in records if record["kind"] == "output")
    assert output == ["caught: UnAuthorized", "after"]


def test_the_retry_can_be_switched_off(session):
    """Without it, a refusal is told at once and nothing connects again."""
    session.renew(token="stale")

    records = session.run("Get-Mailbox a", without=("retry",))

    assert reasons(records) == ["start"]
    assert [record["message"] for record in records if record["kind"] == "error"] == [
        "UnAuthorized"
    ]


CALLS = {
    "by position": ("Get-Mailbox a", ["a"]),
    "by name": ("Get-Mailbox -Identity a", ["a"]),
    "several": ("Get-Mailbox a, b", ["a", "b"]),
    "through the pipeline": ("'a', 'b' | Get-Mailbox", ["a", "b"]),
    "splatted": ("$p = @{ Identity = 'a' }; Get-Mailbox @p", ["a"]),
    "by a name in a variable": ("$c = 'Get-Mailbox'; & $c a", ["a"]),
    "with its module's name": ("& (Get-Command Get-Mailbox) a", ["a"]),
    "of which the first is enough": ("Get-Mailbox a, b, c | Select-Object -First 1", ["a"]),
    "into a variable": ("Get-Mailbox a -OutVariable x | Out-Null; $x", ["a"]),
}


@pytest.mark.parametrize(("script", "found"), CALLS.values(), ids=CALLS)
def test_a_call_is_what_it_was(session, script, found):
    """However a script calls a cmdlet, it gets what the cmdlet gives."""
    records = session.run(script)

    identities = [
        value["Identity"] for r in records if r["kind"] == "output" for value in r["records"]
    ]
    assert (identities, records[-1]["ending"]) == (found, "completed")


def test_the_errors_of_a_call_reach_the_scripts_own_variable(session, outputs):
    """-ErrorVariable and -ErrorAction work as without the runner."""
    session.renew(token="stale")
    script = (
        "Get-Mailbox a -Half -ErrorVariable e -ErrorAction SilentlyContinue | Out-Null; $e.Count"
    )

    assert outputs(session.run(script)) == [1]


@pytest.mark.parametrize("call", ["Get-Mailbox a", "Get-Mailbox a -Half", "Get-Mailbox a -EA Stop"])
def test_an_error_has_the_id_that_it_had(session, outputs, call):
    """Scripts compare ids: they are those of the cmdlet, with the retry and without."""
    session.renew(token="stale", life=3600)
    script = f"try {{ $null = {call} 2>&1 }} catch {{}}; $Error[0].FullyQualifiedErrorId"

    (plain,) = outputs(session.run(script, without=("retry",)))
    session.seen.clear()
    (found,) = outputs(session.run(script))

    assert found == plain


def test_a_command_shows_the_parameters_that_it_has(session, outputs):
    """Get-Command says of a cmdlet what it said before."""
    script = "$c = Get-Command Get-Mailbox; $c.Parameters.Keys -contains 'Identity'; $c.Name"

    assert outputs(session.run(script)) == [True, "Get-Mailbox"]


def test_a_file_written_anew_with_the_same_token_connects_nothing(session):
    """A sidecar that starts again writes what it has; the session needs no new connection."""
    script = f"Get-Mailbox a; Write-Warning renew; {wait_for('go')}; Get-Mailbox b"
    for record in session.start(script):
        if record.get("message") == "renew":
            session.renew(token="token-1")
            (session.folder / "go").touch()

    assert reasons(session.seen) == ["start"]


def test_tokens_that_come_in_a_rush_connect_once(session):
    """While the held token has time left, ten seconds lie between two connects."""
    session.renew(life=3600)
    script = f"""
        Get-Mailbox a; Write-Warning renew; {wait_for("one")}; Get-Mailbox b
        Write-Warning renew; {wait_for("two")}; Get-Mailbox c
    """
    files = iter(["one", "two"])
    for record in session.start(script):
        if record.get("message") == "renew":
            session.renew(life=3600)
            (session.folder / next(files)).touch()

    assert reasons(session.seen) == ["start"]
    assert tokens(session.seen) == ["token-2"] * 3
