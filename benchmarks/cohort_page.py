"""The page of figures about one cohort, as Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEAD = """# Figures of one simulated cohort

**Simulated**, all of it: preset `{preset}`, {n_cases:,} cases, seed {seed}, myoqc {myoqc}. Made and printed by

```
myoqc simulate cohort COHORT --preset {preset} --seed {seed}
python benchmarks/cohort.py COHORT --page docs/cohort-figures.md
```

What the labels mean stands in [labels.md](labels.md), how a cohort is made in [cohort.md](cohort.md). Intervals are of
95 %, from drawing whole subjects with replacement.
"""


@dataclass(frozen=True)
class Section:
    """One table."""

    title: str
    words: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def page(about: Mapping[str, Any], sections: Sequence[Section]) -> str:
    head = HEAD.format(n_cases=about["n_cases"], **about["made_of"])
    return head + "".join(f"\n## {each.title}\n\n{each.words}\n\n{_table(each)}" for each in sections)


def _table(section: Section) -> str:
    rule = "| --- |" + " ---: |" * (len(section.head) - 1)
    rows = ([cell.replace("|", "\\|") for cell in cells] for cells in (section.head, *section.rows))
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"
