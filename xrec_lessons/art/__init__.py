"""Film art: a picture of each film, cut out of paper, where there is no poster.

Which picture a film gets is chosen here, once, as a small integer; it is drawn from the same motifs
in Python (`svg`) and in the browser (`static/art.js`). Nothing comes from the network.
"""

from xrec_lessons.art.choice import code_of, codes
from xrec_lessons.art.painter import STATIC, motifs, svg

__all__ = ["STATIC", "code_of", "codes", "motifs", "svg"]
