"""NIfTI images with BIDS names and sidecars: ``sub-01_acq-mid_inv-1_IRT1.nii.gz`` and its ``.json`` [BIDS]."""

from myoqc.acquire.bids.names import find_bids, group_bids
from myoqc.acquire.bids.read import check_bids, read_bids
from myoqc.acquire.bids.write import write_bids

__all__ = ["check_bids", "find_bids", "group_bids", "read_bids", "write_bids"]
