"""Examples on the disk: they come back as they were, whole or not at all."""

from dataclasses import fields
from mmap import mmap

import numpy as np
import pytest

from few_examples import made_examples
from myoqc.errors import OutputError, ReadError
from myoqc.train.kept_examples import keep_examples, kept_examples, some_examples
from myoqc.train.scorer_examples import ScorerExamples

WHAT = {"table": "1"}
NAMES = [field.name for field in fields(ScorerExamples)]


@pytest.fixture(scope="module")
def made():
    return made_examples((5, 7, 5))


@pytest.fixture
def folder(made, tmp_path):
    keep_examples(made, tmp_path / "kept", WHAT)
    return tmp_path / "kept"


def mapped(array):
    """What an array shows in the end."""
    return mapped(array.base) if isinstance(array, np.ndarray) else array


def test_examples_come_back_as_they_were_and_are_not_read_into_memory(made, folder):
    back = kept_examples(folder, WHAT)
    for name in NAMES:
        np.testing.assert_array_equal(getattr(back, name), getattr(made, name))
    assert not np.shares_memory(back.stack, made.stack)
    assert isinstance(mapped(back.stack), mmap)


def test_examples_of_something_else_are_none(folder, tmp_path):
    assert kept_examples(folder, {"table": "2"}) is None
    assert kept_examples(tmp_path / "elsewhere", WHAT) is None


def test_others_take_the_place_of_those_before(made, folder):
    keep_examples(some_examples(made, np.array([2])), folder, {"table": "2"})
    assert kept_examples(folder, WHAT) is None
    assert len(kept_examples(folder, {"table": "2"})) == 1
    assert [path.name for path in folder.parent.iterdir()] == ["kept"]


def test_damaged_examples_are_told_with_their_folder(folder):
    (folder / "stack.npy").write_bytes(b"no array")
    with pytest.raises(ReadError, match="these examples are damaged") as error:
        kept_examples(folder, WHAT)
    assert str(folder) in str(error.value)


def test_a_place_that_can_not_be_written_is_told(made, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="can't be written"):
        keep_examples(made, tmp_path / "file" / "kept", WHAT)


def test_some_examples_are_those_with_these_numbers_in_this_order(made):
    some = some_examples(made, np.array([2, 0]))
    for name in NAMES:
        np.testing.assert_array_equal(getattr(some, name), getattr(made, name)[[2, 0]])
