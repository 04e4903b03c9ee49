"""The image of the emulator serves as a user of its own, and nothing in it builds or installs."""

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not (shutil.which("buildah") and shutil.which("debootstrap")) or os.getuid() != 0,
        reason="building an image here needs root, buildah and debootstrap",
    ),
]

ROOT = Path(__file__).parents[2]
USER = 65533
STATE = "/var/lib/exo-emulator"


def buildah(*arguments: object) -> str:
    """Run buildah and return what it prints."""
    environment = {**os.environ, "BUILDAH_ISOLATION": "chroot"}
    done = subprocess.run(
        ["buildah", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def image() -> str:
    """The name of the image of this checkout."""
    built = subprocess.run(
        [ROOT / "tools" / "images", "emulator"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return built.stdout.strip()


@pytest.fixture
def container(image: str) -> Iterator[str]:
    """A container of the image, removed afterwards."""
    name = buildah("from", "--pull-never", image)
    yield name
    buildah("rm", name)


def test_the_image_says_what_it_is(image: str):
    """Labels name version and revision; it runs as a user of its own and asks for a volume."""
    config = json.loads(buildah("inspect", "--type", "image", image))["OCIv1"]["config"]
    revision = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()

    assert config["User"] == f"{USER}:{USER}"
    assert config["Labels"]["org.opencontainers.image.revision"] == revision
    assert config["Labels"]["org.opencontainers.image.version"] == image.rpartition(":")[2]
    assert list(config["Volumes"]) == [STATE]
    assert config["Entrypoint"] == ["exo-emulator"]


def test_nothing_in_the_image_installs_or_compiles(container: str):
    """There is no pip and no compiler, and none of the other programs."""
    names = ("pip", "pip3", "gcc", "cc", "exo-token", "exo-job")
    script = f"for each in {' '.join(names)}; do command -v $each; done; true"

    assert buildah("run", container, "--", "sh", "-c", script) == ""


def test_its_user_can_write_its_state_only(container: str):
    """The code belongs to root; the state folder is the only place of its own."""
    script = f"touch {STATE}/x && echo state; touch /opt/exo-jobs/x 2>/dev/null && echo code; id -u"

    assert buildah("run", container, "--", "sh", "-c", script).split() == ["state", str(USER)]


def test_the_emulator_tests_itself_in_the_image(container: str):
    """Everything that the emulator is made of is in the image."""
    checks = json.loads(
        buildah("run", container, "--", "exo-emulator", "selftest", "--output", "json")
    )

    assert checks["failed"] == 0
    assert checks["passed"] > 8


def test_the_image_serves_and_stops(container: str, tmp_path: Path):
    """A client outside trusts the CA of the mounted folder and gets a token; SIGTERM ends it."""
    os.chown(tmp_path, USER, USER)
    serving = subprocess.Popen(
        [
            *("buildah", "run", "--isolation", "chroot", "--volume", f"{tmp_path}:{STATE}"),
            *(container, "--", "exo-emulator", "serve", "--state-dir", STATE),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        guide = ready(tmp_path, serving)
        answer = token(tmp_path, guide)
        os.kill(int(guide["pid"]), signal.SIGTERM)
        _, said = serving.communicate(timeout=30)
    finally:
        serving.kill()
        serving.communicate()

    assert answer.status_code == 200, answer.text
    assert serving.returncode == 0, said


def ready(folder: Path, process: subprocess.Popen[str]) -> dict[str, object]:
    """Wait for the server's word that it is ready."""
    file, pause = folder / "emulator.json", threading.Event()
    for _ in range(600):
        if file.exists():
            return json.loads(file.read_text())
        assert process.poll() is None, process.communicate()[1]
        pause.wait(0.1)
    raise AssertionError("the emulator was not ready within a minute")


def token(folder: Path, guide: dict[str, object]) -> requests.Response:
    """Ask for a token by the projected token in *folder*."""
    with requests.Session() as session:
        session.trust_env = False
        return session.post(
            f"{guide['url']}/{guide['tenantId']}/oauth2/v2.0/token",
            verify=str(folder / "ca.pem"),
            timeout=30,
            data={
                "client_id": guide["clientId"],
                "scope": "https://outlook.office365.com/.default",
                "grant_type": "client_credentials",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": (folder / "projected-token").read_text(),
            },
        )
