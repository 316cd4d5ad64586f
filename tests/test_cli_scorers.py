"""Which scorer ``myoqc check`` uses: the network that comes with it, the plain rule, or one from a folder."""

import json

import pytest
from typer.testing import CliRunner

from myoqc.cli import main
from myoqc.cli.app import app
from myoqc.cli.exit_codes import ExitCode
from myoqc.cli.studies import scorer_called
from myoqc.errors import InputError
from myoqc.extras import EXTRAS
from myoqc.report.attention import TITLES
from myoqc.score import default_scorer, plain_rule

HAS_TORCH = not next(extra for extra in EXTRAS if extra.name == "train").missing


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A basal and a mid slice that moved, with contours."""
    folder = tmp_path_factory.mktemp("simulated") / "study"
    result = CliRunner().invoke(app, ["simulate", "study", str(folder), "--motion", "release", "--seed", "2"])
    assert result.exit_code == ExitCode.SUCCESS, result.output
    return folder


def checked(study, out, *options):
    """The models of the slices, and the page."""
    arguments = ["check", str(study / "dicom"), "--contours", str(study / "contours.json"), "--out", str(out), *options]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == ExitCode.SUCCESS, result.output
    slices = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(out.rglob("assessment.json"))]
    (page,) = out.rglob("report.html")
    return [each["model"] for each in slices], page.read_text(encoding="utf-8")


def test_the_usual_scorer_is_the_network_and_shows_where_it_looked(study, tmp_path):
    models, page = checked(study, tmp_path / "out")
    assert [model["name"] for model in models] == [default_scorer().name] * 2
    assert [model["digest"] for model in models] == [default_scorer().digest] * 2
    assert page.count(f"<figcaption>{TITLES['grad-cam']}") == 2


def test_the_plain_rule_goes_by_its_name_and_has_nothing_to_show(study, tmp_path):
    models, page = checked(study, tmp_path / "out", "--scorer", "r2-rule")
    assert [model["name"] for model in models] == [plain_rule().name] * 2
    assert not any(title in page for title in TITLES.values())


@pytest.mark.skipif(not HAS_TORCH, reason="needs torch")
def test_saliency_takes_the_place_of_grad_cam_and_changes_no_score(study, tmp_path):
    models, page = checked(study, tmp_path / "out", "--saliency")
    assert [model["digest"] for model in models] == [default_scorer().digest] * 2
    assert page.count(f"<figcaption>{TITLES['saliency']}") == 2
    assert TITLES["grad-cam"] not in page


def test_the_rule_has_no_saliency():
    with pytest.raises(InputError, match=r"the R² rule is no network, so it has no saliency.*Leave out one of the two"):
        scorer_called("r2-rule", saliency=True)


@pytest.mark.parametrize("more", [[], ["--saliency"]])
def test_a_folder_without_a_model_is_refused_by_name_before_anything_is_made(
    study, tmp_path, monkeypatch, capsys, more
):
    (tmp_path / "empty").mkdir()
    arguments = ["check", study / "dicom", "--scorer", tmp_path / "empty", "--out", tmp_path / "out", *more]
    monkeypatch.setattr("sys.argv", ["myoqc", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == ExitCode.NOTHING_USABLE
    said = capsys.readouterr().err
    assert "no scorer here" in said
    assert "scorer.json" in said
    assert not (tmp_path / "out").exists()
