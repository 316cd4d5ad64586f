"""One self-contained page per study: the answer on top, then what it rests on."""

from collections.abc import Sequence
from pathlib import Path

from myoqc import __version__
from myoqc.records import Assessment
from myoqc.report.facts import is_simulated
from myoqc.report.hearts import bullseyes
from myoqc.report.page import page_environment, page_style
from myoqc.report.views import slice_view
from myoqc.report.words import DISCLAIMER, slice_names, study_headline, study_verdict
from myoqc.report.writing import write_together


def write_study_report(
    assessments: Sequence[Assessment],
    path: Path,
    *,
    title: str,
    unusable: Sequence[tuple[str, str]] = (),
    not_scored_hint: str | None = None,
) -> Path:
    """Write ``report.html`` of one study to ``path``: one file that needs no network, no other file and no script.

    ``unusable`` lists (file, reason) at the end; ``not_scored_hint`` replaces the advice on how to give contours.
    Raises OutputError where it can't be written.
    """
    page = page_environment().get_template("study.html.j2")
    names = slice_names(assessments)
    slices = [
        slice_view(position, name, assessment, not_scored_hint)
        for position, (name, assessment) in enumerate(zip(names, assessments, strict=True), start=1)
    ]
    html = page.render(
        title=title,
        css=page_style(),
        headline=study_headline(assessments),
        verdict=study_verdict(assessments),
        identity=_identity(assessments),
        simulated=is_simulated(assessments),
        slices=slices,
        bullseyes=bullseyes(assessments, names),
        unusable=unusable,
        disclaimer=DISCLAIMER,
        version=__version__,
    )
    write_together({path: html.encode("utf-8", errors="backslashreplace")})
    return path


def _identity(assessments: Sequence[Assessment]) -> list[tuple[str, str]]:
    keys = [assessment.acquisition.key for assessment in assessments]
    sources = [assessment.acquisition.source for assessment in assessments]
    found = {
        "Patient": (key.patient for key in keys),
        "Study": (source.study_label or key.study for source, key in zip(sources, keys, strict=True)),
    }
    return [(term, ", ".join(dict.fromkeys(values))) for term, values in found.items()]
