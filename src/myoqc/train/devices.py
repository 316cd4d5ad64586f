"""What this machine trains on: its graphics processors, one to a training, or else its cores."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

GPU_THREADS = 4
"""Of a training on a graphics processor: batches are made on cores, and one would keep it waiting."""


def gpus() -> tuple[str, ...]:
    """Names, as ``CUDA_VISIBLE_DEVICES`` takes them, of the graphics processors that this process may use."""
    n_gpus = torch.cuda.device_count()
    told = os.environ.get("CUDA_VISIBLE_DEVICES")
    names = told.split(",") if told else [str(number) for number in range(n_gpus)]
    return tuple(name.strip() for name in names[:n_gpus])


def default_workers() -> int:
    """Trainings side by side: one a graphics processor, or one a core where there is none."""
    return len(gpus()) or os.cpu_count() or 1


def threads_each() -> int:
    """Of a training here: one on cores, as threads decide the order of sums and the trainings fill the cores."""
    return GPU_THREADS if torch.cuda.device_count() else 1


@contextmanager
def on_threads(number: int) -> Iterator[None]:
    """Let torch use so many threads meanwhile, and as many as before afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
