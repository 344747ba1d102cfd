"""Drawings of ideas for the lessons: a slider or a button moves a picture, without a kernel.

``from xrec_lessons.drawings import lesson_01 as drawings``, then ``drawings.balance()``. A drawing
is SVG, with every position drawn in advance: `pen` has the strokes, `moving` puts the positions
together, `theme` makes matplotlib's figures follow the light or dark theme as these do.
"""
