"""What the facts of each link mean, and the answers to the questions that people ask most."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sidecar.config.targets import Target
from sidecar.doctor.findings import Verdict
from sidecar.doctor.judgement import (
    assertion_finding,
    certificate_finding,
    claims_finding,
    clock_finding,
    exchange_finding,
)
from sidecar.doctor.questions import QUESTIONS, answer_to

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
APPLICATION = "22222222-2222-4222-8222-222222222222"


def _token(**claims: object) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.c2ln"


@pytest.mark.parametrize(
    ("message", "name"),
    [
        (
            f"The role assigned to application {APPLICATION} isn't supported in this scenario.",
            "role not supported in this scenario",
        ),
        ("UnAuthorized", "UnAuthorized"),
        (
            (
                "AADSTS650053: The application asked for scope 'Exchange.ManageAsApp' that doesn't"
                " exist on the resource '00000003-0000-0000-c000-000000000000'."
            ),
            "permission asked of Graph",
        ),
        ("the token is a delegated one", "delegated permission"),
        (
            "AADSTS700016: Application with identifier was not found in the directory 'Fabrikam'.",
            "no admin consent in this tenant",
        ),
        (
            (
                "Either one of Organization, DelegatedOrganization or UserPrincipalName should be"
                " provided with the AccessToken"
            ),
            "user principal name that is not the token's",
        ),
        (
            "A parameter cannot be found that matches parameter name 'AccessToken'.",
            "module without -AccessToken",
        ),
        (
            "Get-Mailbox: Maximum retry count reached. UnAuthorized",
            "Maximum retry count reached",
        ),
    ],
)
def test_each_of_the_eight_questions_has_its_answer(message: str, name: str) -> None:
    """The message as it is printed leads to what it means and what to do."""
    found = answer_to(message)
    assert found is not None
    assert found.name == name
    assert found.means
    assert found.remedy


def test_there_are_eight_and_no_answer_to_anything_else() -> None:
    """A message that is not known gets no answer rather than a wrong one."""
    assert len({each.name for each in QUESTIONS}) == 8
    assert answer_to("The operation couldn't be performed because object couldn't be found") is None


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(0, "right"), (29, "right"), (-31, "note"), (299, "note"), (301, "wrong"), (-4000, "wrong")],
)
def test_a_clock_is_right_within_half_a_minute_and_wrong_from_five(
    seconds: int, verdict: str
) -> None:
    """Entra allows five minutes; half a minute is worth knowing."""
    found = clock_finding(NOON - timedelta(seconds=seconds), now=NOON)
    assert found.verdict == verdict
    assert (" ahead " if seconds > 0 else " behind ") in found.says


def test_without_a_date_the_clock_cannot_be_judged() -> None:
    """A proxy may leave the header out."""
    assert clock_finding(None, now=NOON).verdict is Verdict.NOTE


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"aud": "https://kubernetes.default"}, "audience: api://AzureADTokenExchange"),
        ({"aud": ["a", "b"]}, "audience: api://AzureADTokenExchange"),
        ({"aud": "api://AzureADTokenExchange", "exp": NOON.timestamp() - 1}, "kubelet"),
    ],
)
def test_a_projected_token_is_wrong_by_audience_or_time(
    target: Target, claims: dict[str, object], words: str
) -> None:
    """What must be projected instead is in the remedy."""
    found = assertion_finding(_token(iss="https://i", sub="s", **claims), target, now=NOON)
    assert found.verdict is Verdict.WRONG
    assert words in found.remedy


def test_one_of_several_audiences_is_enough(target: Target) -> None:
    """Kubernetes writes the audiences as a list."""
    token = _token(iss="https://i", sub="s", aud=["x", "api://AzureADTokenExchange"])
    assert assertion_finding(token, target, now=NOON).verdict is Verdict.RIGHT
    china = replace(target, federated_audience="api://AzureADTokenExchangeChina")
    assert assertion_finding(token, china, now=NOON).verdict is Verdict.WRONG


def test_a_file_without_a_jwt_is_no_projected_token(target: Target) -> None:
    """A secret or an empty file was mounted instead; nothing of it is shown."""
    found = assertion_finding("canary", target, now=NOON)
    assert found.verdict is Verdict.WRONG
    assert "canary" not in found.says + found.remedy


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [(None, "right"), (NOON + timedelta(days=1), "right"), (NOON, "wrong")],
)
def test_a_certificate_is_wrong_once_it_has_ended(ends: datetime | None, verdict: str) -> None:
    """Its thumbprint is shown in any case."""
    found = certificate_finding("ABCD", ends, now=NOON)
    assert found.verdict == verdict
    assert "ABCD" in found.says


@pytest.mark.parametrize(
    ("claims", "verdict", "words"),
    [
        ({"roles": ["Exchange.ManageAsApp"], "wids": [ADMINISTRATOR]}, "right", ""),
        ({"roles": ["Exchange.ManageAsApp"]}, "note", "role group"),
        ({"roles": ["Mail.Read"], "wids": [ADMINISTRATOR]}, "wrong", "Office 365 Exchange Online"),
        ({"aud": "x"}, "wrong", "adminconsent?client_id="),
        ({"scp": "Exchange.Manage"}, "wrong", "Remove the delegated one"),
    ],
)
def test_what_is_missing_in_an_exchange_token_is_named(
    target: Target, claims: dict[str, object], verdict: str, words: str
) -> None:
    """Permission, consent, application or person; a missing role is no more than a note."""
    found = claims_finding(_token(**claims), target)
    assert found.verdict == verdict
    assert words in found.remedy


def test_a_graph_token_needs_no_exchange_permission(target: Target) -> None:
    """What another resource demands is its own matter."""
    graph = replace(target, resource="graph")
    assert claims_finding(_token(roles=["User.Read.All"]), graph).verdict is Verdict.RIGHT
    assert claims_finding("opaque", graph).verdict is Verdict.NOTE


@pytest.mark.parametrize(
    ("status", "message", "name", "verdict", "words"),
    [
        (200, "", "contoso.onmicrosoft.com", "right", ""),
        (200, "", "fabrikam.onmicrosoft.com", "wrong", "initial domain"),
        (200, "", None, "note", ""),
        (401, "", None, "wrong", "outlook.office365.com/.default"),
        (403, "… isn't supported in this scenario", None, "wrong", "New-ServicePrincipal"),
        (403, "Access denied", None, "wrong", "directory role"),
        (429, "busy", None, "note", ""),
        (503, "busy", None, "note", ""),
        (404, "<html>", None, "wrong", "endpoints.connectionUri"),
    ],
)
def test_each_answer_of_exchange_has_its_meaning(  # noqa: PLR0917 - a row of the table
    target: Target, status: int, message: str, name: str | None, verdict: str, words: str
) -> None:
    """From a call that worked to an answer that is not Exchange's."""
    found = exchange_finding(status, message, name, target)
    assert found.verdict == verdict
    assert words in found.remedy
