"""Operator, machine and second reader as tables: Figure 8 beside the paper's, its choice of maps, and who is right.

``machine`` is the name of the scorer whose calls are the machine's.
"""

from collections.abc import Iterator, Mapping, Sequence

from myoqc.evaluate import PairAgreement, Rightness, SelectionEffect, ThreeReaders
from myoqc.evaluate.scored.figure import EVERYTHING, TOO_FEW
from myoqc.evaluate.scored.measures import AGREEMENT
from myoqc.evaluate.who_is_right import KAPPA, Compared
from myoqc.report.figures_in_words import (
    NONE,
    number_interval,
    p_value,
    percent,
    percent_interval,
    points_interval,
)
from myoqc.report.paper_numbers import IDENTICAL, PAIRS, PaperPair
from myoqc.report.reproduced_tables import SEGMENT_NAMES
from myoqc.report.sheet import Sheet

Column = dict[str, str]
"""Row → cell."""


def figure_8(found: ThreeReaders, machine: str) -> Sheet:
    """Agreement of two by two over the disputed maps, each beside the paper's."""
    columns: dict[str, Column] = {}
    for pair, of in found.pairs.items():
        name = " and ".join(pair)
        columns[f"paper: {name}"] = _of_paper(PAIRS[pair])
        columns[name] = _of_pair(of)
    first, second = list(columns)[:2]
    columns[first]["all six alike, all maps"] = percent(IDENTICAL)
    columns[second]["all six alike, all maps"] = percent_interval(found.identical)
    maps = f"{found.n_disputed} of {found.n_maps} maps on which operator and machine differ"
    return _sheet(f"SIMULATED, against one another: the {maps}, machine '{machine}' (Fig. 8)", columns)


def figure_8_by_design(designs: Mapping[str, ThreeReaders], machine: str) -> Sheet:
    """The same agreements by which maps the second reader was given: design → what was found."""
    columns = {
        f"{' and '.join(pair)}: {design}": _of_pair(of) | {"maps reread": f"{found.n_read}"}
        for pair in PAIRS
        for design, found in designs.items()
        for of in [found.pairs[pair]]
    }
    return _sheet(f"SIMULATED, against one another: which maps are reread, machine '{machine}'", columns)


def selection(effects: Sequence[SelectionEffect], reference: str, machine: str) -> Sheet:
    """Who agrees more with the ``reference`` ('second reader' or 'truth'), by which maps are looked at."""
    rows = []
    for effect in effects:
        for of in effect.designs:
            shares = (percent_interval(each) for each in (of.machine, of.operator))
            rest = points_interval(of.difference), percent_interval(of.both_wrong)
            rows.append((f"{effect.unit}: {of.design}", f"{of.n_read}", *shares, *rest))
        unseen = percent_interval(effect.unseen)
        rows.append((f"{effect.unit}: errors of both that no dispute shows", NONE, NONE, NONE, NONE, unseen))
    head = ("", "maps", "machine agrees", "operator agrees", "machine − operator, points", "neither agrees")
    title = f"SIMULATED, against the {reference}: what it does to reread disputes alone, machine '{machine}'"
    return Sheet(title, head, tuple(rows))


def right(found: Sequence[Rightness], stratum: str, machine: str) -> Sheet:
    """Machine against truth beside operator against truth, over the maps of a ``stratum``, by segments and images."""
    rows = [row for of in found if of.stratum == stratum for row in _measures(of)]
    kind = "" if stratum == EVERYTHING else f", {stratum}"
    title = f"SIMULATED, against the truth: who is right{kind}, machine '{machine}'"
    return Sheet(title, ("", "machine", "operator", "machine − operator, points or κ"), tuple(rows))


def right_by_stratum(found: Sequence[Rightness], machine: str) -> Sheet:
    """Agreement of both with the truth, and who has disputes right, for every kind of map."""
    head = ("", "maps", "unit", "machine", "operator", "machine − operator, points", "disputes the machine has right")
    title = f"SIMULATED, against the truth: who is right in which maps, machine '{machine}'"
    return Sheet(title, head, tuple(_of_stratum(of) for of in found))


def _of_pair(found: PairAgreement) -> Column:
    column = {name: percent_interval(each) for name, each in zip(SEGMENT_NAMES, found.segment, strict=True)}
    column["all segments"] = percent_interval(found.segments)
    column["case (any segment)"] = percent_interval(found.case)
    return column | {"case (all six alike)": percent_interval(found.all_six)}


def _of_paper(found: PaperPair) -> Column:
    column = {name: percent(share) for name, share in zip(SEGMENT_NAMES, found.segment, strict=True)}
    return column | {"case (any segment)": percent(found.case)}


def _sheet(title: str, columns: Mapping[str, Column]) -> Sheet:
    rows = dict.fromkeys(row for column in (*list(columns.values())[1:], *columns.values()) for row in column)
    cells = tuple((row, *(column.get(row, NONE) for column in columns.values())) for row in rows)
    return Sheet(title, ("", *columns), cells)


def _measures(of: Rightness) -> Iterator[tuple[str, ...]]:
    for name, compared in of.measures.items():
        yield f"{of.unit}: {name}", *_compared(name, compared)
    if of.disputed is not None and of.test is not None:
        told = f"{percent_interval(of.disputed)} of {of.n_disputed}"
        yield f"{of.unit}: disputes that it has right", told, NONE, p_value(of.test.p_value)


def _compared(name: str, found: Compared) -> tuple[str, str, str]:
    if name == KAPPA:
        difference = number_interval(found.difference, signed=True)
        return number_interval(found.machine), number_interval(found.operator), difference
    return percent_interval(found.machine), percent_interval(found.operator), points_interval(found.difference)


def _of_stratum(of: Rightness) -> tuple[str, ...]:
    known = of.stratum, f"{of.n_maps}", of.unit
    if of.disputed is None:
        return *known, TOO_FEW, NONE, NONE, NONE
    return *known, *_compared(AGREEMENT, of.measures[AGREEMENT]), f"{percent_interval(of.disputed)} of {of.n_disputed}"
