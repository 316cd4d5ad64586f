"""What every scorer offers, be it a rule or a network."""

from typing import Protocol, runtime_checkable

from myoqc.records import Crop, Scores


@runtime_checkable
class Scorer(Protocol):
    """Turns the crop of one slice into a probability of motion for each segment."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def digest(self) -> str:
        """SHA-256 of everything that decides its answers."""

    @property
    def turned(self) -> bool:
        """Whether crops are to be turned until the septum lies on their left."""

    def score(self, crop: Crop) -> Scores:
        """Probabilities (6), NaN where a segment can't be scored, and what is known of how well the scorer does.

        Raises NotScorableError for a kind of slice that the scorer was not made for, above all another scheme
        (``crop.schedule``) or fit (``crop.method``): the slice is then reported without a score, with the error's
        message as the reason. Raises another InputError for a crop that can't be used at all.
        """
