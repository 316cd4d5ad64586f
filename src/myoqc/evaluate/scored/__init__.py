"""Everything that is asked of a table of scores and labels, as one list of figures."""

from myoqc.evaluate.scored.curves import Curves, curves
from myoqc.evaluate.scored.figure import ALWAYS_CLEAN, EVERYTHING, TOO_FEW, Figure
from myoqc.evaluate.scored.questions import Question, answer, draw_maps, questions, with_holm
from myoqc.evaluate.scored.sample import IMAGES, SEGMENTS, WITHIN

__all__ = [
    "ALWAYS_CLEAN",
    "EVERYTHING",
    "IMAGES",
    "SEGMENTS",
    "TOO_FEW",
    "WITHIN",
    "Curves",
    "Figure",
    "Question",
    "answer",
    "curves",
    "draw_maps",
    "questions",
    "with_holm",
]
