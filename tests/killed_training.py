"""Trainings that are killed, each in a process of its own; run with the folder in which they leave what they had.

The processes are forked from one that has imported everything and computed nothing, so that each costs little.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from few_examples import TINY, made_examples
from myoqc.train import scorer_training
from myoqc.train.fitting import CHECKPOINTS
from myoqc.train.scorer_module import Schedule
from myoqc.train.scorer_training import ScorerRecipe, train_on

RECIPE = ScorerRecipe(schedule=Schedule("cycle", epochs=3, learning_rate=3e-3), batch=4, seed=1)
"""Two steps an epoch, six in all."""
HELD_SEED = 9
LAST = Path(CHECKPOINTS) / "scorer" / "last.ckpt"


def in_the_middle_of_an_epoch(folder, done):
    if done == 3:
        os.kill(os.getpid(), signal.SIGKILL)


def in_the_middle_of_writing(folder, done):
    """The system ends a process that writes more to a file than it may: here, half of a checkpoint."""
    if done == 3:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        half = (folder / LAST).stat().st_size // 2
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (half, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def before_it_has_its_name(folder, done):
    """Written whole, but not in the place of the one before."""

    def kill(event: str, _: object) -> None:
        if event == "os.rename":
            os.kill(os.getpid(), signal.SIGKILL)

    if done == 3:
        sys.addaudithook(kill)


KILLS: tuple[Callable[[Path, int], None], ...] = (
    in_the_middle_of_an_epoch,
    in_the_middle_of_writing,
    before_it_has_its_name,
)


def train(folder, tell=lambda done, of_all, figures: None, recipe=RECIPE):
    return train_on(made_examples(), made_examples(seed=HELD_SEED), folder, recipe, tell)


def killed(kill, folder):
    """Signal that ended the training."""
    process = os.fork()
    if not process:
        train(folder, lambda done, of_all, figures: kill(folder, done))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


if __name__ == "__main__":
    scorer_training.PRESETS = {"compact": TINY}
    for kill in KILLS:
        print(kill.__name__, killed(kill, Path(sys.argv[1]) / kill.__name__), flush=True)
