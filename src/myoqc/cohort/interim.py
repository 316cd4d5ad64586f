"""The simulator's two steps as one."""

from collections.abc import Sequence

from myoqc.records import LabelledImage
from myoqc.simulate import Simulation, draw_case, simulate
from myoqc.simulate.plan import CasePlan


def simulate_plan(plan: CasePlan, images: Sequence[LabelledImage] = ()) -> Simulation:
    """Draw what ``plan`` asks for, and simulate it; ``images`` are those of the subject whose real anatomy it names."""
    return simulate(draw_case(plan, images))
