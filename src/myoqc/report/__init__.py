"""An Assessment made visible: JSON and NIfTI for machines, one self-contained page for people."""

from myoqc.report.document import schema, to_json
from myoqc.report.slice_files import write_json, write_maps, write_slice
from myoqc.report.study import write_study_report
from myoqc.report.words import headline, summary_lines

__all__ = [
    "headline",
    "schema",
    "summary_lines",
    "to_json",
    "write_json",
    "write_maps",
    "write_slice",
    "write_study_report",
]
