"""The documents against the code: every key, name, link and command that they hold leads somewhere."""

import ast
import pkgutil
import re
import unicodedata
from pathlib import Path

import pytest

from myoqc.cli.app import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/paper.md", "docs/references.md"]
OTHER_DOCUMENTS = sorted({f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} - set(DOCUMENTS))
KEY = re.compile(r"\[([A-Za-z]+(?:19|20)\d{2}[a-z]?)\]")
ENTRY = re.compile(r"^- \*\*\[(\w+)\]\*\* (.*?)(?=^- |\Z)", re.MULTILINE | re.DOTALL)
CITING = ["src/**/*.py", "benchmarks/*.py", "tests/*.py", "docs/*.md", "README.md", "ARCHITECTURE.md"]
MOST_LINES = 150


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def in_backticks(name):
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text_of(name), flags=re.DOTALL))


def references():
    """Key → entry, as ``docs/references.md`` gives them."""
    return dict(ENTRY.findall(text_of("docs/references.md")))


def citations():
    """Key → the files that cite it."""
    found = {}
    for path in sorted({path for pattern in CITING for path in ROOT.glob(pattern)} - {ROOT / "docs/references.md"}):
        for key in KEY.findall(path.read_text(encoding="utf-8")):
            found.setdefault(key, set()).add(str(path.relative_to(ROOT)))
    return found


def names_of_tests():
    """Names of all test functions."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in ROOT.glob("tests/test_*.py")]
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_key_that_is_cited_is_a_reference():
    unknown = {key: files for key, files in citations().items() if key not in references()}
    assert not unknown


def test_every_reference_is_cited():
    assert references().keys() <= citations().keys()


def test_references_stand_in_alphabetical_order_and_once():
    keys = [key for key, _ in ENTRY.findall(text_of("docs/references.md"))]
    assert keys == sorted(set(keys), key=str.lower)


@pytest.mark.parametrize("key", references())
def test_a_reference_names_the_author_and_the_year_of_its_key(key):
    entry = unicodedata.normalize("NFKD", references()[key])
    assert re.search(r"\d{4}", key).group() in entry
    assert re.sub(r"\W", "", entry).startswith(re.match(r"[a-z]*[A-Z][a-z]+", key).group())


@pytest.mark.parametrize("name", sorted({name for name in in_backticks("docs/paper.md") if name.startswith("myoqc.")}))
def test_a_name_of_the_package_in_the_paper_page_exists(name):
    pkgutil.resolve_name(name)


def test_every_test_that_the_paper_page_names_exists():
    named = {name for name in in_backticks("docs/paper.md") if name.startswith("test_")}
    assert len(named) > 40
    assert named <= names_of_tests()


def table_rows():
    """Cells of every row of the paper page's tables that makes a claim."""
    lines = [line for line in text_of("docs/paper.md").splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines if not re.match(r"\| (paper|---)", line)]


def test_every_line_of_the_paper_page_has_a_status():
    rows = table_rows()
    assert len(rows) > 60
    assert not [row for row in rows if not re.match("agrees|departs|not built", row[-1])]


def test_code_that_agrees_with_the_paper_has_a_test_that_holds_it():
    agreeing = [row for row in table_rows() if row[-1].startswith("agrees") and "`myoqc." in row[1]]
    assert len(agreeing) > 10
    assert not [row[0] for row in agreeing if "`test_" not in row[2]]


@pytest.mark.parametrize("name", [*DOCUMENTS, *OTHER_DOCUMENTS])
def test_a_link_within_the_project_leads_to_a_file(name):
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text_of(name))
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    missing = [target for target in local if not (ROOT / name).parent.joinpath(target).exists()]
    assert not missing


@pytest.mark.parametrize("name", [*DOCUMENTS, *OTHER_DOCUMENTS])
def test_a_file_that_a_document_names_is_there(name):
    words = re.findall(r"(?<![\w/.])(?:benchmarks|src|tests|docs)/[\w./-]+\.\w+", text_of(name))
    assert not [word for word in words if not (ROOT / word).exists()]


@pytest.mark.parametrize("name", [*DOCUMENTS, *OTHER_DOCUMENTS])
def test_a_command_that_a_document_names_exists(name):
    commands = {(command.name, "") for command in app.registered_commands}
    for group in app.registered_groups:
        commands |= {(group.name, command.name) for command in group.typer_instance.registered_commands}
    groups = {group.name for group in app.registered_groups}
    found = re.findall(r"(?:`|^(?:\$ )?|bin/)myoqc ([a-z]+)\b(?: ([a-z-]+)\b)?", text_of(name), flags=re.MULTILINE)
    named = {(first, second if first in groups else "") for first, second in found}
    assert named - {(group, "") for group in groups} <= commands


@pytest.mark.parametrize("name", [*DOCUMENTS, *OTHER_DOCUMENTS])
def test_a_make_target_that_a_document_names_exists(name):
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), flags=re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)\b", text_of(name), flags=re.MULTILINE)) <= targets


def test_the_readme_begins_with_the_demo_and_the_tests():
    commands = re.findall(r"^make (\w+)", text_of("README.md"), flags=re.MULTILINE)
    assert commands[:2] == ["demo", "test"]


def test_the_page_on_the_architecture_is_short():
    assert len(text_of("ARCHITECTURE.md").splitlines()) <= MOST_LINES
