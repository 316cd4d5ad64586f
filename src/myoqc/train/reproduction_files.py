"""A reproduction as files: the page, its tables and pictures, everything as JSON, and tables of scores."""

import json
from dataclasses import asdict
from pathlib import Path

from myoqc import __version__
from myoqc.cohort.drawn import plain
from myoqc.report.score_table import score_table
from myoqc.report.scored_files import document, table
from myoqc.report.story import story_files
from myoqc.report.writing import write_together
from myoqc.train.crossval_cases import OPERATOR, TRUTH
from myoqc.train.reproduction import Scored
from myoqc.train.reproduction_figures import Measured, Reproduced
from myoqc.train.reproduction_story import TITLE, lead, parts

RESULTS = "results.json"


def write_reproduction(out: Path, scored: Scored, found: Reproduced) -> None:
    """Write ``index.html``, ``results.json``, ``tables/``, ``figures/`` and ``scores/*.csv`` into ``out``.

    The tables of scores are as ``myoqc evaluate scores`` and ``myoqc audit`` take them. Raises OutputError.
    """
    contents = story_files(out, TITLE, lead(scored, found), parts(scored, found))
    contents[out / RESULTS] = _results(scored, found).encode()
    for name, measured in _measured(found).items():
        choices = {"resamples": scored.wanted.resamples, "seed": scored.wanted.seed}
        contents[out / f"{name}.json"] = document(measured.cases, measured.figures, measured.curves, choices).encode()
        contents[out / f"{name}.tsv"] = table(measured.figures).encode()
    fold = next(iter(scored.networks.values())).fold.tolist()
    for scorer in found.clean.cases.scores:
        written = score_table(found.clean.cases, scorer, OPERATOR, TRUTH, {"fold": fold})
        contents[out / f"scores-{'-'.join(scorer.replace('²', '2').split())}.csv"] = written.encode()
    write_together(contents)


def _measured(found: Reproduced) -> dict[str, Measured]:
    every = {"clean": found.clean, "other-artefacts": found.disturbed, "outlines": found.outlines}
    return {name: each for name, each in every.items() if each is not None}


def _results(scored: Scored, found: Reproduced) -> str:
    """All but the figures of scores, which have files of their own."""
    content = {
        "format": "myoqc-reproduction",
        "version": 1,
        "simulated": True,
        "made_by": f"myoqc {__version__}",
        "wanted": asdict(scored.wanted),
        "recipe": scored.wanted.recipe.as_json(),
        "cohort": {"made_of": scored.material.cohort.about["made_of"], "sha256": dict(scored.material.made_of)},
        "minutes": dict(scored.minutes),
        "lead": lead(scored, found),
        "folds": plain(found.folds),
        "networks": plain(found.networks),
        "three_readers": {
            design: plain(each) | {"pairs": {" and ".join(pair): plain(of) for pair, of in each.pairs.items()}}
            for design, each in found.three.items()
        },
        "selection": plain(found.selection),
        "who_is_right": plain(found.rightness),
        "attention": plain(found.attention),
        "seeds": plain(found.seeds),
        "not_found_by_automatic_outlines": len(scored.not_found),
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
