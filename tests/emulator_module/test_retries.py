"""How often the module tries again, how long it waits, and what the script sees at the end."""

import pytest

from emulator.emulation import MODULE_FOLDER
from tests.emulator_module.recorder import Answer, Recorder
from tests.emulator_module.shell import Shell

CONNECT = "Connect-ExchangeOnline @contoso\n"
BUSY = {"error": {"code": "X", "details": [{"code": "Client", "message": "busy"}]}}
MAXIMUM = "Maximum retry count reached."
UNREADABLE = (
    "A server side error has occurred because of which the operation could not be completed."
)
TRANSIENT = (
    "DCOverloadedException",
    "SuitabilityDirectoryException",
    "ServerInMMException",
    "ADServerSettingsChangedException",
    "StorageTransientException",
)


@pytest.mark.behaviour("module.retry.waits", "module.retry.after")
def test_the_waits_are_two_four_eight_sixteen_and_thirty_two_seconds(shell: Shell) -> None:
    """Retry-After of a 429 stands above them; of another status it does not."""
    done = shell.run(f"""
        . '{MODULE_FOLDER}/parts/transport.ps1'
        . '{MODULE_FOLDER}/parts/retries.ps1'
        function New-Answer([int]$Status, [string]$After) {{
            $response = [Net.Http.HttpResponseMessage]::new()
            if ($After) {{ [void]$response.Headers.TryAddWithoutValidation('Retry-After', $After) }}
            [pscustomobject]@{{ Status = $Status; Headers = $response.Headers; Text = '' }}
        }}
        $facts.plain = @(1..5 | ForEach-Object {{ Get-RetryWait (New-Answer 401) $_ 1.0 }})
        $facts.after = @(429, 503 | ForEach-Object {{ Get-RetryWait (New-Answer $_ '7') 1 1.0 }})
    """)
    assert done.facts == {"plain": [2000, 4000, 8000, 16000, 32000], "after": [7000, 2000]}


@pytest.mark.behaviour("module.retry.statuses", "module.retry.exhausted")
@pytest.mark.parametrize("status", [401, 503, 504])
def test_the_sixth_failure_is_two_errors_that_end_nothing(
    recorded: Shell, recorder: Recorder, status: int
) -> None:
    """First that the retries are spent, then what the service said; the script goes on."""
    recorder.answers.extend([Answer(status=status, body=BUSY)] * 6)
    done = recorded.run(
        CONNECT
        + """
        Get-Mailbox
        $facts.texts = @($Error | ForEach-Object { $_.Exception.Message })
        $facts.status = $EXO_LastExecutionStatus
        """
    )
    assert len(recorder.calls()) == 6
    assert len({each.headers["client-request-id"] for each in recorder.calls()}) == 1
    assert done.facts == {"texts": ["busy", MAXIMUM], "status": False}
    assert done.code == 0


@pytest.mark.behaviour("module.retry.exceptions", "module.retry.permanent")
def test_only_known_exceptions_are_worth_another_try(recorded: Shell, recorder: Recorder) -> None:
    """Each of the five is tried again once here; any other error of the service is final."""
    for name in TRANSIENT:
        detail = {"message": f"Ex1|Some.{name}|later"}
        recorder.answers.append(Answer(status=400, body={"error": {"details": [detail]}}))
        recorder.answers.append(Answer(body={"value": []}))
    recorder.answers.append(Answer(status=500, body=BUSY))
    recorded.run(CONNECT + "1..6 | ForEach-Object { Get-Mailbox }")
    assert len(recorder.calls()) == 11


@pytest.mark.behaviour("module.retry.empty-body", "module.retry.no-answer")
@pytest.mark.parametrize("status", [401, 0])
def test_an_error_without_a_body_is_final(recorded: Shell, recorder: Recorder, status: int) -> None:
    """Without details there is nothing to judge by, even for a 401; so when a connection breaks."""
    recorder.answers.append(Answer(status=status, body=""))
    done = recorded.run(
        CONNECT
        + """
        $facts.said = @(Get-Mailbox -Verbose 4>&1 | ForEach-Object Message)
        $facts.category = [string]$Error[0].CategoryInfo.Category
        $facts.text = $Error[0].Exception.Message
        """
    )
    assert len(recorder.calls()) == 1
    (said,) = (each for each in done.facts["said"] if each.startswith("Unknown"))
    assert said.startswith("Unknown Exception occurred: this request will not be retried.")
    assert done.facts["text"].startswith(UNREADABLE)
    assert done.facts["category"] == "ConnectionError"


