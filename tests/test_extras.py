import tomllib
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


def test_every_part_is_an_extra_of_the_package():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    assert {extra.name for extra in EXTRAS} <= set(project["optional-dependencies"])
