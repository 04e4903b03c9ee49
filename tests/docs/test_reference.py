"""What the documentation says of the code is what the code says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]


def test_generated_pages_are_current():
    """The pages made from the code are those that lie in docs/."""
    check = subprocess.run(
        [sys.executable, ROOT / "tools" / "reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert check.stdout == ""
    assert check.returncode == 0, check.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(page):
    """Every relative link of a page names a file that is there."""
    links = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_readme_has_no_unfinished_part():
    """The README has no place left to fill in."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert not re.findall(r"@@|TODO|FIXME|TBD", text)


def test_every_make_target_of_the_readme_exists():
    """A target that README or CONTRIBUTING names is in the Makefile."""
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for name in ("README.md", "CONTRIBUTING.md")
        for target in re.findall(r"\bmake ([a-z0-9]+)", (ROOT / name).read_text())
    }

    assert named <= targets
