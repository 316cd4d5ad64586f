import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from myoqc.errors import MissingExtraError
from myoqc.extras import EXTRAS, Extra, require


@pytest.fixture
def absent(monkeypatch):
    def nothing_but_numba_is_installed(module):
        return object() if module == "numba" else None

    monkeypatch.setattr("myoqc.extras.find_spec", nothing_but_numba_is_installed)


@pytest.mark.usefixtures("absent")
def test_a_missing_part_says_which_command_installs_it():
    with pytest.raises(
        MissingExtraError, match=r"'serve' \(DICOM node.*no pynetdicom, ismrmrd.*pip install 'myoqc\[serve\]'"
    ):
        require("serve")


@pytest.mark.usefixtures("absent")
def test_a_part_that_is_installed_passes_in_silence():
    require("fast")


@pytest.mark.usefixtures("absent")
def test_only_the_modules_that_are_missing_are_named():
    assert Extra("x", "tests", ("numba", "torch")).missing == ("torch",)


def test_the_command_is_for_the_python_that_runs_wherever_pip_on_the_path_may_lead(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/opt/my python/bin/python3")
    assert Extra("x", "tests", ()).command == "'/opt/my python/bin/python3' -m pip install 'myoqc[x]'"


def test_a_python_below_the_working_directory_is_named_from_there(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(Path.cwd() / ".venv" / "bin" / "python"))
    assert Extra("x", "tests", ()).command == ".venv/bin/python -m pip install 'myoqc[x]'"


@pytest.mark.usefixtures("absent")
def test_what_is_installed_is_known_with_its_version_where_that_is_told(monkeypatch):
    monkeypatch.setattr("myoqc.extras.version", {"numba": "0.68.1"}.__getitem__)
    assert Extra("x", "tests", ("numba", "torch")).versions == {"numba": "0.68.1"}


def test_a_module_that_no_package_claims_has_no_version():
    assert Extra("x", "tests", ("bisect",)).versions == {"bisect": "of unknown version"}


def test_every_part_is_an_extra_of_the_package():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    assert {extra.name for extra in EXTRAS} <= set(project["optional-dependencies"])


def test_a_module_that_a_package_of_another_name_brings_has_the_version_of_this_package():
    assert Extra("x", "tests", ("dateutil",)).versions == {"dateutil": version("python-dateutil")}
