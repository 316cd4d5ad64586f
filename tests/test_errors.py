import pickle

import pytest

from myoqc import errors
from myoqc.errors import InputError, MyoqcError, NotScorableError, OutputError, ReadError

TREE = {
    "InputError": MyoqcError,
    "ReadError": InputError,
    "ImageError": InputError,
    "InversionTimeError": InputError,
    "GeometryError": InputError,
    "ContourError": InputError,
    "NotScorableError": InputError,
    "NoVentricleError": NotScorableError,
    "OutputError": MyoqcError,
    "MissingExtraError": MyoqcError,
}


def test_the_tree_is_the_one_that_its_page_draws():
    found = {
        name: each.__base__
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, MyoqcError) and each is not MyoqcError
    }
    assert found == TREE
    assert all(name in (errors.__doc__ or "") for name in TREE)


def test_a_message_is_composed_of_file_problem_expected_found_and_remedy():
    error = ReadError("cut off", file="a.dcm", expected="100 bytes", found=7, remedy="Send it again.")
    assert str(error) == "a.dcm: cut off; expected 100 bytes; found 7. Send it again."


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "wrong."),
        ({"file": "x"}, "x: wrong."),
        ({"expected": 3}, "wrong; expected 3."),
        ({"found": 0}, "wrong; found 0."),
        ({"remedy": "Do it."}, "wrong. Do it."),
    ],
)
def test_parts_that_are_not_known_are_left_out(fields, message):
    assert str(MyoqcError("wrong", **fields)) == message


def test_an_error_comes_whole_out_of_another_process():
    error = OutputError("disk full", file="out/t1.nii.gz", expected="space", found="none", remedy="Make room.")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(copy) is OutputError
    assert str(copy) == str(error)
    assert (copy.file, copy.expected, copy.found, copy.remedy) == ("out/t1.nii.gz", "space", "none", "Make room.")
