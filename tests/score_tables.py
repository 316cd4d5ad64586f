"""Tables of scores and labels, as text and as files."""

import numpy as np

COLUMNS = ("case", "patient", "segment", "score", "label")


def rows_of(score, label, patients=None, **columns):
    """A dict for each segment of ``score`` and ``label`` (n 6); other columns (n) or (n 6)."""
    patients = patients or [f"P{n}" for n in range(len(score))]
    more = {
        name: np.broadcast_to(np.array(values).reshape(len(score), -1), (len(score), 6))
        for name, values in columns.items()
    }
    return [
        {"case": f"C{n}", "patient": patients[n], "segment": segment + 1, "score": score[n][segment]}
        | {"label": int(label[n][segment])}
        | {name: values[n, segment] for name, values in more.items()}
        for n in range(len(score))
        for segment in range(6)
    ]


def text_of(rows, separator=","):
    """The table as text."""
    lines = [separator.join(rows[0])] + [separator.join(str(value) for value in row.values()) for row in rows]
    return "\n".join(lines) + "\n"


def written(path, rows):
    """The file with these rows."""
    path.write_text(text_of(rows, "\t" if path.suffix == ".tsv" else ","), encoding="utf-8")
    return path


def two_slices():
    """Rows of two slices, P0's with motion in the first segment, P1's in the last two."""
    label = np.zeros((2, 6), dtype=bool)
    label[0, 0] = label[1, 4:] = True
    return rows_of(np.arange(12).reshape(2, 6) / 16, label)


def many_slices(n_slices=40, seed=0, **columns):
    """Rows of slices, two a patient, whose scores know something of the label; four in ten have motion."""
    rng = np.random.default_rng(seed)
    label = (np.arange(n_slices) % 5 < 2)[:, None] & (rng.random((n_slices, 6)) < 0.5)
    score = 1.0 / (1.0 + np.exp(2.0 - 3.0 * label - rng.normal(size=label.shape)))
    return rows_of(score.round(3), label, [f"P{n // 2}" for n in range(n_slices)], **columns)
