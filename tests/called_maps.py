"""Maps with known truth, and raters who err on them: two maps a patient, and patients who are hard or easy."""

import numpy as np

from myoqc.evaluate import draw_resamples

N_MAPS = 240


def moved(rng, n_maps=N_MAPS, share=0.3):
    """(n 6) some maps move, in about half of their segments."""
    return (rng.random((n_maps, 6)) < 0.5) & (rng.random((n_maps, 1)) < share)


def read(rng, truth, misses=0.2, alarms=0.05):
    """(n 6) what a rater calls who overlooks some segments and sees others move that don't."""
    by_chance = rng.random(truth.shape)
    return np.where(truth, by_chance >= misses, by_chance < alarms)


def raters(seed=5):
    """Truth, operator, machine and second reader (n 6)."""
    rng = np.random.default_rng(seed)
    truth = moved(rng)
    return truth, read(rng, truth, 0.3, 0.04), read(rng, truth, 0.15, 0.02), read(rng, truth, 0.1, 0.02)


def patients(n_maps=N_MAPS, n_resamples=200):
    """Resamples of patients with two maps each."""
    return draw_resamples(np.random.default_rng(8), np.arange(n_maps) // 2, n_resamples)
