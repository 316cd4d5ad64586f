"""Work spread over the machines of a Ray cluster, in place of the processes of one.

The machines need the same versions of this package, and a folder that all of them see under the same path: what is
sent is the names of files. Ray gives each task a graphics processor of its own where the cluster has any.
"""

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from myoqc.cohort.workers import ONE_THREAD, environment
from myoqc.errors import InputError, OutputError
from myoqc.extras import require

LOCAL = "local"
"""Address of a cluster that is started on this machine for as long as the work takes."""
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
"""Nothing is told to Ray's makers, and a task without a graphics processor is not told that it has none."""
ANSWER_S = 10.0
CLIENT_PORT = 10001


def on_ray(
    work: Callable[..., object], tasks: Iterable[tuple[Any, ...]], workers: int | None, address: str
) -> Iterator[Any]:
    """Call ``work(*task)`` for every task on the cluster at ``address``, and yield what it gives as each is done.

    At most ``workers`` at a time, as many as there is room for if not given; ``LOCAL`` starts a cluster of so many
    cores. The first error of a task ends the rest, and no process of this cluster stays. Raises MissingExtraError
    without Ray, InputError where there is no cluster, OutputError where one of its workers was lost.
    """
    require("ray")
    import ray
    from ray.exceptions import RayError, RayTaskError

    with _cluster(address, workers):
        share = {"num_gpus": 1} if _has_gpus() else {"num_cpus": 1}
        remote = ray.remote(max_retries=0, **share)(work)
        waiting = iter(tasks)
        running = [remote.remote(*task) for task in islice(waiting, workers)]
        try:
            while running:
                (done, *_), running = ray.wait(running)
                yield ray.get(done)
                running += [remote.remote(*task) for task in islice(waiting, 1)]
        except RayTaskError as error:
            raise error.cause from None
        except RayError as error:
            raise OutputError(
                "a worker of the cluster was lost, which mostly means that its memory ran out or its machine went down",
                remedy="Give the same command again: what is done is kept.",
            ) from error


@contextmanager
def _cluster(address: str, workers: int | None) -> Iterator[None]:
    """Join the cluster, or start one, and leave it in any case: a started one ends, with all that it runs."""
    import ray

    started = {"num_cpus": workers, "include_dashboard": False} if address == LOCAL else {}
    try:
        with environment(ONE_THREAD | QUIET):
            _answers(address)
            ray.init(address=address, log_to_driver=False, configure_logging=False, **started)
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(
            f"there is no Ray cluster at {address!r}",
            expected="auto, local, HOST:PORT or ray://HOST:PORT",
            found=str(error).partition("\n")[0],
            remedy="Start one with: ray start --head",
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _answers(address: str) -> None:
    """Raise OSError at once where no one listens: Ray itself would try for minutes, and then end the process."""
    host, colon, port = address.removeprefix("ray://").partition(":")
    if colon or address.startswith("ray://"):
        socket.create_connection((host, int(port or CLIENT_PORT)), ANSWER_S).close()


def _has_gpus() -> bool:
    import ray

    return bool(ray.cluster_resources().get("GPU", 0))
