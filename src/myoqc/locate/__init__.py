"""Finds the left ventricle in a slice and shows a scorer no more than that."""

from myoqc.locate.crop import crop, put_back

__all__ = ["crop", "put_back"]
