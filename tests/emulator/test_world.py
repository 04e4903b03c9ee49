"""A world file is read with everything in it, or refused with everything that is wrong."""

from datetime import timedelta
from pathlib import Path

import pytest

from emulator.errors import WorldError
from emulator.testing import SAMPLE_CERTIFICATE
from emulator.worldfile import read_world

GOOD = """\
tokenLifetime: 15s
latency: 5ms
retryWaitScale: 0.01
tenants:
  - id: 11111111-1111-4111-8111-111111111111
    domains: [contoso.onmicrosoft.com, contoso.com]
    mailboxes: 2000
    seed: 7
    applications:
      - clientId: 22222222-2222-4222-8222-222222222222
        objectId: 33333333-3333-4333-8333-333333333333
        appRoles: [Exchange.ManageAsApp]
        directoryRoles: [Exchange Administrator]
        certificates: [client.pem]
        federatedCredentials:
          - issuer: https://issuer.example
            subject: "system:serviceaccount:reports:mailbox-sizes"
            audience: "api://AzureADTokenExchange"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A world file with its certificate beside it."""
    (tmp_path / "client.pem").write_text(SAMPLE_CERTIFICATE.certificate)
    path = tmp_path / "world.yaml"
    path.write_text(GOOD)
    return path


def test_a_world_is_read_with_its_certificates(file: Path):
    """Files are relative to the world, and hold what the application may sign in with."""
    world = read_world(file)
    (application,) = world.tenants[0].applications
    assert world.token_lifetime == timedelta(seconds=15)
    assert world.latency == timedelta(milliseconds=5)
    assert application.certificates == (SAMPLE_CERTIFICATE.certificate,)
    assert application.federated_credentials[0].issuer == "https://issuer.example"


BAD = {
    "an unknown key": (GOOD.replace("seed: 7", "sead: 7"), "sead"),
    "a bad GUID": (GOOD.replace("22222222-2222", "2222-2222"), "is not a GUID"),
    "an unknown role": (GOOD.replace("Exchange Administrator", "King"), "no directory role"),
    "a custom domain first": (
        GOOD.replace("[contoso.onmicrosoft.com, contoso.com]", "[contoso.com]"),
        "must end in .onmicrosoft.com",
    ),
    "a missing certificate": (GOOD.replace("client.pem", "absent.pem"), "absent.pem"),
    "a certificate that is none": (GOOD.replace("client.pem", "world.yaml"), "PEM certificate"),
    "a bad duration": (GOOD.replace("15s", "15 fortnights"), "tokenLifetime"),
    "a life under a second": (GOOD.replace("15s", "1ms"), "tokenLifetime"),
    "an issuer over http": (GOOD.replace("https://issuer", "http://issuer"), "https://"),
    "too many mailboxes": (GOOD.replace("2000", "2000000"), "mailboxes"),
    "a key twice": (GOOD + "latency: 1s\n", "latency"),
    "no YAML": ("tenants: [", "not valid YAML"),
    "nothing": ("", "document"),
    "a list": ("[]", "document"),
    "no tenant": ("tenants: []", "tenants"),
    "a client id twice": (
        GOOD + GOOD.partition("applications:\n")[2].replace("33333333-3", "43333333-3"),
        "clientId used more than once",
    ),
}


@pytest.mark.parametrize(("text", "problem"), BAD.values(), ids=BAD)
def test_a_bad_world_is_refused_with_its_place(file: Path, text: str, problem: str):
    """The problem names the file and what in it is wrong."""
    file.write_text(text)
    with pytest.raises(WorldError) as caught:
        read_world(file)
    assert any(problem in each and str(file) in each for each in caught.value.problems)


def test_all_problems_come_at_once(file: Path):
    """Three mistakes are three sentences."""
    file.write_text(
        GOOD.replace("client.pem", "absent.pem").replace("15s", "soon").replace("seed", "sead")
    )
    with pytest.raises(WorldError) as caught:
        read_world(file)
    for word in ("absent.pem", "tokenLifetime", "sead"):
        assert any(word in problem for problem in caught.value.problems)


