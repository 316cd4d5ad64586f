"""Labels with known errors, and a model that knows something of the truth."""

import numpy as np

from myoqc.evaluate.audit import AuditedLabels
from myoqc.simulate.readers import OPERATOR, SECOND_READER, draw_order, draw_scores


def labels_of(label, truth, score=None, second=None, patients=None):
    """Everything that is not given is as true."""
    truth = np.array(truth, dtype=bool)
    n = len(truth)
    return AuditedLabels(
        case=tuple(f"C{number}" for number in range(n)),
        patient=tuple(patients or (f"P{number}" for number in range(n))),
        label=np.array(label, dtype=bool),
        score=np.where(truth, 0.9, 0.1) if score is None else score,
        second=truth if second is None else second,
        truth=truth,
    )


def read_by_people(n_maps=600, seed=0):
    """Maps, two a patient, one in five moving, as simulated readers mark them and a made-up model scores them."""
    rng = np.random.default_rng(seed)
    moves = (rng.random((n_maps, 1)) < 0.2) & (rng.random((n_maps, 6)) < 0.6)
    shares = np.where(moves, rng.uniform(0.1, 0.5, moves.shape), rng.uniform(0.0, 0.09, moves.shape))
    still = np.zeros(n_maps, dtype=bool)
    operator, second = (
        draw_scores(
            rng,
            reader,
            contamination=shares,
            artefact=still,
            distractor=still,
            order=draw_order(rng, reader, n_maps),
        )
        for reader in (OPERATOR, SECOND_READER)
    )
    score = 0.8 / (1.0 + np.exp(2.0 - 20.0 * (shares - 0.1) - 0.7 * rng.normal(size=shares.shape)))
    return labels_of(operator, shares >= 0.1, score, second, [f"P{number // 2}" for number in range(n_maps)])
