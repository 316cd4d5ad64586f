"""Processes that share the work: one thread each, none left behind."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import cycle
from multiprocessing.queues import SimpleQueue
from typing import Any

from myoqc.errors import OutputError

ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMBA", "BLIS", "VECLIB_MAXIMUM", "BLOSC")
}
"""Environment that keeps numerical libraries to one thread: the workers are enough, and sums keep their order."""


def in_processes(
    work: Callable[..., object], tasks: Iterable[tuple[Any, ...]], workers: int, gpus: Sequence[str] = ()
) -> Iterator[Any]:
    """Call ``work(*task)`` for every task in ``workers`` processes, and yield what it gives as each is done.

    Each process sees one of the graphics processors ``gpus``, by turns; all that there are if none is named. The first
    error of a task ends the rest. Raises OutputError where the system stopped a process.
    """
    with environment(ONE_THREAD):
        context = multiprocessing.get_context("spawn")
        turns = context.SimpleQueue()
        for _, gpu in zip(range(workers), cycle(gpus)):
            turns.put(gpu)
        pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(turns if gpus else None,))
        try:
            for done in as_completed([pool.submit(work, *task) for task in tasks]):
                yield done.result()
        except BrokenProcessPool as error:
            raise OutputError(
                "a worker was stopped by the system, which mostly means that memory ran out",
                remedy="Give the same command again, with fewer --workers: it goes on where it was.",
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _begin(turns: "SimpleQueue[str] | None") -> None:
    _end_with_parent()
    if turns is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = turns.get()


def _end_with_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it does: a worker whose parent was killed would wait for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: Any) -> None:
    parent.join()
    os._exit(1)


@contextmanager
def environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Within it, variables are set for the processes that are started meanwhile."""
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
