"""The parts of a reproduction's story that are of people: three readers, who is right, and what rereading does."""

from myoqc.evaluate.scored import EVERYTHING
from myoqc.evaluate.selection_effect import DISPUTED
from myoqc.evaluate.who_is_right import MOVING, STILL
from myoqc.report.readers_tables import figure_8, figure_8_by_design, right, right_by_stratum, selection
from myoqc.report.reproduced_pictures import three_readers_picture
from myoqc.report.story import Part
from myoqc.train.reproduction import Scored
from myoqc.train.reproduction_figures import Reproduced
from myoqc.train.reproduction_parts import drawing, file_name


def told_three_readers(scored: Scored, found: Reproduced) -> Part:
    """The paper's Figure 8, and the fair design."""
    disputed = found.three[DISPUTED]
    caption = "Who agrees with whom in disputed maps; marks: the paper."
    return Part(
        "three-readers",
        "Operator, machine and a second reader (Fig. 8)",
        (
            f"The machine is '{scored.first}'. {disputed.n_disputed} of {disputed.n_maps} maps are disputed: operator "
            "and machine differ in a segment or more. The paper had these, and no others, read again. A fifth of the "
            "agreed maps, mixed in blind and weighted for all of them, speaks for the whole.",
        ),
        {
            "figure-8": figure_8(disputed, scored.first),
            "figure-8-by-design": figure_8_by_design(found.three, scored.first),
        },
        (drawing(three_readers_picture(disputed, scored.first), caption),),
    )


def told_rightness(scored: Scored, found: Reproduced) -> Part:
    """Every scorer against the truth, beside the operator."""
    first = found.rightness[scored.first]
    tables = {"right": right(first, EVERYTHING, scored.first)}
    tables |= {f"right-{file_name(name)}": right(first, name, scored.first) for name in (MOVING, STILL)}
    tables["right-by-kind"] = right_by_stratum(first, scored.first)
    others = [name for name in found.rightness if name != scored.first]
    tables |= {f"right-{file_name(name)}": right(found.rightness[name], EVERYTHING, name) for name in others}
    return Part(
        "who-is-right",
        "Who is right?",
        (
            "The paper says that the machine exceeds the operator whose labels it learnt from. Here the truth is "
            "known: both are held against it, on the same maps. It is the truth of a simulation, and the operator is "
            "simulated too: his errors were put in as the paper's figures suggest them.",
        ),
        tables,
    )


def told_selection(scored: Scored, found: Reproduced) -> Part:
    """What the paper's design distorts, and what it does not."""
    return Part(
        "selection",
        "What rereading only disagreements does",
        (
            "By how much the machine agrees more with a reference than the operator does is, over all maps, the "
            "difference in disputed maps times their share: rereading only these keeps its sign and inflates its size. "
            "What is lost is how good each of the two is, and every error that both make alike.",
        ),
        {f"selection-{file_name(name)}": selection(of, name, scored.first) for name, of in found.selection.items()},
    )
