"""A state folder keeps what clients trust from one run of the server to the next."""

from pathlib import Path

import pytest
import requests
from azure.identity import CertificateCredential

from emulator.identity import NAMES
from tests.emulator.served import ASSERTION_TYPE, finished, ready, running_in, served

SCOPE = "https://outlook.office365.com/.default"


def contents(folder: Path) -> dict[str, bytes]:
    """Return everything that a folder keeps."""
    return {name: (folder / name).read_bytes() for name in NAMES}


@pytest.fixture(scope="module")
def used(tmp_path_factory) -> Path:
    """A folder that a server has used and left."""
    folder = tmp_path_factory.mktemp("state") / "used"
    with running_in(folder):
        pass
    return folder


@pytest.fixture
def folder(used: Path, tmp_path: Path) -> Path:
    """A copy of that folder, to be spoiled."""
    copy = tmp_path / "state"
    copy.mkdir()
    for file in used.iterdir():
        if file.is_file():
            (copy / file.name).write_bytes(file.read_bytes())
    return copy


@pytest.mark.behaviour("control.state.kept")
def test_a_used_folder_keeps_everything(folder: Path):
    """After a restart the CA is the same, and a token from before is still taken."""
    before = contents(folder)
    with running_in(folder) as first:
        token = first.ask_token(client_secret=(folder / "client-secret").read_text()).json()
    with running_in(folder) as second:
        answer = get_mailboxes(second, token["access_token"])
    assert answer.status_code == 200
    assert contents(folder) == before


def get_mailboxes(running, token: str):
    """Ask the served Exchange for something."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(
            f"{running.guide['url']}/adminapi/beta/{running.guide['tenantId']}/Mailbox",
            headers={"Authorization": f"Bearer {token}"},
            verify=str(running.folder / "ca.pem"),
        )


@pytest.mark.behaviour("control.state.fresh")
def test_fresh_makes_everything_anew(folder: Path):
    """With --fresh no file is what it was."""
    before = contents(folder)
    with running_in(folder, "--fresh"):
        after = contents(folder)
    assert [name for name in NAMES if after[name] == before[name]] == []


@pytest.mark.behaviour("control.state.credentials")
def test_each_written_credential_is_good(used: Path):
    """Secret, projected token, PEM, encrypted PEM and PFX all prove the application."""
    with running_in(used) as running:
        secret = running.ask_token(client_secret=(used / "client-secret").read_text())
        projected = running.ask_token(
            client_assertion_type=ASSERTION_TYPE,
            client_assertion=(used / "projected-token").read_text(),
        )
        assert (secret.status_code, projected.status_code) == (200, 200)
        for file, password in (
            ("client.pem", None),
            ("client-encrypted.pem", "key-password"),
            ("client.pfx", "pfx-password"),
        ):
            credential = CertificateCredential(
                str(running.guide["tenantId"]),
                str(running.guide["clientId"]),
                str(used / file),
                password=(used / password).read_text() if password else None,
                authority=str(running.guide["url"]),
                disable_instance_discovery=True,
                connection_verify=str(used / "ca.pem"),
            )
            with credential:
                assert credential.get_token(SCOPE).token


def spoil(name: str, data: bytes | None):
    """Return what damages one file of a folder."""

    def change(folder: Path) -> None:
        if data is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(data)

    return change


def swap_client(folder: Path) -> None:
    """Put another key before the client's certificate."""
    key = (folder / "issuer-key.pem").read_text()
    certificate = (folder / "client.pem").read_text().partition("-----BEGIN CERT")[2]
    (folder / "client.pem").write_text(key + "-----BEGIN CERT" + certificate)


DAMAGES = {
    "a missing key": (spoil("ca-key.pem", None), "ca-key.pem: is missing"),
    "a missing certificate": (spoil("client.pem", None), "client.pem: is missing"),
    "an empty key": (spoil("entra-key.pem", b""), "entra-key.pem: is damaged"),
    "an empty password": (spoil("pfx-password", b" \n"), "pfx-password: is empty"),
    "a key that is none": (spoil("issuer-key.pem", b"\xff"), "issuer-key.pem: is damaged"),
    "another's client key": (swap_client, "client.pem: is damaged"),
    "a damaged mark": (spoil("exo-emulator-state.json", b"{"), "state.json: is damaged"),
}


@pytest.mark.behaviour("control.state.damaged")
@pytest.mark.parametrize(("damage", "sentence"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_folder_is_refused(folder: Path, damage, sentence: str):
    """Exit code 73, the file, what is wrong with it, and how to go on; nothing is changed."""
    damage(folder)
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    done = finished("serve", "--state-dir", folder)
    assert (done.returncode, done.stdout) == (73, "")
    assert sentence in done.stderr
    assert "--fresh" in done.stderr
    after = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    assert after == before | {name: after[name] for name in ("serving.lock",)}


def test_every_damage_is_told_at_once(folder: Path):
    """Three damaged files are three sentences."""
    for name in ("ca.pem", "issuer-key.pem", "client-secret"):
        (folder / name).write_bytes(b"")
    done = finished("serve", "--state-dir", folder)
    assert len(done.stderr.splitlines()) == 3


@pytest.mark.behaviour("control.state.foreign")
def test_a_foreign_folder_is_refused(tmp_path: Path):
    """A folder with other things in it is left alone, also with --fresh."""
    (tmp_path / "thesis.tex").write_text("dear")
    done = finished("serve", "--state-dir", tmp_path, "--fresh")
    assert done.returncode == 73
    assert "thesis.tex" in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.behaviour("control.state.in-use")
def test_a_folder_serves_one_server(folder: Path):
    """The second is refused, and the first goes on."""
    with running_in(folder) as running:
        done = finished("serve", "--state-dir", folder)
        answer = running.ask_token(client_secret=(folder / "client-secret").read_text())
    assert done.returncode == 73
    assert "another exo-emulator" in done.stderr
    assert answer.status_code == 200


@pytest.mark.behaviour("control.state.unfinished")
def test_a_folder_that_was_never_finished_is_made_anew(folder: Path):
    """Where an earlier server was killed while it wrote, nobody has used what is there."""
    (folder / "exo-emulator-state.json").write_text('{"format": 1, "whole": false}')
    (folder / "client.pfx").unlink()
    with running_in(folder):
        assert (folder / "client.pfx").exists()


def test_without_a_folder_there_is_one_for_as_long_as_it_serves():
    """The introduction names it; it is gone afterwards."""
    with served() as process:
        assert process.stdout
        line = next(line for line in process.stdout if "credentials" in line)
        folder = Path(line.split()[1])
        guide = ready(folder)
        assert (folder / "client.pem").exists()
        process.terminate()
        process.communicate(timeout=30)
    assert str(guide["caFile"]) == str(folder / "ca.pem")
    assert not folder.exists()
