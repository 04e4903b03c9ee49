"""The pytest plugin, in a project of somebody else's."""

import tomllib
from importlib import import_module
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch) -> pytest.Pytester:
    """An empty project in which only this plugin is there."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("HTTPS_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    return pytester


def passed(project: pytest.Pytester, source: str, count: int) -> None:
    """Run the tests in *source*; all must pass."""
    project.makepyfile(source)
    result = project.runpytest_subprocess("-p", "emulator.pytestplugin", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=count)


def test_the_package_names_the_plugin():
    """Pip installs it: the entry point leads to the module with the fixtures."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    name = project["entry-points"]["pytest11"]["exo-emulator"]
    assert hasattr(import_module(name), "exo_emulator")


@pytest.mark.behaviour("control.pytest")
def test_each_test_has_an_emulator_as_at_its_beginning(project: pytest.Pytester):
    """One server for all tests; faults, journal and mailboxes of one are not there for the next."""
    passed(
        project,
        """
        import pytest
        import requests
        from emulator.testing import Fault

        urls = set()

        @pytest.mark.parametrize("time", [1, 2, 3])
        def test_it(exo_emulator, exo_emulator_credentials, time):
            guide = exo_emulator_credentials
            urls.add(exo_emulator.url)
            assert len(urls) == 1
            assert list(exo_emulator.journal) == []
            assert exo_emulator.faults.states == []
            with requests.Session() as session:
                session.trust_env = False
                session.verify = str(exo_emulator.ca_file)
                secret = (guide.folder / "client-secret").read_text()
                form = {
                    "client_id": guide.client_id,
                    "client_secret": secret,
                    "grant_type": "client_credentials",
                    "scope": "https://outlook.office365.com/.default",
                }
                url = f"{guide.url}/{guide.tenant_id}/oauth2/v2.0/token"
                assert session.post(url, data=form).status_code == 200
                exo_emulator.faults.add(Fault(path="token", status=503, times=None))
                assert session.post(url, data=form).status_code == 503
            assert len(exo_emulator.journal) == 2
        """,
        3,
    )


@pytest.mark.behaviour("control.pytest.environment")
def test_unmodified_programs_use_the_emulator(project: pytest.Pytester):
    """azure-identity and msal find it in this process, and a child by the mapping."""
    passed(
        project,
        """
        import os, subprocess, sys
        import msal
        from azure.identity import EnvironmentCredential, ManagedIdentityCredential

        SCOPE = "https://outlook.office365.com/.default"

        def test_azure_identity(exo_emulator, exo_emulator_env):
            with EnvironmentCredential() as credential:
                assert credential.get_token(SCOPE).token
            assert {entry.host for entry in exo_emulator.journal} == {"login.microsoftonline.com"}

        def test_managed_identity(exo_emulator_env):
            with ManagedIdentityCredential() as credential:
                assert credential.get_token(SCOPE).token

        def test_msal(exo_emulator_env, exo_emulator_credentials):
            guide = exo_emulator_credentials
            secret = (guide.folder / "client-secret").read_text()
            client = msal.ConfidentialClientApplication(
                guide.client_id,
                authority=f"https://login.microsoftonline.com/{guide.tenant_id}",
                client_credential=secret,
            )
            assert "access_token" in client.acquire_token_for_client([SCOPE])

        def test_child(exo_emulator, exo_emulator_env):
            script = (
                "from azure.identity import EnvironmentCredential as C\\n"
                f"C().get_token({SCOPE!r})"
            )
            environment = {**exo_emulator_env, "PATH": os.environ["PATH"]}
            subprocess.run([sys.executable, "-c", script], check=True, env=environment)
            assert len(exo_emulator.journal) > 0

        def test_the_environment_is_given_back():
            assert "HTTPS_PROXY" not in os.environ
        """,
        5,
    )


def test_a_project_has_a_world_of_its_own(project: pytest.Pytester):
    """The fixture of the world may be overridden."""
    passed(
        project,
        """
        import pytest
        from emulator.testing import Tenant, World

        @pytest.fixture(scope="session")
        def exo_emulator_world():
            tenant = Tenant(
                id="99999999-9999-4999-8999-999999999999", domains=("fabrikam.onmicrosoft.com",)
            )
            return World(tenants=(tenant,))

        def test_it(exo_emulator, exo_emulator_credentials):
            assert exo_emulator_credentials.organization == "fabrikam.onmicrosoft.com"
            assert exo_emulator.world.tenants[0].id == exo_emulator_credentials.tenant_id
        """,
        1,
    )


@pytest.mark.behaviour("control.pytest.unused")
def test_it_costs_nothing_where_nobody_asks(project: pytest.Pytester):
    """Only the plugin's own module is imported, and none of what the emulator is built on."""
    passed(
        project,
        """
        import sys

        def test_it():
            ours = {name for name in sys.modules if name.partition(".")[0] == "emulator"}
            assert ours == {"emulator", "emulator.pytestplugin"}
            assert not {"pydantic", "starlette", "uvicorn", "cryptography"} & set(sys.modules)
        """,
        1,
    )