@pytest.mark.behaviour("module.retry.throttled")
def test_throttling_that_lasts_shows_the_body_of_the_last_answer(
    recorded: Shell, recorder: Recorder
) -> None:
    """After six answers of 429 the raw body is the error's text."""
    throttled = Answer(status=429, body="too many", headers={"Retry-After": "0"})
    recorder.answers.extend([throttled] * 6)
    done = recorded.run(
        CONNECT + "Get-Mailbox\n$facts.texts = @($Error | ForEach-Object { $_.Exception.Message })"
    )
    assert done.facts["texts"] == ["too many", MAXIMUM]


@pytest.mark.behaviour("module.retry.timeouts")
def test_long_cmdlets_have_longer_timeouts(recorded: Shell) -> None:
    """Sixteen minutes, but an hour or half of one for six cmdlets, each with a minute more."""
    done = recorded.run(
        CONNECT
        + """
        $module = Get-Module tmpEXO_*
        foreach ($name in 'Get-Mailbox', 'Get-DistributionGroupMember', 'Set-UnifiedGroup',
            'Import-TransportRuleCollection', 'Update-DistributionGroupMember',
            'Set-OrganizationConfig', 'Update-RoleGroupMember') {
            $call = & $module { Get-Call (Get-Connection) $args[0] a @{} } $name
            $facts[$name] = $call.TimeoutSeconds
        }
        """
    )
    assert list(done.facts.values()).count(3660) == 4
    assert list(done.facts.values()).count(1860) == 2
    assert done.facts["Get-Mailbox"] == 960


DETAILED = {
    "code": "5",
    "target": "ann",
    "message": (
        '{"Message":"no","ClassName":"A.B.SomeException","localizedString":{"stringId":"Ex9"}}'
    ),
}


@pytest.mark.behaviour("module.error.json-detail", "module.error.category", "module.error.id")
def test_a_detail_gives_text_category_and_target(recorded: Shell, recorder: Recorder) -> None:
    """A JSON detail becomes the usual three parts; a number names PowerShell's category."""
    headers = {
        "X-CalculatedBETarget": "am0pr05.eurpr05.prod.outlook.com",
        "request-id": "r1",
        "x-ExceptionTargetType": "Mailbox",
    }
    body = {"error": {"details": [DETAILED]}}
    recorder.answers.append(Answer(status=400, body=body, headers=headers))
    done = recorded.run(
        CONNECT
        + """
        Get-Mailbox
        $facts.text = $Error[0].Exception.Message
        $info = $Error[0].CategoryInfo
        $facts.category = [string]$info.Category
        $facts.rest = $info.Activity, $info.Reason, $Error[0].TargetObject, $info.TargetType
        $facts.id = $Error[0].FullyQualifiedErrorId
        """
    )
    assert done.facts["text"] == "Ex9|A.B.SomeException|no"
    assert done.facts["category"] == "InvalidArgument"
    assert done.facts["rest"] == ["Get-Mailbox", "SomeException", "ann", "Mailbox"]
    assert done.facts["id"].startswith("[Server=AM0PR05,RequestId=r1,TimeStamp=")
    assert done.facts["id"].endswith("],Write-ErrorMessage")


@pytest.mark.behaviour("module.answer.errors", "module.answer.warnings")
def test_warnings_and_errors_can_come_with_a_success(recorded: Shell, recorder: Recorder) -> None:
    """Both are written, and an error makes the last status false although the answer was a 200."""
    body = {"value": [{"A": 1}], "@adminapi.warnings": ["w"], "@adminapi.errors": ["e"]}
    recorder.answers.append(Answer(body=body))
    done = recorded.run(
        CONNECT
        + """
        $facts.found = @(Get-Mailbox -WarningVariable w -ErrorVariable e 3>$null).Count
        $facts.said = @($w.Message) + @($e | ForEach-Object { $_.Exception.Message })
        $facts.status = $EXO_LastExecutionStatus
        """
    )
    assert done.facts == {"found": 1, "said": ["w", "e"], "status": False}