TWISTED = """\
tokenLifetime: soon
latency: 1s
latency: 2s
tokenlifetme: 5s
tenants:
  - id: 11111111-1111-4111-8111-111111111111
    domains: [contoso.com]
    sead: 4
    applications:
      - clientId: x
        certificates: [absent.pem, other.yaml]
        secrets:
          - {id: 11111111-1111-4111-8111-111111111112, file: nothing}
          - {id: 11111111-1111-4111-8111-111111111113, value: canary, expirs: 2}
entra: {issuerTrust: [no.pem]}
"""


@pytest.mark.behaviour("control.check.all-at-once")
def test_each_problem_has_its_line_and_key(tmp_path: Path):
    """Whatever kind of mistake it is, and in the order of the file; no value of a secret."""
    file = tmp_path / "world.yaml"
    file.write_text(TWISTED)
    (tmp_path / "other.yaml").write_text("a: b")
    with pytest.raises(WorldError) as caught:
        read_world(file)
    problems = [each.removeprefix(f"{file}:") for each in caught.value.problems]
    assert [" ".join(each.split()[:2]) for each in problems] == [
        "1: tokenLifetime:",
        "3: latency:",
        "4: tokenlifetme:",
        "7: tenants.0.domains:",
        "8: tenants.0.sead:",
        "10: tenants.0.applications.0.clientId:",
        "10: tenants.0.applications.0.objectId:",
        "11: tenants.0.applications.0.certificates.0:",
        "11: tenants.0.applications.0.certificates.1:",
        "13: tenants.0.applications.0.secrets.0.file:",
        "14: tenants.0.applications.0.secrets.1.expirs:",
        "14: tenants.0.applications.0.secrets.1.value:",
        "15: entra.issuerTrust.0:",
    ]
    assert not any("canary" in each for each in problems)


@pytest.mark.behaviour("control.check.suggestion")
@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("tokenlifetme: 1s", 'did you mean "tokenLifetime"?'),
        ("TENANTS: []", 'did you mean "tenants"?'),
        ("entra: {issuertrust: []}", 'did you mean "issuerTrust"?'),
        ("exchange: {zzz: 1}", "known are "),
    ],
)
def test_an_unknown_key_is_answered_with_a_known_one(file: Path, line: str, hint: str):
    """The nearest key at that place, or else all that are known there."""
    file.write_text(f"{GOOD}{line}\n")
    with pytest.raises(WorldError) as caught:
        read_world(file)
    assert any(hint in each for each in caught.value.problems)


def test_a_secret_is_read_from_its_file(file: Path):
    """The file is relative to the world, and its last line break is no part of the secret."""
    secret = "secrets: [{id: 11111111-1111-4111-8111-111111111112, file: secret}]"
    file.write_text(GOOD.replace("certificates: [client.pem]", secret))
    (file.parent / "secret").write_text("of-the-file\n")
    (found,) = read_world(file).tenants[0].applications[0].secrets
    assert found.value.get_secret_value() == "of-the-file"


def test_a_secret_has_a_value_or_a_file(file: Path):
    """Both are one too many."""
    secret = "secrets: [{id: 11111111-1111-4111-8111-111111111112, file: x, value: long-enough}]"
    file.write_text(GOOD.replace("certificates: [client.pem]", secret))
    with pytest.raises(WorldError, match="not both"):
        read_world(file)


UNREADABLE = {
    "a loop": "tenants: &a [*a]",
    "no UTF-8": b"tenants: \xff",
    "a folder": None,
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_told(tmp_path: Path, content):
    """Whatever it is, it is a problem with the file's name, and no traceback."""
    file = tmp_path / "world.yaml"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(WorldError, match=r"world\.yaml"):
        read_world(file)


def test_a_domain_belongs_to_one_tenant(file: Path):
    """Two tenants of one name could not be told apart."""
    text = GOOD + GOOD.partition("tenants:\n")[2]
    file.write_text(text)
    with pytest.raises(WorldError, match="used more than once"):
        read_world(file)


def test_a_missing_file_is_one_sentence(tmp_path: Path):
    """No traceback for a wrong path."""
    with pytest.raises(WorldError, match="cannot be read"):
        read_world(tmp_path / "absent.yaml")
