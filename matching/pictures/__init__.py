"""Pictures as accessible SVG: presentation attributes and classes only, no script, no style, no ids.

A picture without links is one image whose name says all that is in it; one with links is a group, because
nobody would hear of a link inside of an image. Without ids any number of them may stand on one page.
"""

from matching.pictures.coverage import coverage_svg
from matching.pictures.neighbourhood import Link, neighbourhood_svg
from matching.pictures.path import path_svg

__all__ = ["Link", "coverage_svg", "neighbourhood_svg", "path_svg"]
