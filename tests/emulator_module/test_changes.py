"""What changes something is asked about first, and happens once or not at all."""

from typing import Any

import pytest

from tests.emulator_module.recorder import Answer, Recorder
from tests.emulator_module.shell import Shell

CONNECT = "Connect-ExchangeOnline @contoso\n"
QUESTION = {"value": [], "@adminapi.confirmationmessage": "Setting mailbox 'ann'."}
REFUSAL = Answer(
    status=400,
    body={"error": {"details": [{"message": "Ex1|Some.RefusedException|no"}]}},
)


def sent_by(recorder: Recorder) -> list[Any]:
    """Return the Confirm member of each call."""
    return [each.parameters.get("Confirm") for each in recorder.calls()]


@pytest.mark.behaviour("module.change.validation", "module.change.one-request-id")
def test_a_change_is_validated_and_then_executed(recorded: Shell, recorder: Recorder) -> None:
    """The first call carries Confirm, the second carries it as false; both are one request."""
    recorder.answers.append(Answer(body=QUESTION))
    done = recorded.run(CONNECT + "Set-Mailbox ann -DisplayName x -Verbose")
    assert sent_by(recorder) == [True, False]
    assert len({each.headers["client-request-id"] for each in recorder.calls()}) == 1
    assert "Validation call to the server:" in done.stdout


@pytest.mark.behaviour("module.change.unconfirmed")
def test_who_asks_not_to_be_asked_sends_one_call(recorded: Shell, recorder: Recorder) -> None:
    """-Confirm:$false goes straight to the execution."""
    recorded.run(CONNECT + "Set-Mailbox ann -DisplayName x -Confirm:$false")
    assert sent_by(recorder) == [False]


@pytest.mark.behaviour("module.change.whatif")
def test_whatif_shows_what_the_service_would_ask_and_changes_nothing(
    recorded: Shell, recorder: Recorder
) -> None:
    """Only the validation is sent, also where -Confirm:$false stands beside it."""
    recorder.answers.extend([Answer(body=QUESTION)] * 2)
    done = recorded.run(
        CONNECT
        + """
        Set-Mailbox ann -DisplayName x -WhatIf
        Set-Mailbox ann -DisplayName x -WhatIf -Confirm:$false
        """
    )
    assert sent_by(recorder) == [True, True]
    assert done.stdout.count("What if: Setting mailbox 'ann'.") == 2


@pytest.mark.behaviour("module.change.refused-validation")
def test_a_refused_validation_is_the_error_and_nothing_is_executed(
    recorded: Shell, recorder: Recorder
) -> None:
    """What is wrong with a change shows once, before anybody is asked."""
    recorder.answers.append(REFUSAL)
    done = recorded.run(
        CONNECT
        + """
        Set-Mailbox ann -DisplayName x
        $facts.texts = @($Error | ForEach-Object { $_.Exception.Message })
        """
    )
    assert sent_by(recorder) == [True]
    assert done.facts["texts"] == ["Ex1|Some.RefusedException|no"]


@pytest.mark.behaviour("module.change.prompt")
def test_a_question_that_nobody_can_answer_stops_the_change(
    recorded: Shell, recorder: Recorder
) -> None:
    """-Confirm in an unattended session ends the statement after the validation."""
    recorder.answers.append(Answer(body=QUESTION))
    done = recorded.run(
        CONNECT + "$facts.fault = Get-Fault { Set-Mailbox ann -DisplayName x -Confirm }"
    )
    assert sent_by(recorder) == [True]
    assert "NonInteractive mode" in done.facts["fault"]
