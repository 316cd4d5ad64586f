"""``myoqc doctor``: what is there, what is missing, and what mends it."""

import sys
from importlib.metadata import version
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from myoqc.cli.app import app
from myoqc.errors import ReadError
from myoqc.extras import EXTRAS
from stand_in_segmenter import StandIn


def printed():
    result = CliRunner().invoke(app, ["doctor"], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def install(monkeypatch):
    """Makes exactly these modules look installed."""

    def only(**versions):
        monkeypatch.setattr("myoqc.extras.find_spec", versions.get)
        monkeypatch.setattr("myoqc.extras.version", lambda module: versions[module])

    return only


def torch_with(names):
    cuda = SimpleNamespace(device_count=lambda: len(names), get_device_name=lambda number: names[number])
    return SimpleNamespace(__version__="2.13.0", cuda=cuda)


def test_every_optional_part_is_named_with_the_command_that_installs_it_here(install):
    install()
    output = printed()
    for extra in EXTRAS:
        assert f"{extra.name} ({extra.purpose}): lacks" in output
        assert f"-m pip install 'myoqc[{extra.name}]'" in output


def test_installed_modules_are_named_with_their_versions_beside_what_lacks(install):
    install(numba="0.68.1", pynetdicom="3.0.4")
    output = printed()
    assert "fast (fits several times faster (compiled code)): numba 0.68.1\n" in output
    assert "pynetdicom 3.0.4; lacks ismrmrd; install with" in output


def test_without_torch_no_graphics_processor_is_looked_for(install):
    install(numba="0.68.1")
    assert "none looked for: nothing installed here would use one" in printed()


@pytest.mark.parametrize(
    ("devices", "words"),
    [
        (["NVIDIA A", "NVIDIA B"], "graphics processor  NVIDIA A, NVIDIA B"),
        ([], "graphics processor  none that torch 2.13.0 can use through CUDA"),
    ],
)
def test_with_torch_the_graphics_processors_are_those_that_torch_sees(install, monkeypatch, devices, words):
    install(torch="2.13.0")
    monkeypatch.setitem(sys.modules, "torch", torch_with(devices))
    assert words in printed()


def test_a_torch_that_can_not_be_imported_is_told(install, monkeypatch):
    install(torch="2.13.0")
    monkeypatch.setitem(sys.modules, "torch", None)
    assert "torch is installed, but can't be imported" in printed()


def row(name, following):
    # A narrow screen breaks the line.
    return " ".join(printed().split(f" {name} ")[1].split(following)[0].split())


def network_weights():
    return row("network weights", "Optional parts")


def test_the_network_that_finds_the_heart_is_named_with_its_digest(monkeypatch):
    monkeypatch.setattr("myoqc.locate.shipped_segmenter", lambda: StandIn([]))
    assert network_weights() == "stand-in 1, digest 555555555555"


def test_weights_that_are_not_those_of_their_card_are_told(monkeypatch):
    def damaged():
        raise ReadError("these weights are not those of their card", remedy="Install myoqc again.")

    monkeypatch.setattr("myoqc.locate.shipped_segmenter", damaged)
    assert network_weights() == "not usable: these weights are not those of their card. Install myoqc again."


def test_what_runs_the_network_is_named_with_its_version():
    assert f"onnxruntime         {version('onnxruntime')}" in printed()


def test_a_damaged_scorer_is_told_and_stops_nothing(monkeypatch):
    def damaged():
        raise ReadError("these weights are not those of their card", remedy="Install myoqc again.")

    monkeypatch.setattr("myoqc.score.default_scorer", damaged)
    shown = "not usable: these weights are not those of their card. Install myoqc again."
    assert row("scorer", "network weights") == shown
