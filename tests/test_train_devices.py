"""How many trainings a machine takes, and which graphics processor each has."""

import os

import pytest
import torch

from myoqc.cohort.workers import in_processes
from myoqc.train import devices


@pytest.fixture
def machine(monkeypatch):
    def of(n_gpus, visible=None):
        monkeypatch.setattr(torch.cuda, "device_count", lambda: n_gpus)
        monkeypatch.setattr(os, "cpu_count", lambda: 6)
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        if visible is not None:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)

    return of


def test_there_is_a_training_a_graphics_processor_or_else_a_core(machine):
    machine(3)
    assert (devices.default_workers(), devices.threads_each()) == (3, devices.GPU_THREADS)
    machine(0)
    assert (devices.default_workers(), devices.threads_each()) == (6, 1)


def test_graphics_processors_are_those_that_this_process_may_use(machine):
    machine(2)
    assert devices.gpus() == ("0", "1")
    machine(2, "3, GPU-a1")
    assert devices.gpus() == ("3", "GPU-a1")
    machine(0, "")
    assert devices.gpus() == ()


def test_each_process_sees_one_graphics_processor_by_turns():
    seen = list(in_processes(os.getenv, [("CUDA_VISIBLE_DEVICES",)] * 2, 1, gpus=["7", "8"]))
    assert seen == ["7", "7"]
