"""docs/reference.md is what the commands' help says now; it does not depend on who writes it where."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that writes the page."""
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_help_says(script):
    page = (DOCS / "reference.md").read_text(encoding="utf-8")
    assert page == script.reference(), "stale: python docs/make_reference.py writes it anew"


def test_every_command_has_its_section(script):
    page = script.reference()
    for words in (
        "",
        " ask",
        " summarize",
        " extract",
        " inspect",
        " cache",
        " cache list",
        " cache clear",
        " models pull",
    ):
        assert f"\n## dsacli{words}\n\n```\nUsage: dsacli{words} " in page


def test_neither_the_terminal_nor_the_environment_changes_it(script, monkeypatch):
    before = script.reference()
    for name, value in {
        "COLUMNS": "40",
        "TERM": "dumb",
        "FORCE_COLOR": "1",
        "DSACLI_PASSWORD": "secret",
        "DSACLI_DTYPE": "float32",
        "LANG": "de_DE.UTF-8",
        "LANGUAGE": "de",
    }.items():
        monkeypatch.setenv(name, value)
    assert script.reference() == before
