"""The page of figures about one cohort, as Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from myoqc.report.sheet_files import markdown_table

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
    tables = ((each, markdown_table(each.head, each.rows)) for each in sections)
    return head + "".join(f"\n## {each.title}\n\n{each.words}\n\n{table}\n" for each, table in tables)
