"""Keeps libraries from telling what no user can mend."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

LOGGERS = ("lightning.pytorch", "torch.onnx")


@contextmanager
def quiet() -> Iterator[None]:
    """Within it, Lightning and torch's exporter keep to themselves what only their developers can act on."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="lightning")
        warnings.filterwarnings("ignore", message=".*(dataloader|num_workers|LeafSpec|isinstance|axis name).*")
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
