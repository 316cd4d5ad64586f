"""Scores of segments as a table that ``myoqc evaluate scores`` and ``myoqc audit`` read."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from myoqc.aha import Segment
from myoqc.records.scored_cases import ScoredCases


def score_table(
    cases: ScoredCases, scorer: str, label: str, truth: str, columns: Mapping[str, Sequence[object]]
) -> str:
    """CSV, a row a segment: what one ``scorer`` says, by the names of two references; ``columns`` (n) are added."""
    kinds = dict(cases.strata) | {name: [str(each) for each in of] for name, of in columns.items()}
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["case", "patient", "segment", "score", "label", "truth", "simulated", *kinds])
    for place, (case, patient) in enumerate(zip(cases.case, cases.patient, strict=True)):
        simulated = "" if cases.simulated is None else int(cases.simulated[place])
        for segment in Segment:
            score = repr(float(cases.scores[scorer][place, segment]))
            said = (int(cases.labels[name][place, segment]) for name in (label, truth))
            table.writerow([case, patient, segment + 1, score, *said, simulated, *(of[place] for of in kinds.values())])
    return text.getvalue()
