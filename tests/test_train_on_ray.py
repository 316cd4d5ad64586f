"""Work on a Ray cluster that is started here with two workers, and refused where there is none."""

import os
import socket
from importlib.util import find_spec
from pathlib import Path

import pytest

from myoqc.errors import InputError, MissingExtraError, OutputError, ReadError
from myoqc.train.on_ray import LOCAL, on_ray

with_ray = pytest.mark.skipif(find_spec("ray") is None, reason="Ray, an optional part, is not installed")


def doubled(number):
    if number < 0:
        raise ReadError("below 0", file="numbers.txt", found=number)
    return 2 * number, os.environ.get("OMP_NUM_THREADS")


@pytest.fixture
def no_cluster():
    """An address at which no one listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{bound.getsockname()[1]}"


@with_ray
def test_two_workers_share_the_tasks_and_an_error_of_one_is_told_as_it_is_and_ends_the_cluster(monkeypatch):
    import ray

    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))  # where workers find the function

    found = on_ray(doubled, [(0,), (1,), (2,), (-1,)], 2, LOCAL)
    done = [next(found), next(found)]
    assert ray.cluster_resources()["CPU"] == 2
    with pytest.raises(ReadError, match=r"numbers\.txt: below 0; found -1"):
        done.extend(found)
    # The last task begins when two are done, and may be done before the third.
    assert len(set(done)) == len(done)
    assert set(done) <= {(0, "1"), (2, "1"), (4, "1")}
    assert not ray.is_initialized()


@with_ray
def test_a_cluster_that_is_not_there_is_told_at_once_with_the_command_that_starts_one(no_cluster):
    for address in (no_cluster, f"ray://{no_cluster}", "nowhere", "ray://127.0.0.1:door"):
        with pytest.raises(InputError, match=r"no Ray cluster at .*ray start --head"):
            next(on_ray(doubled, [(1,)], 1, address))


@with_ray
def test_a_lost_worker_is_told_and_that_the_same_command_goes_on(monkeypatch):
    import ray
    from ray.exceptions import WorkerCrashedError

    def lost(_):
        raise WorkerCrashedError

    left = []
    monkeypatch.setattr(ray, "init", lambda **_: None)
    monkeypatch.setattr(ray, "shutdown", lambda: left.append(True))
    monkeypatch.setattr(ray, "cluster_resources", dict)
    monkeypatch.setattr(ray, "remote", lambda **_: lambda work: type("Remote", (), {"remote": staticmethod(work)}))
    monkeypatch.setattr(ray, "wait", lambda running: (running[:1], running[1:]))
    monkeypatch.setattr(ray, "get", lost)
    with pytest.raises(OutputError, match=r"worker of the cluster was lost.*Give the same command again"):
        next(on_ray(doubled, [(1,)], 1, LOCAL))
    assert left == [True]


def test_without_ray_the_command_that_installs_it_is_told(monkeypatch):
    monkeypatch.setattr("myoqc.extras.find_spec", lambda module: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'myoqc\[ray\]'"):
        next(on_ray(doubled, [(1,)], 1, LOCAL))
