"""The R² rule as the stability experiment trains it: the only scorer that needs no more than R²."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from myoqc.train.r2_rule_training import BoolArray, Statistics, TrainedRule, train_rule
from myoqc.train.stability import Numbers, Score, Scored, Train
from myoqc.train.stability_measuring import Outlines


def r2_rule_trainer(schedule: NDArray[np.str_], statistics: Mapping[Outlines, Statistics]) -> Train:
    """Trains the rule for each scheme by itself, as R² is distributed differently with every one.

    ``schedule`` (n) names that of each slice. A scheme that shows no segment of both kinds in training is not scored.
    """

    def train(outlines: Outlines, numbers: Numbers, motion: BoolArray) -> Score:
        rules = {}
        for name in np.unique(schedule[numbers]):
            of_it = schedule[numbers] == name
            seen = _some(statistics[outlines], numbers[of_it])
            if _both_kinds(seen, motion[of_it]):
                rules[name] = train_rule(seen, motion[of_it])
        return lambda tested, asked: _answers(rules, schedule[asked], _some(statistics[tested], asked))

    return train


def _some(statistics: Statistics, numbers: Numbers) -> Statistics:
    return {name: values[numbers] for name, values in statistics.items()}


def _both_kinds(statistics: Statistics, motion: BoolArray) -> bool:
    scored = np.logical_or.reduce([np.isfinite(values) for values in statistics.values()])
    return bool((scored & motion).any() and (scored & ~motion).any())


def _answers(rules: Mapping[str, TrainedRule], schedule: NDArray[np.str_], statistics: Statistics) -> Scored:
    shape = next(iter(statistics.values())).shape
    probability, threshold = np.full(shape, np.nan), np.full(len(schedule), np.nan)
    for name, rule in rules.items():
        of_it = np.flatnonzero(schedule == name)
        probability[of_it] = rule.probability(_some(statistics, of_it))
        threshold[of_it] = rule.threshold
    return Scored(probability, threshold)
