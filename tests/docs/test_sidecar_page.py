"""The sidecar's page says what is true of the code."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from emulator.testing import SAMPLE_CERTIFICATE
from sidecar.config.credentials import Credential
from sidecar.config.file import load_config
from sidecar.config.surroundings import surroundings_of
from sidecar.doctor.questions import answer_to

PAGE = (Path(__file__).parents[2] / "docs" / "sidecar.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_its_configuration_is_a_configuration(tmp_path: Path) -> None:
    """What the page shows is taken as it stands, but for the paths of its machine."""
    (text,) = (each for each in BLOCKS if each.startswith("connections:"))
    for name in ("token", "own-ca.pem"):
        (tmp_path / name).write_text(SAMPLE_CERTIFICATE.certificate)
    (tmp_path / "tokens").mkdir()
    text = text.replace("/var/run/exo-tokens", str(tmp_path / "tokens"))
    text = text.replace("/etc/ssl", str(tmp_path))
    file = tmp_path / "sidecar.yaml"
    file.write_text(text)
    environ = {"AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token")}
    config = load_config(file, surroundings_of(file, environ))
    assert list(config.connections) == ["contoso"]


@pytest.mark.parametrize("text", BLOCKS)
def test_every_block_is_yaml(text: str) -> None:
    """A reader copies it, and the parser must not stumble."""
    assert isinstance(YAML(typ="safe").load(text), dict)


def test_every_kind_of_credential_is_in_its_table() -> None:
    """A kind that the model has, the page has."""
    kinds = [each.alias or "" for each in Credential.model_fields.values()]
    assert [each for each in kinds if f"| `{each}: {{" not in PAGE] == []


def test_every_message_of_its_table_is_explained() -> None:
    """`doctor --explain` answers each row as it is written."""
    table = PAGE.partition("| message | in short |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1] for line in table.splitlines()[2:]]
    assert len(rows) == 8
    assert [each for each in rows if answer_to(each) is None] == []
