"""The motifs of film art, cut out of paper: run it to write `xrec_lessons/art/static/motifs.js`.

A sheet is 120 × 180, a motif a list of layers (ink, polygons). The inks are roles: `K` stands out
most from the ground `G`, then `S` and `P`; any two of them differ in lightness, so that a motif
reads in grey and on every ground. Nothing is round and no edge is quite straight, as with scissors.
What matters lies between y = 12 and y = 146: below, the title's band may cover it.
"""

import json
import math
import random
from itertools import pairwise
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "xrec_lessons" / "art" / "static" / "motifs.js"
G, K, S, P = range(4)
_hand = random.Random()  # begins anew for each motif, so that changing one leaves the others


def poly(*xy, off=0.0):
    """One polygon from x, y, x, y, …; `off` is by how much the scissors slip."""
    return [
        [
            (x + _hand.uniform(-off, off), y + _hand.uniform(-off, off))
            for x, y in zip(xy[::2], xy[1::2], strict=True)
        ]
    ]


def bar(x, y, w, h, off=1.0):
    """A strip of paper, its edges off by a pixel."""
    return poly(x, y, x + w, y, x + w, y + h, x, y + h, off=off)


def disc(x, y, r, n=0, wide=1.0, turn=0.3):
    """A circle as scissors cut it: few straight snips."""
    n = n or max(7, min(15, round(r / 2.2)))
    angles = [turn + 2 * math.pi * (k + _hand.uniform(-0.18, 0.18)) / n for k in range(n)]
    return [[(x + wide * r * math.cos(a), y + r * math.sin(a)) for a in angles]]


class Hole(list):
    """A polygon that is cut out of those around it."""


def ring(x, y, outer, inner, wide=1.0):
    """A disc with a hole."""
    return [*disc(x, y, outer, wide=wide), Hole(disc(x, y, inner, wide=wide)[0])]


def many(several):
    """Several lists of polygons as one."""
    return [shape for shapes in several for shape in shapes]


def arc(x, y, r, begin, end, width, n=12, wide=1.0):
    """A bent strip, from one angle to another, in degrees, clockwise from the right."""
    steps = [math.radians(begin + (end - begin) * k / n) for k in range(n + 1)]
    outer = [(x + wide * r * math.cos(a), y + r * math.sin(a)) for a in steps]
    inner = [(x + wide * (r - width) * math.cos(a), y + (r - width) * math.sin(a)) for a in steps]
    return [outer + inner[::-1]]


def strip(width, *xy):
    """A line of that width through the points."""
    points, shapes = list(zip(xy[::2], xy[1::2], strict=True)), []
    for (x0, y0), (x1, y1) in pairwise(points):
        long = math.hypot(x1 - x0, y1 - y0)
        u, v = (y0 - y1) / long * width / 2, (x1 - x0) / long * width / 2
        ex, ey = (x1 - x0) / long * width / 3, (y1 - y0) / long * width / 3
        x1, y1 = x1 + ex, y1 + ey
        shapes.append([(x0 + u, y0 + v), (x1 + u, y1 + v), (x1 - u, y1 - v), (x0 - u, y0 - v)])
    return shapes


def star(x, y, outer, inner, n=5, turn=-90.0):
    """A star with n points."""
    points = []
    for k in range(2 * n):
        r, a = (inner if k % 2 else outer), math.radians(turn + 180 * k / n)
        points.append((x + r * math.cos(a), y + r * math.sin(a)))
    return [points]


def person(x, y, h=30.0):
    """A tiny figure with its feet at y: it gives the rest its scale."""
    r = h / 30
    head = disc(x, y - 26 * r, 4.2 * r, n=7)
    body = poly(
        x - 5 * r,
        y - 21 * r,
        x + 5 * r,
        y - 21 * r,
        x + 6.5 * r,
        y - 9 * r,
        x + 4 * r,
        y - 9 * r,
        x + 4 * r,
        y,
        x + 0.8 * r,
        y,
        x,
        y - 9 * r,
        x - 0.8 * r,
        y,
        x - 4 * r,
        y,
        x - 4 * r,
        y - 9 * r,
        x - 6.5 * r,
        y - 9 * r,
    )
    return head + body


def floor(y=148):
    """The ground on which things stand, down to the foot of the sheet."""
    return poly(-2, y, 122, y - 3, 122, 182, -2, 182)


def moved(shapes, dx=0.0, dy=0.0, turn=0.0, about=(60, 90), size=1.0):
    """The same shapes elsewhere, turned in degrees and scaled about a point."""
    c, s = size * math.cos(math.radians(turn)), size * math.sin(math.radians(turn))
    ax, ay = about
    return [
        type(shape)(
            (ax + c * (x - ax) - s * (y - ay) + dx, ay + s * (x - ax) + c * (y - ay) + dy)
            for x, y in shape
        )
        for shape in shapes
    ]


def flipped(shapes, axis=60):
    """The mirror image beside an upright axis."""
    return [type(shape)((2 * axis - x, y) for x, y in shape) for shape in shapes]


DRAWN: dict = {}


def motif(draw):
    """A function that returns layers, bottom first, is a motif of that name."""
    DRAWN[draw.__name__] = draw
    return draw


# fmt: off
# ruff: noqa: D103, E501


# Science fiction


@motif
def saucer():
    return [
        (K, floor(140)),
        (S, poly(54, 36, 66, 36, 102, 154, 16, 156)),
        (P, disc(59, 153, 9, n=12, wide=4.6)),
        (P, disc(60, 22, 13, n=9)),
        (K, disc(60, 33, 11, n=12, wide=4.1)),
        (K, person(60, 155, 46)),
    ]


@motif
def planet():
    return [
        (K, disc(60, 76, 41)),
        (S, poly(22, 62, 30, 48, 92, 52, 98, 64) + poly(22, 92, 98, 86, 92, 100, 30, 103)),
        (P, poly(-4, 106, 30, 94, 78, 74, 124, 40, 124, 50, 84, 86, 40, 104, -4, 118)),
        (S, disc(102, 22, 8)),
        (K, bar(16, 22, 4, 4, 0) + bar(40, 12, 3, 3, 0) + bar(108, 104, 4, 4, 0) + bar(12, 138, 3, 3, 0)),
        (S, poly(-2, 152, 20, 146, 44, 152, 74, 144, 122, 154, 122, 182, -2, 182)),
        (K, person(30, 151, 26)),
    ]


@motif
def rocket():
    return [
        (S, disc(26, 32, 16)),
        (S, poly(44, 126, 60, 178, 76, 126)),
        (P, poly(51, 126, 60, 156, 69, 126)),
        (S, poly(42, 88, 22, 120, 22, 142, 48, 122) + poly(78, 88, 98, 120, 98, 142, 72, 122)),
        (K, poly(60, 10, 75, 36, 81, 70, 79, 104, 72, 128, 48, 128, 41, 104, 39, 70, 45, 36)),
        (P, disc(60, 62, 13, n=9)),
        (S, disc(60, 62, 7, n=8)),
    ]


@motif
def robot():
    return [
        (S, poly(12, 182, 16, 144, 40, 134, 82, 133, 105, 144, 109, 182)),
        (K, bar(56, 14, 8, 24)),
        (S, disc(60, 16, 9)),
        (K, poly(22, 36, 99, 33, 100, 124, 21, 126)),
        (K, bar(46, 124, 28, 12)),
        (S, bar(10, 62, 10, 28) + bar(101, 61, 10, 28)),
        (P, disc(42, 66, 14, n=9) + disc(79, 65, 14, n=9)),
        (K, disc(42, 66, 5, n=7) + disc(79, 65, 5, n=7)),
        (P, poly(36, 95, 86, 94, 85, 112, 37, 113)),
        (K, bar(47, 92, 4, 23, 0) + bar(59, 92, 4, 23, 0) + bar(71, 92, 4, 23, 0)),
    ]


@motif
def eye():
    return [
        (K, poly(-2, 84, 26, 50, 60, 38, 96, 50, 122, 82, 96, 116, 60, 130, 26, 118)),
        (S, disc(60, 84, 35)),
        (P, disc(60, 84, 19)),
        (K, disc(68, 74, 6, n=7)),
        (S, poly(14, 40, 22, 34, 36, 48, 30, 52) + poly(56, 12, 64, 12, 64, 30, 56, 30)
         + poly(98, 34, 106, 40, 90, 52, 84, 48)),
    ]


@motif
def astronaut():
    return [
        (S, poly(-2, 182, 4, 150, 34, 128, 88, 128, 116, 150, 122, 182)),
        (K, disc(60, 78, 50)),
        (P, poly(24, 66, 36, 50, 84, 49, 97, 66, 97, 92, 84, 108, 36, 108, 24, 92)),
        (S, poly(36, 62, 48, 56, 56, 56, 36, 86)),
        (K, poly(70, 56, 78, 57, 46, 102, 40, 100)),
        (P, bar(32, 150, 22, 14) + disc(78, 156, 6, n=7) + disc(96, 156, 6, n=7)),
    ]


@motif
def slab():
    return [
        (S, disc(26, 34, 19)),
        (P, floor(148)),
        (K, poly(40, 24, 84, 23, 85, 158, 39, 159)),
        (S, person(104, 164, 32) + person(18, 168, 32)),
    ]


@motif
def egg():
    return [
        (S, poly(-2, 142, 30, 128, 90, 128, 122, 142, 122, 182, -2, 182)),
        (K, poly(60, 20, 82, 34, 97, 68, 103, 102, 97, 130, 82, 147, 60, 151, 38, 147, 23, 130, 17, 102, 23,
                 68, 38, 34)),
        (P, poly(57, 38, 64, 38, 70, 66, 64, 80, 74, 102, 61, 138, 50, 104, 58, 82, 51, 64)),
        (S, poly(59, 62, 64, 66, 60, 84, 66, 102, 60, 120, 56, 102, 60, 86)),
    ]


@motif
def pills():
    def pill(first, second):
        left = poly(60, 70, 60, 110, 34, 110, 22, 104, 16, 90, 22, 76, 34, 70)
        return [(first, left), (second, flipped(left))]

    return [(ink, moved(shapes, dx, dy, turn, size=0.98)) for (dx, dy, turn), pair in
            (((-14, -40, -24), pill(K, P)), ((14, 24, -24), pill(S, K))) for ink, shapes in pair]


@motif
def atom():
    orbit = ring(60, 84, 17, 12.5, wide=3.1)
    return [
        (K, orbit), (K, moved(orbit, turn=60, about=(60, 84))), (K, moved(orbit, turn=120, about=(60, 84))),
        (S, disc(60, 84, 15)),
        (P, disc(112, 82, 7, n=8) + disc(36, 38, 7, n=8) + disc(36, 128, 7, n=8)),
    ]


@motif
def rain():
    long = (96, 60, 118, 84, 44, 104, 70, 52)
    inks = (K, S, K, P, K, S, K, P)
    strips = [(ink, poly(2 + 15 * k, -2, 13 + 15 * k, -2, 12 + 15 * k, y, 3 + 15 * k, y - 9))
              for k, (ink, y) in enumerate(zip(inks, long, strict=True))]
    return [*strips, (S, floor(152)), (K, person(66, 160, 50))]


@motif
def sabres():
    return [
        (K, moved(bar(52, 0, 15, 106), turn=32, about=(60, 84))),
        (S, moved(bar(53, 0, 15, 106), turn=-32, about=(60, 84))),
        (P, moved(bar(50, 106, 19, 44), turn=32, about=(60, 84))
         + moved(bar(51, 106, 19, 44), turn=-32, about=(60, 84))),
        (K, star(60, 62, 17, 6, 8)),
        (K, bar(14, 96, 4, 4, 0) + bar(100, 104, 4, 4, 0) + bar(58, 16, 4, 4, 0) + bar(60, 124, 3, 3, 0)),
    ]


@motif
def hourglass():
    return [
        (S, bar(18, 16, 84, 13) + bar(18, 138, 84, 14)),
        (K, poly(28, 29, 92, 29, 90, 48, 66, 84, 90, 120, 92, 138, 28, 138, 30, 120, 54, 84, 30, 48)),
        (P, poly(37, 50, 84, 49, 62, 80, 58, 80)),
        (P, poly(36, 134, 42, 122, 60, 108, 78, 122, 84, 134) + bar(58, 80, 4, 32, 0)),
    ]


@motif
def clock():
    return [
        (S, disc(60, 78, 54)),
        (K, disc(60, 78, 43)),
        (P, bar(57, 40, 6, 12) + bar(57, 104, 6, 12) + bar(22, 75, 12, 6) + bar(86, 75, 12, 6)),
        (P, strip(6, 60, 80, 44, 58)),
        (P, strip(6, 60, 80, 83, 52)),
        (S, disc(60, 79, 6, n=8)),
    ]


@motif
def comet():
    return [
        (S, poly(122, 2, 122, 44, 62, 92, 40, 74, 88, -2, 118, -2)),
        (K, poly(118, 4, 122, 26, 58, 86, 44, 72)),
        (P, disc(46, 82, 19, n=9)),
        (K, poly(-2, 146, 12, 146, 12, 132, 28, 132, 28, 150, 42, 150, 42, 138, 52, 138, 52, 124, 62, 124, 62,
                 146, 80, 146, 80, 134, 96, 134, 96, 148, 122, 148, 122, 182, -2, 182)),
    ]


@motif
def dish():
    return [
        (K, bar(20, 22, 4, 4, 0) + bar(44, 14, 3, 3, 0) + bar(26, 50, 3, 3, 0)),
        (S, disc(100, 26, 9)),
        (P, poly(54, 96, 70, 92, 88, 152, 36, 154)),
        (K, poly(14, 40, 24, 70, 44, 94, 72, 106, 104, 104, 92, 92)),
        (S, poly(14, 40, 34, 48, 92, 92, 104, 104, 80, 94, 50, 74)),
        (K, strip(4, 58, 74, 76, 44)),
        (P, disc(77, 43, 6, n=7)),
        (K, floor(150)),
    ]


@motif
def dinosaur():
    return [
        (S, disc(86, 44, 26)),
        (P, floor(142)),
        (K, poly(18, 34, 28, 28, 40, 32, 42, 42, 40, 66, 50, 84, 72, 82, 90, 90, 102, 106, 122, 112, 122, 122,
                 102, 120, 96, 124, 96, 152, 84, 152, 82, 130, 64, 132, 62, 153, 50, 153, 48, 124, 38, 106, 28,
                 72, 28, 48, 14, 48, 12, 40)),
        (P, disc(27, 37, 2.4, n=6)),
        (S, person(20, 158, 22)),
    ]


@motif
def ape():
    return [
        (S, disc(22, 70, 15) + disc(98, 70, 15)),
        (K, poly(60, 14, 88, 24, 101, 52, 100, 98, 92, 130, 74, 146, 46, 146, 28, 130, 20, 98, 19, 52, 32, 24)),
        (S, poly(60, 58, 74, 46, 90, 54, 91, 74, 82, 86, 92, 108, 84, 130, 60, 138, 36, 130, 28, 108, 38, 86,
                 29, 74, 30, 54, 46, 46)),
        (K, disc(45, 68, 7, n=8) + disc(75, 68, 7, n=8) + bar(50, 90, 5, 6) + bar(65, 90, 5, 6)),
        (K, poly(38, 112, 82, 110, 74, 120, 46, 121)),
    ]


# Crime, mystery, thriller, film noir


@motif
def door():
    return [
        (K, poly(32, 16, 90, 15, 90, 146, 32, 148)),
        (K, poly(32, 148, 90, 146, 118, 182, 0, 182)),
        (S, poly(32, 16, 54, 28, 54, 162, 32, 148)),
        (P, disc(49, 96, 3, n=6)),
        (P, person(76, 150, 62)),
    ]


@motif
def lamp():
    return [
        (S, poly(58, 34, 76, 34, 118, 158, 18, 160)),
        (P, floor(154)),
        (K, bar(26, 14, 7, 146) + poly(26, 14, 68, 14, 68, 20, 26, 21)),
        (K, poly(56, 20, 78, 20, 86, 36, 48, 36)),
        (P, person(80, 160, 66)),
    ]


@motif
def skyline():
    return [
        (S, disc(86, 40, 25)),
        (P, poly(-2, 92, 22, 92, 22, 68, 44, 68, 44, 104, 62, 104, 62, 84, 84, 84, 84, 108, 122, 106, 122,
                 182, -2, 182)),
        (K, poly(-2, 122, 14, 121, 14, 104, 36, 104, 36, 128, 46, 128, 46, 54, 55, 54, 59, 30, 63, 54, 72, 54,
                 72, 134, 92, 133, 92, 90, 113, 90, 113, 126, 122, 126, 122, 182, -2, 182)),
        (S, bar(52, 64, 5, 8, 0) + bar(61, 82, 5, 8, 0) + bar(52, 104, 5, 8, 0) + bar(98, 100, 5, 8, 0)
         + bar(20, 114, 5, 8, 0) + bar(103, 120, 5, 8, 0)),
    ]


@motif
def revolver():
    return [
        (S, disc(56, 70, 50)),
        (K, poly(2, 50, 66, 47, 66, 43, 78, 41, 88, 44, 98, 34, 106, 40, 100, 52, 108, 66, 106, 84, 118, 132, 116, 146, 92, 148, 88,
                 132, 82, 96, 70, 88, 60, 86, 58, 70, 2, 70)),
        (K, ring(69, 98, 17, 11)),
        (P, poly(58, 53, 86, 51, 88, 82, 60, 82)),
        (K, bar(58, 60, 30, 4, 0) + bar(58, 71, 30, 4, 0)),
        (P, poly(92, 96, 100, 94, 108, 134, 98, 138)),
    ]


@motif
def keyhole():
    return [
        (S, poly(14, 16, 106, 14, 107, 150, 13, 152)),
        (K, poly(26, 28, 95, 26, 95, 140, 25, 141)),
        (P, disc(60, 66, 23) + poly(50, 76, 70, 76, 82, 128, 38, 128)),
        (S, person(60, 122, 58)),
    ]


@motif
def handcuffs():
    return [
        (S, strip(8, 44, 92, 56, 80, 64, 92, 78, 82)),
        (K, ring(32, 110, 27, 17)),
        (K, ring(88, 64, 27, 17)),
        (P, moved(bar(42, 80, 18, 16), turn=-40, about=(51, 88)) + moved(bar(64, 76, 18, 16), turn=-40, about=(73, 84))),
    ]


@motif
def bars():
    return [
        (S, bar(12, 14, 96, 134)),
        (P, disc(60, 74, 19, n=10) + poly(28, 148, 32, 110, 50, 98, 70, 98, 88, 110, 92, 148)),
        (K, bar(16, 10, 9, 142) + bar(36, 10, 9, 142) + bar(56, 10, 9, 142) + bar(76, 10, 9, 142)
         + bar(96, 10, 9, 142) + bar(8, 10, 104, 10) + bar(8, 142, 104, 10)),
    ]


@motif
def briefcase():
    return [
        (P, poly(60, 4, 72, 44, 48, 44) + poly(96, 18, 92, 50, 74, 46) + poly(24, 18, 46, 46, 28, 50)),
        (K, poly(42, 62, 42, 46, 78, 45, 78, 62, 70, 62, 70, 54, 50, 54, 50, 62)),
        (K, poly(10, 62, 110, 60, 112, 138, 9, 140)),
        (S, poly(10, 88, 111, 87, 111, 97, 10, 98)),
        (P, bar(24, 84, 13, 18) + bar(82, 83, 13, 18)),
    ]


@motif
def cards():
    def spade(x, y, r):
        return (poly(x, y - 1.2 * r, x + r, y, x + r, y + 0.5 * r, x + 0.4 * r, y + 0.7 * r, x, y + 0.4 * r,
                     x - 0.4 * r, y + 0.7 * r, x - r, y + 0.5 * r, x - r, y)
                + poly(x, y + 0.2 * r, x + 0.5 * r, y + 1.2 * r, x - 0.5 * r, y + 1.2 * r))

    return [
        (S, moved(bar(28, 34, 62, 92), -12, 2, -17)),
        (K, moved(bar(30, 34, 62, 92), 8, 6, 9)),
        (P, moved(spade(61, 78, 21), 8, 6, 9)),
        (P, moved(spade(40, 46, 6), 8, 6, 9)),
    ]


@motif
def dice():
    return [
        (S, moved(bar(14, 26, 56, 56), turn=-14, about=(42, 54))),
        (P, moved(disc(42, 54, 6, n=7) + disc(26, 38, 6, n=7) + disc(58, 70, 6, n=7), turn=-14, about=(42, 54))),
        (K, moved(bar(48, 82, 60, 60), turn=12, about=(78, 112))),
        (P, moved(disc(62, 96, 6, n=7) + disc(94, 96, 6, n=7) + disc(62, 128, 6, n=7) + disc(94, 128, 6, n=7)
                  + disc(78, 112, 6, n=7), turn=12, about=(78, 112))),
    ]


@motif
def blinds():
    slats = [poly(4, 16 + 17 * k, 116, 10 + 17 * k, 116, 20 + 17 * k, 4, 26 + 17 * k) for k in range(9)]
    return [
        (S, bar(0, 6, 120, 160)),
        (K, many(slats)),
        (P, poly(38, 76, 44, 60, 48, 44, 56, 38, 66, 42, 74, 38, 80, 46, 82, 60, 92, 64, 96, 70, 84, 76, 82, 98,
                 74, 110, 96, 124, 106, 182, 14, 182, 24, 126, 50, 112, 44, 96, 42, 78, 26, 72, 30, 66)),
    ]


@motif
def fedora():
    return [
        (P, poly(28, 182, 20, 156, 44, 142, 76, 142, 100, 156, 92, 182)),
        (S, poly(36, 84, 84, 83, 84, 112, 76, 134, 60, 144, 44, 134, 36, 112)),
        (K, poly(38, 66, 40, 34, 50, 22, 60, 28, 72, 21, 82, 34, 84, 66)),
        (P, poly(37, 58, 84, 57, 85, 68, 36, 69)),
        (K, poly(2, 80, 22, 68, 60, 66, 100, 67, 118, 78, 96, 92, 60, 88, 24, 93)),
        (K, poly(48, 112, 74, 110, 74, 115, 48, 117)),
    ]


@motif
def magnifier():
    return [
        (S, strip(16, 78, 100, 104, 148)),
        (K, disc(52, 66, 43)),
        (P, disc(52, 66, 33)),
        (S, poly(52, 42, 63, 50, 64, 66, 58, 78, 46, 78, 41, 64, 43, 50)),
        (S, poly(46, 82, 58, 81, 58, 92, 48, 93)),
    ]


@motif
def footprints():
    def sole(x, y):
        return (poly(x - 9, y, x - 6, y - 16, x + 2, y - 20, x + 9, y - 12, x + 9, y + 4, x + 4, y + 14, x - 5, y + 13)
                + poly(x - 5, y + 18, x + 5, y + 19, x + 6, y + 30, x, y + 35, x - 6, y + 30))

    return [
        (K, poly(30, 182, 46, -2, 74, -2, 112, 182)),
        (P, moved(sole(58, 132), turn=6, about=(58, 132), size=1.0)),
        (S, moved(sole(84, 104), turn=6, about=(84, 104), size=0.85)),
        (P, moved(sole(55, 68), turn=3, about=(55, 68), size=0.72)),
        (S, moved(sole(72, 46), turn=3, about=(72, 46), size=0.6)),
        (P, moved(sole(54, 20), size=0.5, about=(54, 20))),
    ]


@motif
def puppet():
    return [
        (S, poly(14, -2, 106, -2, 102, 22, 94, 40, 86, 38, 84, 24, 76, 46, 68, 46, 64, 26, 56, 48, 48, 47, 46, 26,
                 36, 42, 28, 40, 22, 22)),
        (K, bar(31, 40, 2, 68, 0) + bar(51, 46, 2, 30, 0) + bar(71, 45, 2, 40, 0) + bar(89, 38, 2, 72, 0)),
        (K, disc(60, 88, 12, n=9)),
        (K, poly(50, 100, 70, 100, 92, 106, 92, 114, 72, 114, 76, 134, 84, 158, 74, 160, 60, 138, 48, 161, 38, 158,
                 46, 134, 48, 114, 28, 116, 28, 107)),
        (P, bar(55, 104, 10, 18)),
    ]


@motif
def scales():
    return [
        (K, bar(56, 22, 8, 122) + poly(34, 142, 86, 141, 92, 154, 28, 154)),
        (K, poly(10, 52, 60, 36, 112, 26, 112, 34, 60, 46, 10, 60)),
        (S, disc(60, 24, 9)),
        (K, strip(2, 22, 56, 8, 104) + strip(2, 22, 56, 36, 104) + strip(2, 98, 34, 84, 82) + strip(2, 98, 34, 112, 82)),
        (P, poly(2, 104, 42, 103, 34, 117, 10, 118)),
        (S, poly(78, 82, 118, 81, 110, 95, 86, 96)),
    ]


@motif
def bullet():
    return [
        (S, star(60, 78, 58, 34, 11)),
        (P, disc(60, 78, 31)),
        (K, poly(48, 140, 48, 76, 52, 54, 60, 38, 68, 54, 72, 76, 72, 140)),
        (P, poly(48, 84, 72, 84, 72, 90, 48, 90)),
        (K, bar(45, 138, 30, 10)),
    ]


@motif
def target():
    return [
        (K, disc(60, 80, 55)), (P, disc(60, 80, 42)), (K, disc(60, 80, 29)), (S, disc(60, 80, 16)),
        (P, star(60, 80, 8, 4, 5)),
    ]


@motif
def knife():
    return [
        (S, poly(84, 130, 96, 122, 104, 142, 122, 150, 122, 182, -2, 182, -2, 160, 40, 148)),
        (K, poly(22, 2, 46, 30, 78, 94, 60, 105, 34, 60)),
        (P, moved(bar(56, 96, 30, 8), turn=-28, about=(70, 100))),
        (P, poly(65, 106, 79, 98, 98, 138, 94, 148, 82, 148)),
        (S, poly(28, 92, 36, 108, 28, 118, 20, 108)),
    ]


def tumbling():
    return poly(42, 30, 52, 22, 62, 26, 64, 38, 58, 48, 76, 56, 88, 42, 84, 22, 94, 20, 100, 46, 84, 70, 78, 94, 92,
                118, 112, 126, 108, 138, 82, 132, 64, 108, 52, 122, 46, 154, 34, 152, 36, 116, 50, 94, 46, 72, 22, 88,
                10, 76, 16, 70, 24, 76, 46, 52)


@motif
def dancer():
    return [
        (S, disc(58, 66, 48)),
        (P, floor(150)),
        (K, moved(tumbling(), size=1.06, dy=-2)),
    ]


@motif
def fingerprint():
    lines = []
    for k, r in enumerate((52, 42, 32, 22, 12)):
        lines += arc(60, 78, r, 150 - 14 * (k % 2), 395 + 10 * (k % 2), 5, n=16, wide=0.8)
    return [(S, bar(10, 12, 100, 136)), (K, lines), (K, bar(57, 76, 5, 40) + bar(44, 92, 4, 34) + bar(70, 92, 4, 36))]


@motif
def telephone():
    return [
        (S, poly(32, 74, 88, 73, 106, 138, 14, 140)),
        (K, disc(60, 106, 25)),
        (P, disc(60, 106, 9, n=8)),
        (P, many(disc(60 + 17 * math.cos(a), 106 + 17 * math.sin(a), 3.4, n=6)
                 for a in (0.2, 1.0, 1.8, 2.6, 3.4, 4.2, 5.0))),
        (K, poly(8, 62, 14, 44, 34, 34, 88, 33, 108, 44, 113, 62, 92, 68, 84, 56, 37, 57, 30, 69)),
        (P, bar(42, 58, 8, 16) + bar(71, 57, 8, 16)),
    ]


@motif
def spiral():
    shape, inner = [], []
    for k in range(7, 42):
        a, r = k * 0.4, 5 + 1.9 * k
        shape.append((60 + r * math.cos(a), 84 + r * math.sin(a)))
        inner.append((60 + (r - 3 - 0.22 * k) * math.cos(a), 84 + (r - 3 - 0.22 * k) * math.sin(a)))
    return [(K, [shape + inner[::-1]]), (S, moved(tumbling(), dy=-5, turn=150, size=0.5))]


@motif
def stairs():
    steps = [(-2, 182), (-2, 150)]
    for k in range(6):
        steps += [(14 + 18 * k, 150 - 20 * k), (14 + 18 * k, 130 - 20 * k)]
    shade = []
    for k in range(6):
        shade += bar(14 + 18 * k, 130 - 20 * k, 18, 6, 0)
    return [
        (S, disc(28, 38, 20)),
        (K, [[*steps, (122, 30), (122, 182)]]),
        (P, shade),
        (S, person(78, 71, 36)),
    ]


@motif
def chess():
    return [
        (S, many(bar(30 * x, 128 + 18 * y, 30, 18, 0) for x in range(4) for y in range(3) if (x + y) % 2)),
        (K, poly(36, 142, 40, 122, 48, 114, 54, 92, 44, 84, 30, 92, 20, 84, 24, 70, 42, 52, 44, 34, 54, 42, 74, 48, 90,
                 72, 92, 104, 88, 120, 94, 142)),
        (S, poly(78, 58, 86, 74, 87, 104, 82, 106, 82, 78)),
        (P, disc(48, 62, 4, n=6)),
        (K, poly(28, 142, 102, 141, 104, 154, 26, 155)),
    ]


@motif
def money():
    return [
        (S, moved(bar(6, 84, 104, 52), turn=8) + moved(bar(8, 22, 104, 52), turn=-10)),
        (K, moved(bar(8, 54, 104, 54), turn=-1)),
        (P, disc(60, 81, 20)),
        (K, poly(57, 66, 63, 66, 63, 70, 69, 73, 66, 77, 59, 75, 57, 78, 69, 84, 70, 90, 63, 94, 63, 98, 57, 98, 57, 94, 50,
                 90, 53, 86, 60, 89, 64, 87, 52, 80, 51, 74, 57, 70)),
        (P, bar(15, 61, 8, 8) + bar(97, 93, 8, 8)),
    ]


# Love


@motif
def heart():
    return [
        (K, poly(58, 50, 48, 32, 32, 28, 15, 38, 10, 60, 22, 86, 40, 110, 58, 132, 66, 110, 54, 92, 66, 74, 54, 62)),
        (S, poly(63, 50, 74, 32, 91, 28, 107, 40, 111, 62, 98, 88, 80, 110, 65, 130, 73, 110, 61, 92, 73, 74, 61, 62)),
    ]


@motif
def couple():
    return [
        (K, disc(36, 48, 20, n=10) + poly(36, 62, 58, 78, 68, 182, -4, 182, 0, 92)),
        (S, disc(86, 43, 20, n=10) + poly(86, 58, 64, 76, 62, 182, 124, 182, 120, 86)),
        (P, disc(64, 104, 8, n=8)),
    ]


@motif
def kiss():
    face = poly(-9, 14, 26, 20, 40, 44, 42, 58, 54, 74, 46, 82, 56, 88, 54, 94, 58, 100, 50, 112, 44, 126, 30, 130, 26, 188,
                -9, 188)
    return [(K, face), (S, moved(flipped(face), -3, 3)), (P, disc(59, 24, 11))]


@motif
def umbrella():
    return [
        (S, many(moved(bar(12 + 22 * k, 12 + 17 * (k % 3), 3, 18, 0), turn=12, about=(14 + 22 * k, 20))
                 for k in range(5))),
        (S, many(moved(bar(14 + 90 * k, 104, 3, 18, 0), turn=12, about=(14 + 90 * k, 112)) for k in range(2))),
        (K, poly(6, 88, 14, 66, 34, 50, 60, 44, 88, 51, 106, 66, 114, 87, 98, 80, 80, 88, 60, 80, 40, 88, 22, 80)),
        (P, bar(57, 38, 5, 82)),
        (S, person(46, 160, 70)),
        (P, person(73, 160, 64)),
    ]


@motif
def rose():
    return [
        (P, poly(57, 92, 64, 92, 66, 182, 56, 182)),
        (P, poly(62, 132, 78, 112, 104, 112, 94, 130, 74, 138) + poly(58, 154, 42, 136, 18, 138, 28, 154, 46, 160)),
        (S, poly(60, 12, 88, 20, 104, 44, 98, 76, 78, 98, 42, 98, 22, 76, 16, 44, 32, 20)),
        (K, poly(30, 40, 56, 26, 86, 36, 92, 60, 80, 80, 86, 58, 76, 44, 56, 38, 42, 50, 40, 70, 54, 84, 34, 76, 26, 58)),
        (K, poly(52, 52, 66, 50, 74, 62, 64, 76, 52, 70, 62, 66, 60, 58)),
    ]


@motif
def ringed():
    return [
        (K, ring(60, 98, 45, 33)),
        (S, poly(42, 34, 50, 18, 71, 17, 79, 33, 60, 60)),
        (P, poly(42, 34, 79, 33, 60, 60) + poly(56, 18, 65, 18, 60, 32)),
        (S, strip(3, 22, 30, 30, 36) + strip(3, 98, 28, 90, 35) + strip(3, 28, 10, 36, 18) + strip(3, 92, 8, 85, 17)),
    ]


@motif
def letter():
    return [
        (K, moved(poly(8, 54, 112, 52, 112, 128, 8, 130), turn=-6)),
        (P, moved(poly(8, 54, 112, 52, 60, 100), turn=-6)),
        (S, moved(disc(60, 98, 13), turn=-6)),
        (S, moved(strip(2, 10, 128, 44, 88) + strip(2, 110, 126, 76, 88), turn=-6)),
    ]


@motif
def window():
    return [
        (S, bar(16, 12, 88, 136)),
        (P, bar(24, 20, 72, 120)),
        (K, disc(74, 50, 17)),
        (K, person(46, 142, 66)),
        (S, bar(57, 18, 6, 124) + bar(22, 76, 76, 6)),
        (K, bar(10, 142, 100, 12)),
    ]


@motif
def moonwater():
    glints = [bar(60 - w / 2 + dx, y, w, 4, 0.6) for y, w, dx in
              ((96, 46, 0), (106, 36, 4), (116, 42, -3), (126, 26, 2), (136, 30, -2))]
    return [
        (K, disc(60, 48, 31)),
        (S, poly(-2, 90, 122, 87, 122, 182, -2, 182)),
        (K, many(glints)),
        (P, poly(-2, 160, 122, 156, 122, 182, -2, 182)),
        (P, person(50, 162, 46) + person(68, 162, 42)),
    ]


@motif
def heel():
    return [
        (S, disc(60, 76, 52)),
        (K, poly(98, 44, 110, 50, 106, 76, 100, 134, 93, 134, 92, 96, 76, 92, 58, 112, 40, 132, 8, 134, 4, 124, 30, 112, 48,
                 92, 70, 62)),
        (P, poly(98, 44, 88, 68, 70, 62)),
        (P, disc(26, 118, 6, n=7)),
    ]


@motif
def toast():
    def glass(x, lean):
        bowl = poly(x - 22, 28, x + 22, 27, x + 17, 62, x + 4, 76, x + 3, 130, x + 20, 138, x - 20, 139, x - 3, 130, x - 4, 76,
                    x - 17, 62)
        wine = poly(x - 18, 46, x + 18, 45, x + 14, 60, x, 70, x - 14, 60)
        return [moved(shape, turn=lean, about=(x, 100)) for shape in (bowl, wine)]

    (left, red), (right, white) = glass(34, 9), glass(86, -9)
    return [
        (K, left), (S, red), (K, right), (P, white),
        (S, strip(3, 60, 20, 60, 6) + strip(3, 50, 20, 42, 8) + strip(3, 70, 20, 78, 8)),
    ]


@motif
def tower():
    return [
        (S, disc(88, 44, 22)),
        (K, poly(60, 6, 63, 40, 68, 72, 78, 112, 100, 156, 82, 156, 72, 138, 60, 132, 48, 138, 38, 156, 20, 156, 42, 112, 52,
                 72, 57, 40)),
        (P, poly(46, 98, 74, 98, 76, 105, 44, 105) + poly(51, 68, 69, 68, 70, 74, 50, 74)),
        (P, floor(156)),
    ]


@motif
def overlap():
    return [
        (K, disc(42, 80, 36)), (S, disc(78, 80, 36)),
        (P, poly(60, 50, 70, 60, 76, 80, 70, 100, 60, 111, 50, 100, 44, 80, 50, 60)),
        (K, disc(60, 80, 7, n=8)),
    ]


@motif
def butterfly():
    wing = poly(57, 76, 44, 40, 20, 22, 6, 34, 8, 64, 24, 84, 14, 100, 18, 126, 36, 136, 52, 116)
    spot = disc(28, 54, 11) + disc(34, 110, 9)
    return [
        (K, wing), (S, flipped(wing)), (P, spot + flipped(spot)),
        (P, poly(56, 60, 64, 60, 65, 120, 60, 132, 55, 120)),
        (P, strip(2.5, 59, 60, 48, 34) + strip(2.5, 61, 60, 72, 34)),
    ]


# Comedy


@motif
def smile():
    return [
        (K, disc(60, 78, 52)),
        (P, disc(42, 62, 8, n=8) + disc(78, 61, 8, n=8)),
        (P, poly(24, 84, 96, 83, 90, 102, 76, 116, 58, 119, 41, 114, 29, 101)),
        (S, poly(34, 86, 87, 85, 86, 95, 36, 96)),
    ]


@motif
def tophat():
    return [
        (K, poly(34, 92, 30, 18, 90, 15, 88, 92)),
        (S, poly(33, 74, 88, 73, 88, 90, 34, 91)),
        (K, poly(4, 90, 60, 88, 116, 88, 112, 102, 60, 104, 8, 104)),
        (P, poly(60, 128, 44, 118, 24, 124, 14, 118, 22, 140, 44, 142, 60, 134, 76, 142, 98, 140, 106, 118, 96, 124, 76, 118)),
    ]


@motif
def disguise():
    return [
        (S, poly(60, 70, 74, 106, 70, 118, 50, 118, 46, 106)),
        (K, ring(32, 66, 27, 18) + ring(88, 65, 27, 18) + bar(54, 58, 12, 7)),
        (K, poly(6, 36, 14, 24, 40, 24, 52, 34, 48, 40, 28, 34) + poly(114, 36, 106, 24, 80, 24, 68, 34, 72, 40, 92, 34)),
        (P, disc(32, 66, 17) + disc(88, 65, 17)),
        (K, disc(36, 68, 6, n=7) + disc(84, 67, 6, n=7)),
        (K, poly(60, 122, 76, 114, 96, 120, 110, 136, 90, 142, 70, 138, 60, 130, 50, 138, 30, 142, 10, 136, 24, 120, 44, 114)),
    ]


@motif
def bubbles():
    return [
        (K, disc(48, 56, 38, wide=1.08) + poly(20, 80, 44, 88, 14, 116)),
        (P, disc(30, 56, 5, n=7) + disc(48, 55, 5, n=7) + disc(66, 54, 5, n=7)),
        (S, disc(80, 116, 29, wide=1.1) + poly(88, 136, 106, 126, 112, 162)),
        (P, bar(64, 106, 34, 5) + bar(66, 118, 24, 5)),
    ]


@motif
def duck():
    return [
        (S, poly(-2, 132, 14, 124, 30, 134, 46, 124, 62, 134, 78, 124, 94, 134, 110, 124, 122, 132, 122, 182, -2, 182)),
        (K, disc(76, 54, 26) + poly(98, 92, 108, 112, 96, 136, 30, 138, 12, 116, 6, 84, 30, 94, 56, 92, 60, 72, 92, 70)),
        (S, poly(96, 48, 118, 56, 116, 64, 96, 68)),
        (P, disc(82, 46, 5, n=7)),
        (P, poly(34, 104, 66, 102, 74, 112, 60, 122, 40, 118)),
        (S, poly(-2, 142, 14, 134, 30, 144, 46, 134, 62, 144, 78, 134, 94, 144, 110, 134, 122, 142, 122, 182, -2, 182)),
    ]


@motif
def banana():
    return [
        (S, floor(136)),
        (K, poly(54, 20, 66, 18, 68, 36, 78, 60, 104, 88, 116, 120, 108, 128, 84, 100, 68, 84, 66, 112, 60, 134, 52, 132, 50, 84,
                 36, 102, 12, 128, 4, 120, 16, 88, 42, 58, 53, 36)),
        (P, poly(54, 20, 66, 18, 67, 28, 54, 29)),
        (P, poly(64, 60, 70, 62, 96, 92, 90, 94) + poly(54, 62, 48, 62, 24, 94, 30, 96)),
    ]


@motif
def balloons():
    return [
        (P, strip(2, 36, 86, 60, 150) + strip(2, 84, 82, 60, 150) + strip(2, 60, 110, 60, 150)),
        (S, disc(34, 52, 27) + poly(30, 80, 40, 80, 36, 74)),
        (P, disc(86, 48, 26) + poly(80, 77, 90, 76, 84, 70)),
        (K, disc(60, 78, 30) + poly(54, 114, 66, 114, 60, 102)),
        (S, poly(48, 62, 56, 56, 52, 74, 46, 78)),
        (K, person(60, 178, 34)),
    ]


@motif
def martini():
    return [
        (K, poly(10, 36, 110, 34, 64, 92, 64, 138, 92, 148, 28, 149, 57, 138, 57, 92)),
        (S, poly(24, 48, 97, 47, 60, 86)),
        (P, strip(3, 46, 76, 96, 12)),
        (P, disc(62, 56, 9, n=8)),
    ]


@motif
def skittle():
    return [
        (S, disc(34, 122, 29)),
        (P, disc(28, 110, 4, n=6) + disc(38, 106, 4, n=6) + disc(38, 118, 4, n=6)),
        (K, moved(poly(72, 14, 84, 12, 91, 24, 90, 40, 86, 56, 96, 84, 100, 110, 92, 146, 64, 148, 56, 110, 60, 84, 70, 56, 66, 40,
                       65, 24), turn=6, about=(78, 140))),
        (P, moved(poly(68, 50, 87, 49, 88, 57, 68, 58) + poly(68, 63, 90, 62, 92, 69, 66, 71), turn=6, about=(78, 140))),
    ]


@motif
def mug():
    return [
        (K, ring(90, 94, 26, 16)),
        (S, bar(22, 56, 66, 92)),
        (P, bar(32, 72, 8, 64) + bar(51, 72, 8, 64) + bar(70, 72, 8, 64)),
        (K, disc(32, 52, 19) + disc(56, 42, 22) + disc(80, 52, 18) + bar(18, 52, 74, 16)),
    ]


@motif
def shades():
    return [
        (S, disc(60, 80, 54)),
        (K, poly(4, 56, 54, 54, 60, 60, 66, 54, 116, 56, 114, 72, 104, 92, 80, 96, 66, 84, 60, 72, 54, 84, 40, 96, 16, 92, 6, 72)),
        (P, poly(18, 62, 30, 62, 20, 82, 14, 76) + poly(76, 62, 88, 62, 78, 82, 72, 76)),
        (K, poly(40, 114, 82, 110, 76, 120, 58, 124)),
    ]


@motif
def cake():
    return [
        (S, poly(60, 14, 68, 28, 60, 40, 52, 28)),
        (K, bar(56, 40, 8, 28)),
        (P, poly(16, 104, 104, 102, 106, 148, 14, 150)),
        (S, poly(30, 68, 92, 66, 92, 104, 28, 104)),
        (K, poly(28, 68, 94, 66, 94, 84, 84, 78, 74, 90, 62, 80, 50, 92, 38, 80, 28, 86)),
        (K, poly(14, 104, 106, 102, 106, 120, 94, 114, 82, 126, 68, 116, 54, 128, 38, 116, 26, 124, 14, 116)),
    ]


@motif
def popcorn():
    puffs = disc(34, 52, 15) + disc(60, 40, 18) + disc(86, 52, 15)
    return [
        (K, disc(26, 64, 13) + disc(94, 64, 13)), (K, puffs[:1]), (K, puffs[1:2]), (K, puffs[2:]), (K, disc(60, 62, 18)),
        (S, disc(48, 52, 5, n=7) + disc(74, 56, 5, n=7)),
        (S, poly(18, 72, 102, 70, 92, 150, 28, 151)),
        (P, poly(34, 72, 48, 72, 50, 151, 40, 151) + poly(66, 71, 80, 71, 76, 150, 66, 150)),
    ]


# Drama, and books of any kind


@motif
def tree():
    return [
        (K, poly(56, 84, 66, 84, 70, 156, 50, 156)),
        (S, disc(60, 58, 46)),
        (P, poly(86, 40, 100, 52, 98, 76, 78, 96, 58, 98, 80, 80)),
        (K, strip(4, 60, 98, 44, 66) + strip(4, 60, 88, 78, 60) + strip(4, 60, 96, 60, 48)),
        (P, floor(152)),
        (K, person(98, 158, 34)),
    ]


@motif
def chair():
    return [
        (S, poly(60, -2, 72, -2, 116, 158, 12, 160)),
        (P, floor(154)),
        (K, poly(38, 60, 46, 58, 48, 106, 84, 104, 84, 114, 80, 114, 84, 164, 76, 164, 73, 116, 48, 117, 44, 168, 36, 168, 40, 112)),
    ]


@motif
def mountain():
    return [
        (S, disc(84, 40, 24)),
        (P, poly(-2, 122, 30, 84, 58, 112, 92, 72, 122, 104, 122, 182, -2, 182)),
        (K, poly(-2, 164, 20, 132, 52, 70, 78, 112, 90, 100, 122, 140, 122, 182, -2, 182)),
        (P, poly(52, 70, 66, 92, 56, 100, 50, 92, 40, 102, 40, 94)),
        (S, person(98, 118, 22)),
    ]


@motif
def bird():
    return [
        (S, disc(36, 44, 24)),
        (K, poly(4, 94, 30, 84, 52, 70, 40, 22, 68, 58, 82, 66, 98, 60, 116, 70, 102, 76, 92, 94, 70, 106, 48, 110, 20, 126, 30, 104)),
        (P, poly(54, 76, 74, 80, 62, 98, 36, 104)),
        (P, disc(98, 67, 2.5, n=6)),
        (P, strip(4, -2, 152, 50, 144, 122, 148)),
    ]


@motif
def cage():
    return [
        (K, bar(57, 6, 6, 14)),
        (K, arc(60, 68, 46, 180, 360, 6, n=10) + bar(14, 66, 6, 78) + bar(100, 66, 6, 78)),
        (K, bar(36, 32, 5, 112) + bar(58, 22, 5, 122) + bar(80, 32, 5, 112)),
        (S, poly(28, 104, 52, 92, 66, 78, 82, 76, 94, 84, 84, 88, 78, 108, 58, 118, 40, 116)),
        (P, bar(10, 142, 100, 12) + disc(80, 82, 2.4, n=6)),
    ]


@motif
def lighthouse():
    return [
        (S, poly(62, 28, -4, 8, -4, 70, 60, 40)),
        (K, poly(58, 46, 90, 46, 98, 148, 50, 150)),
        (S, poly(57, 68, 92, 68, 94, 88, 55, 88) + poly(53, 108, 95, 108, 97, 128, 52, 128)),
        (P, bar(60, 24, 28, 22)),
        (K, poly(56, 24, 74, 8, 92, 24) + bar(52, 44, 44, 6)),
        (P, poly(-2, 150, 20, 142, 42, 150, 70, 144, 98, 150, 122, 144, 122, 182, -2, 182)),
    ]


@motif
def road():
    return [
        (S, disc(60, 64, 31)),
        (P, poly(-2, 82, 30, 70, 56, 82, 90, 68, 122, 82, 122, 96, -2, 96)),
        (K, poly(54, 90, 66, 90, 122, 170, 122, 182, -2, 182, -2, 170)),
        (S, poly(59, 96, 61, 96, 63, 110, 57, 110) + poly(57, 118, 63, 118, 65, 138, 55, 138) + poly(54, 148, 66, 148, 70, 182, 50, 182)),
    ]


@motif
def kite():
    return [
        (K, poly(76, 2, 114, 46, 72, 96, 38, 44)),
        (S, poly(76, 2, 114, 46, 74, 48) + poly(74, 48, 72, 96, 38, 44)),
        (P, strip(2.5, 72, 95, 58, 112, 66, 130, 50, 150)),
        (P, poly(52, 104, 62, 112, 52, 118) + poly(70, 108, 60, 112, 70, 120) + poly(58, 126, 68, 130, 60, 138)),
        (S, floor(156)),
        (K, person(46, 168, 34)),
    ]


@motif
def book():
    return [
        (S, poly(2, 52, 60, 62, 118, 50, 118, 136, 60, 150, 2, 138)),
        (K, poly(8, 44, 36, 42, 60, 56, 60, 142, 36, 128, 8, 130) + poly(112, 42, 84, 41, 60, 56, 60, 142, 84, 128, 112, 128)),
        (P, many(poly(16, y, 50, y + 7, 50, y + 12, 16, y + 5) for y in (58, 74, 90, 106))),
        (P, many(poly(104, y, 70, y + 7, 70, y + 12, 104, y + 5) for y in (58, 74, 90))),
        (S, poly(80, 30, 92, 28, 92, 74, 86, 66, 80, 74)),
    ]


@motif
def suit():
    return [
        (K, poly(-2, 182, 0, 70, 40, 34, 60, 58, 82, 32, 120, 70, 122, 182)),
        (P, poly(40, 34, 60, 56, 82, 32, 80, 96, 60, 156, 41, 98)),
        (S, poly(52, 52, 68, 52, 65, 68, 75, 126, 60, 152, 47, 126, 56, 68)),
        (S, bar(84, 108, 22, 7)),
        (P, disc(60, 172, 4, n=7)),
    ]


@motif
def suitcase():
    return [
        (K, poly(40, 50, 40, 26, 80, 25, 80, 50, 71, 50, 71, 35, 49, 35, 49, 50)),
        (K, poly(12, 50, 108, 48, 110, 140, 11, 142)),
        (S, bar(26, 49, 11, 92) + bar(83, 49, 11, 92)),
        (P, disc(60, 84, 14, n=9) + moved(bar(44, 108, 32, 18), turn=-8, about=(60, 117))),
        (S, star(60, 84, 10, 4, 5)),
    ]


@motif
def cross():
    return [
        (S, star(60, 60, 66, 34, 14)),
        (K, poly(51, 14, 69, 13, 69, 44, 98, 43, 98, 61, 69, 61, 70, 152, 50, 152, 51, 62, 22, 62, 22, 44, 51, 44)),
        (P, poly(-2, 162, 30, 148, 60, 144, 92, 147, 122, 160, 122, 182, -2, 182)),
    ]


@motif
def house():
    return [
        (S, disc(82, 40, 25)),
        (P, poly(-2, 158, 24, 140, 60, 132, 98, 138, 122, 150, 122, 182, -2, 182)),
        (K, poly(32, 142, 32, 86, 22, 86, 48, 50, 54, 58, 54, 40, 64, 40, 64, 72, 76, 86, 70, 86, 70, 98, 98, 97, 106, 112, 94, 112,
                 94, 142)),
        (S, bar(42, 92, 11, 16) + bar(78, 117, 9, 12)),
        (P, bar(54, 116, 12, 28)),
    ]


@motif
def hand():
    return [
        (S, disc(60, 74, 52)),
        (K, poly(44, 182, 40, 130, 22, 104, 14, 84, 22, 78, 36, 94, 34, 38, 44, 36, 48, 80, 50, 20, 61, 18, 63, 78, 70, 26, 80, 28, 76,
                 84, 88, 50, 97, 54, 90, 100, 82, 132, 82, 182)),
        (P, poly(38, 148, 86, 146, 87, 182, 37, 182)),
    ]


@motif
def globe():
    return [
        (S, poly(56, 136, 64, 136, 66, 150, 90, 158, 30, 158, 54, 150)),
        (S, arc(60, 76, 58, -70, 110, 6, n=12)),
        (K, disc(60, 76, 46)),
        (P, poly(30, 50, 50, 40, 62, 52, 54, 66, 60, 78, 48, 98, 40, 84, 28, 74) + poly(70, 44, 90, 50, 98, 70, 88, 84, 74, 74, 78, 60)
         + poly(72, 92, 88, 92, 82, 110, 70, 108)),
    ]


# Horror


@motif
def skull():
    return [
        (K, poly(60, 12, 92, 22, 108, 52, 104, 84, 90, 98, 88, 128, 34, 129, 31, 98, 16, 84, 12, 52, 28, 22)),
        (P, disc(40, 66, 15, n=9) + disc(81, 65, 15, n=9) + poly(60, 82, 69, 98, 52, 98)),
        (P, bar(46, 112, 5, 17, 0) + bar(58, 112, 5, 17, 0) + bar(70, 112, 5, 17, 0)),
        (S, poly(36, 136, 86, 135, 80, 150, 42, 151)),
        (P, bar(46, 134, 4, 10, 0) + bar(58, 134, 4, 10, 0) + bar(70, 134, 4, 10, 0)),
    ]


@motif
def bat():
    wing = poly(60, 74, 52, 60, 34, 56, 20, 38, -4, 34, 4, 60, -4, 92, 14, 84, 26, 104, 38, 92, 48, 112, 60, 128)
    return [
        (S, disc(60, 78, 50)),
        (K, wing + flipped(wing)),
        (K, poly(46, 78, 44, 36, 55, 52, 65, 52, 76, 36, 74, 78, 68, 124, 60, 138, 52, 124)),
        (P, poly(50, 62, 58, 67, 51, 70) + poly(70, 62, 62, 67, 69, 70)),
    ]


@motif
def ghost():
    return [
        (S, disc(94, 36, 20)),
        (K, poly(24, 152, 26, 66, 36, 40, 56, 28, 76, 36, 90, 60, 96, 152, 84, 138, 72, 154, 60, 140, 48, 155, 36, 140)),
        (P, disc(48, 72, 8, n=8, wide=0.8) + disc(72, 71, 8, n=8, wide=0.8) + disc(60, 98, 10, n=9, wide=0.75)),
    ]


@motif
def woods():
    trunks = many((poly(x, -2, x + w, -2, x + w + 3, 182, x - 3, 182) for x, w in ((2, 13), (30, 10), (80, 11), (104, 15))))
    boughs = (strip(5, 12, 56, 28, 40) + strip(5, 36, 84, 56, 64) + strip(5, 84, 50, 62, 26) + strip(5, 106, 96, 92, 78)
              + strip(5, 34, 40, 22, 22))
    return [
        (S, floor(132)), (K, trunks + boughs), (P, floor(158)),
        (S, poly(42, 94, 56, 103, 42, 107) + poly(77, 93, 63, 103, 76, 107)),
        (P, disc(47, 102, 2.5, n=6) + disc(72, 102, 2.5, n=6)),
    ]


@motif
def pumpkin():
    return [
        (P, poly(54, 40, 58, 14, 72, 12, 66, 40)),
        (S, disc(28, 90, 42, wide=0.6) + disc(92, 89, 42, wide=0.6)),
        (K, disc(60, 90, 52, wide=0.82)),
        (P, poly(30, 80, 42, 60, 54, 80) + poly(66, 80, 78, 60, 90, 80)),
        (P, poly(26, 98, 40, 104, 46, 98, 54, 106, 66, 106, 74, 98, 82, 104, 94, 97, 84, 122, 60, 130, 36, 122)),
    ]


@motif
def spider():
    legs = (strip(4, 56, 82, 26, 60, 10, 90) + strip(4, 54, 90, 24, 84, 6, 122) + strip(4, 54, 98, 30, 108, 18, 146)
            + strip(4, 56, 76, 36, 40, 16, 52))
    return [
        (S, bar(59, -2, 3, 70, 0)),
        (K, legs), (K, flipped(legs)),
        (K, disc(60, 104, 24)), (K, disc(60, 74, 13)),
        (S, poly(52, 94, 68, 94, 56, 118, 64, 118)),
        (P, disc(55, 70, 3, n=6) + disc(65, 70, 3, n=6)),
    ]


@motif
def fangs():
    return [
        (S, poly(-2, 50, 30, 24, 60, 36, 90, 24, 122, 50, 108, 108, 60, 140, 12, 108)),
        (P, poly(10, 54, 60, 48, 110, 54, 100, 98, 60, 120, 20, 98)),
        (K, poly(12, 54, 34, 50, 30, 78, 22, 64) + poly(36, 50, 50, 49, 44, 92) + poly(70, 49, 84, 50, 76, 92)
         + poly(86, 50, 108, 54, 98, 64, 90, 78) + poly(52, 49, 68, 49, 60, 64)),
        (S, poly(74, 96, 80, 112, 76, 120, 71, 112)),
        (K, poly(44, 116, 50, 100, 56, 119) + poly(64, 119, 70, 100, 76, 115)),
    ]


@motif
def wolf():
    return [
        (S, disc(58, 62, 48)),
        (K, poly(-2, 182, 8, 146, 30, 120, 44, 92, 40, 74, 28, 66, 30, 58, 46, 56, 60, 42, 78, 12, 88, 22, 88, 40, 84, 52, 98, 42, 100, 56, 86,
                 72, 82, 96, 90, 126, 104, 150, 112, 182)),
        (P, poly(56, 88, 64, 104, 58, 122, 68, 140, 60, 164, 46, 146, 50, 116)),
        (P, disc(72, 50, 3, n=6)),
        (G, poly(80, 18, 84, 26, 76, 44, 72, 40)),
    ]


@motif
def grave():
    return [
        (S, disc(30, 36, 22)),
        (K, poly(36, 156, 36, 62, 46, 44, 64, 36, 84, 43, 94, 62, 96, 156)),
        (P, poly(60, 60, 70, 60, 70, 76, 84, 76, 84, 85, 70, 85, 70, 122, 60, 122, 60, 85, 46, 86, 46, 76, 60, 76)),
        (P, poly(-2, 154, 30, 146, 70, 152, 122, 144, 122, 182, -2, 182)),
        (S, poly(14, 152, 8, 128, 18, 142, 22, 122, 26, 150) + poly(102, 150, 106, 124, 110, 140, 118, 126, 114, 150)),
    ]


@motif
def axe():
    return [
        (S, moved(bar(54, 36, 11, 126), turn=14)),
        (K, moved(poly(52, 30, 70, 30, 98, 12, 106, 42, 98, 78, 70, 60, 52, 60), turn=14)),
        (P, moved(poly(98, 12, 106, 42, 98, 78, 94, 60, 97, 42, 92, 22), turn=14)),
        (K, poly(20, 112, 27, 128, 20, 138, 13, 128)),
    ]


# Action, war, westerns


@motif
def blast():
    return [
        (S, star(60, 78, 62, 32, 11)), (K, star(58, 80, 42, 22, 10, turn=-70)), (P, star(60, 80, 22, 11, 9)),
        (P, floor(158)), (K, person(18, 166, 28)),
    ]


@motif
def bomb():
    return [
        (K, disc(54, 100, 44)),
        (K, moved(bar(64, 44, 24, 18), turn=38, about=(76, 53))),
        (P, strip(5, 82, 52, 94, 36, 88, 22)),
        (S, star(88, 22, 19, 7, 8)),
        (P, poly(28, 80, 42, 70, 36, 92, 26, 102)),
    ]


@motif
def car():
    return [
        (S, disc(60, 62, 42)),
        (P, floor(132)),
        (K, poly(2, 130, 4, 104, 24, 96, 40, 70, 84, 68, 102, 94, 117, 102, 118, 130)),
        (P, poly(46, 77, 60, 76, 60, 94, 35, 95) + poly(65, 76, 81, 75, 92, 94, 65, 94)),
        (S, bar(106, 108, 11, 8)),
        (K, disc(30, 132, 16) + disc(90, 132, 16)),
        (S, disc(30, 132, 7, n=8) + disc(90, 132, 7, n=8)),
    ]


@motif
def helicopter():
    return [
        (S, disc(60, 88, 44)),
        (K, bar(4, 44, 112, 5) + bar(48, 44, 6, 24)),
        (K, poly(18, 94, 26, 72, 46, 64, 68, 66, 80, 82, 118, 74, 118, 62, 124, 62, 124, 92, 82, 102, 68, 118, 34, 118)),
        (P, poly(26, 92, 32, 78, 46, 74, 46, 94)),
        (K, bar(22, 128, 62, 5) + bar(38, 116, 4, 14) + bar(62, 116, 4, 14)),
    ]


@motif
def sword():
    return [
        (S, disc(60, 66, 40)),
        (K, poly(60, 8, 67, 22, 67, 112, 53, 112, 53, 22)),
        (P, poly(59, 20, 62, 20, 62, 110, 59, 110)),
        (P, poly(30, 110, 90, 109, 92, 119, 28, 120)),
        (K, bar(55, 119, 10, 26)),
        (P, disc(60, 150, 8, n=8)),
    ]


@motif
def helmet():
    return [
        (S, poly(34, 104, 88, 102, 86, 130, 74, 148, 48, 149, 36, 130)),
        (K, poly(8, 106, 16, 66, 36, 42, 64, 36, 90, 46, 106, 70, 112, 105)),
        (P, poly(14, 90, 109, 88, 112, 105, 8, 107)),
        (K, poly(2, 104, 118, 102, 112, 113, 8, 115)),
        (P, star(60, 64, 13, 5, 5)),
        (P, bar(44, 122, 10, 5) + bar(68, 121, 10, 5)),
    ]


@motif
def fist():
    return [
        (S, star(60, 74, 62, 44, 14)),
        (K, poly(40, 182, 40, 128, 22, 110, 20, 52, 36, 46, 38, 40, 54, 38, 56, 36, 72, 38, 74, 42, 92, 44, 100, 92, 84, 126, 84, 182)),
        (P, bar(37, 46, 4, 36, 0) + bar(55, 44, 4, 36, 0) + bar(73, 46, 4, 34, 0)),
        (P, poly(22, 84, 62, 82, 74, 92, 62, 100, 24, 98)),
    ]


@motif
def scope():
    return [
        (S, disc(60, 82, 50)),
        (P, disc(60, 64, 10, n=8) + poly(38, 126, 42, 86, 54, 76, 66, 76, 78, 86, 82, 126, 60, 131)),
        (K, bar(58, 28, 4, 40) + bar(58, 96, 4, 40) + bar(8, 80, 40, 4) + bar(72, 80, 40, 4)),
    ]


@motif
def train():
    return [
        (S, disc(60, 62, 50)),
        (P, poly(28, 150, 92, 150, 118, 182, 2, 182)),
        (K, poly(24, 146, 24, 54, 38, 30, 82, 30, 96, 54, 96, 146)),
        (P, bar(34, 52, 22, 26) + bar(64, 52, 22, 26)),
        (S, disc(60, 104, 13)),
        (P, bar(30, 128, 60, 7)),
        (K, poly(16, 146, 104, 145, 98, 160, 22, 161)),
        (K, poly(36, 162, 42, 162, 26, 182, 16, 182) + poly(78, 162, 84, 162, 104, 182, 94, 182)),
    ]


@motif
def plane():
    return [
        (S, disc(60, 84, 46)),
        (K, poly(60, 8, 68, 26, 70, 60, 118, 98, 118, 112, 70, 94, 68, 124, 86, 140, 86, 150, 60, 142, 34, 150, 34, 140, 52, 124, 50, 94,
                 2, 112, 2, 98, 50, 60, 52, 26)),
        (P, poly(55, 26, 65, 26, 64, 40, 56, 40)),
    ]


@motif
def searchlights():
    def bomber(x, y, r):
        return poly(x, y - 5 * r, x + 2 * r, y, x + 12 * r, y, x + 12 * r, y + 4 * r, x + 2 * r, y + 4 * r, x + r, y + 10 * r, x + 5 * r,
                    y + 13 * r, x - 5 * r, y + 13 * r, x - r, y + 10 * r, x - 2 * r, y + 4 * r, x - 12 * r, y + 4 * r, x - 12 * r, y, x - 2 * r,
                    y)

    return [
        (S, poly(22, 160, 46, -2, 86, -2, 30, 160)), (S, poly(90, 160, 100, 160, 60, -2, 16, -2)),
        (K, bomber(30, 36, 1.5)), (K, bomber(88, 26, 1.5)), (K, bomber(62, 70, 1.7)),
        (P, poly(-2, 156, 18, 146, 40, 154, 66, 146, 92, 154, 122, 146, 122, 182, -2, 182)),
        (K, person(14, 156, 26) + person(60, 156, 26) + person(108, 156, 26)),
    ]


@motif
def tank():
    return [
        (S, disc(38, 54, 28)),
        (K, poly(40, 98, 46, 74, 82, 72, 92, 97) + poly(2, 74, 48, 79, 48, 87, 0, 82)),
        (K, poly(12, 98, 112, 96, 120, 114, 110, 142, 22, 144, 6, 116)),
        (P, disc(28, 124, 11, n=8) + disc(52, 125, 11, n=8) + disc(76, 124, 11, n=8) + disc(99, 122, 10, n=8)),
        (P, floor(146)),
    ]


@motif
def wire():
    def barb(x, y):
        return strip(4, x - 9, y - 11, x + 9, y + 11) + strip(4, x + 9, y - 11, x - 9, y + 11)

    return [
        (S, disc(60, 80, 40)),
        (P, poly(-2, 156, 122, 150, 122, 182, -2, 182)),
        (K, strip(5, -4, 48, 124, 34) + strip(5, -4, 86, 124, 92) + strip(5, -4, 128, 124, 118)),
        (K, barb(26, 45) + barb(90, 38) + barb(58, 89) + barb(30, 125) + barb(96, 120)),
    ]


@motif
def mesa():
    return [
        (S, disc(44, 56, 32)),
        (P, poly(-2, 118, 14, 108, 20, 72, 44, 70, 50, 104, 66, 110, 70, 50, 112, 48, 114, 104, 122, 110, 122, 182, -2, 182)),
        (K, poly(-2, 142, 40, 132, 80, 138, 122, 130, 122, 182, -2, 182)),
        (K, poly(22, 136, 22, 118, 10, 112, 9, 98, 15, 98, 16, 108, 22, 110, 22, 84, 30, 84, 30, 116, 36, 112, 36, 102, 42, 102, 42, 118, 30,
                 124, 30, 136)),
    ]


@motif
def badge():
    star_ = star(60, 80, 56, 26, 5)
    tips = many(disc(60 + 54 * math.cos(math.radians(-90 + 72 * k)), 80 + 54 * math.sin(math.radians(-90 + 72 * k)), 8, n=8)
                for k in range(5))
    return [(K, tips), (K, star_), (S, star(60, 80, 38, 18, 5)), (P, disc(60, 80, 11))]


@motif
def horse():
    return [
        (S, disc(82, 48, 30)),
        (P, floor(146)),
        (K, poly(2, 70, 14, 56, 26, 34, 34, 26, 36, 38, 50, 54, 56, 78, 92, 76, 106, 86, 118, 118, 108, 126, 104, 106, 102, 152, 92, 152, 86, 112,
                 62, 114, 56, 154, 46, 154, 44, 112, 34, 96, 30, 72, 12, 82)),
        (P, poly(36, 38, 52, 54, 58, 78, 48, 76, 42, 56)),
    ]


@motif
def bullhat():
    return [
        (S, disc(60, 80, 50)),
        (K, poly(0, 92, 8, 68, 20, 80, 40, 84, 44, 40, 54, 32, 60, 40, 68, 31, 78, 40, 82, 83, 100, 80, 112, 66, 120, 90, 104, 108, 60, 114, 16,
                 108)),
        (P, poly(41, 72, 81, 71, 82, 83, 60, 88, 40, 84)),
        (K, poly(30, 124, 60, 134, 92, 123, 62, 156)),
    ]


# Music, film, games


@motif
def record():
    return [
        (K, disc(58, 82, 52)), (P, ring(58, 82, 41, 38) + ring(58, 82, 31, 28)), (S, disc(58, 82, 18)), (P, disc(58, 82, 4, n=7)),
        (S, poly(104, 10, 116, 14, 100, 84, 82, 106, 76, 100, 92, 80)),
    ]


@motif
def guitar():
    return [
        (P, moved(bar(55, -12, 10, 90) + bar(51, -30, 18, 22), turn=24)),
        (K, moved(poly(60, 62, 76, 66, 82, 80, 78, 96, 90, 112, 92, 134, 80, 152, 60, 157, 40, 152, 28, 134, 30, 112, 42, 96, 38, 80, 44, 66),
                  turn=24)),
        (S, moved(disc(60, 104, 13) + bar(48, 132, 24, 6), turn=24)),
        (P, moved(bar(58, 40, 4, 94, 0), turn=24)),
    ]


@motif
def piano():
    keys = many(bar(2 + 24 * k, 56, 21, 110, 0.6) for k in range(5))
    blacks = many(bar(x, 54, 13, 64, 0.6) for x in (17, 41, 89))
    return [(P, bar(-2, 20, 124, 36)), (K, keys), (S, blacks), (S, bar(-2, 47, 124, 8))]


@motif
def curtain():
    left = poly(-2, -2, 58, -2, 46, 56, 20, 108, 26, 160, -2, 164)
    folds = poly(16, -2, 26, -2, 22, 60, 6, 106, 12, 162, 4, 162, -2, 108, 12, 58) + poly(40, -2, 48, -2, 36, 60, 18, 100, 14, 96, 32, 56)
    return [
        (K, poly(54, -2, 66, -2, 92, 154, 28, 156)),
        (P, floor(150)),
        (P, person(60, 154, 56)),
        (S, left), (S, flipped(left)), (P, folds), (P, flipped(folds)),
    ]


@motif
def microphone():
    return [
        (S, disc(60, 58, 50)),
        (K, poly(38, 30, 50, 16, 72, 16, 84, 30, 84, 76, 72, 92, 50, 92, 38, 76)),
        (P, bar(36, 36, 50, 5) + bar(36, 50, 50, 5) + bar(36, 64, 50, 5)),
        (K, arc(61, 74, 38, 0, 180, 6, n=9) + bar(58, 110, 7, 38) + poly(36, 148, 86, 147, 88, 156, 34, 157)),
    ]


@motif
def notes():
    return [
        (K, poly(38, 30, 102, 14, 102, 34, 38, 50) + bar(38, 36, 8, 86) + bar(94, 24, 8, 84)),
        (S, moved(disc(30, 122, 15, wide=1.25), turn=-16, about=(30, 122)) + moved(disc(86, 108, 15, wide=1.25), turn=-16, about=(86, 108))),
        (P, disc(18, 34, 7, n=7) + disc(112, 140, 6, n=7) + disc(66, 146, 5, n=7)),
    ]


@motif
def camera():
    return [
        (S, disc(36, 40, 26) + disc(82, 38, 28)),
        (P, disc(36, 40, 8, n=8) + disc(82, 38, 9, n=8)),
        (K, poly(12, 64, 88, 62, 89, 118, 12, 120) + poly(88, 84, 116, 66, 116, 116, 88, 100)),
        (P, bar(24, 78, 26, 14)),
        (K, strip(6, 48, 118, 24, 172) + strip(6, 54, 118, 82, 172) + strip(6, 51, 118, 52, 172)),
    ]


@motif
def reel():
    holes = many(disc(60 + 30 * math.cos(math.radians(-90 + 72 * k)), 70 + 30 * math.sin(math.radians(-90 + 72 * k)), 11, n=8)
                 for k in range(5))
    return [
        (S, poly(60, 112, 84, 120, 122, 138, 122, 160, 80, 142, 60, 128)),
        (P, bar(88, 131, 7, 7, 0) + bar(102, 138, 7, 7, 0)),
        (K, disc(60, 70, 53)), (P, holes), (S, disc(60, 70, 8, n=8)),
    ]


@motif
def theatre():
    face = poly(6, 26, 34, 34, 66, 24, 68, 64, 56, 96, 38, 108, 20, 98, 8, 66)
    return [
        (S, moved(face, 46, 42, 8)),
        (P, moved(poly(16, 52, 30, 58, 16, 62) + poly(58, 52, 44, 58, 58, 62) + poly(24, 90, 36, 78, 50, 90, 36, 84), 46, 42, 8)),
        (K, face),
        (P, poly(14, 52, 24, 46, 32, 54, 22, 56) + poly(60, 50, 50, 45, 42, 54, 52, 55) + poly(18, 70, 38, 78, 58, 69, 50, 86, 38, 92, 26, 87)),
    ]


@motif
def ball():
    return [
        (S, floor(140)),
        (K, disc(60, 74, 50)),
        (P, arc(6, 74, 52, -48, 48, 5, n=8) + arc(114, 74, 52, 132, 228, 5, n=8)),
        (P, many((strip(3, 40 + dx, y, 54 + dx, y - 2) for y, dx in ((54, -2), (74, 6), (94, -2))))
         + many((strip(3, 66 - dx, y, 80 - dx, y - 2) for y, dx in ((54, -2), (74, 6), (94, -2))))),
    ]


# Fantasy, adventure, children, animation


@motif
def castle():
    return [
        (S, disc(62, 62, 45)),
        (K, poly(14, 150, 14, 84, 24, 60, 34, 84, 34, 104, 44, 104, 44, 56, 60, 22, 76, 56, 76, 104, 88, 104, 88, 80, 98, 56, 108, 80, 108, 150)),
        (P, poly(44, 56, 60, 22, 76, 56) + poly(14, 84, 24, 60, 34, 84) + poly(88, 80, 98, 56, 108, 80)),
        (P, poly(52, 150, 52, 126, 60, 116, 68, 126, 68, 150) + bar(56, 72, 8, 14)),
        (P, poly(-2, 154, 30, 146, 60, 150, 92, 146, 122, 154, 122, 182, -2, 182)),
    ]


@motif
def dragon():
    return [
        (S, poly(-4, 92, 14, 84, 4, 72, 34, 76, 44, 86, 34, 100, 8, 112, 16, 100)),
        (K, poly(40, 74, 44, 60, 60, 52, 66, 34, 58, 14, 78, 28, 86, 12, 90, 36, 112, 48, 104, 58, 118, 72, 108, 82, 120, 98, 110, 108, 118, 130,
                 122, 182, 62, 182, 68, 148, 74, 124, 66, 112, 46, 116, 36, 110, 62, 96, 60, 90, 38, 86)),
        (P, poly(68, 58, 80, 54, 78, 64, 70, 65)),
        (P, poly(82, 182, 86, 148, 92, 120, 100, 148, 104, 182)),
    ]


@motif
def wizard():
    return [
        (K, poly(22, 124, 52, 54, 58, 20, 82, 8, 76, 34, 98, 122)),
        (S, poly(26, 114, 95, 112, 100, 124, 20, 126)),
        (K, poly(2, 132, 30, 120, 90, 119, 118, 130, 90, 144, 30, 145)),
        (P, star(64, 66, 10, 4, 5) + star(50, 94, 7, 3, 5) + star(78, 96, 7, 3, 5)),
        (S, star(18, 40, 11, 4, 4) + star(104, 56, 9, 3, 4)),
    ]


@motif
def crown():
    return [
        (S, disc(60, 74, 52)),
        (K, poly(14, 118, 4, 52, 34, 78, 60, 28, 86, 77, 116, 50, 106, 117)),
        (P, disc(60, 28, 8, n=8) + disc(6, 50, 7, n=8) + disc(114, 49, 7, n=8)),
        (P, poly(14, 104, 107, 103, 106, 117, 14, 118)),
        (S, disc(34, 111, 4, n=6) + disc(60, 110, 4, n=6) + disc(86, 110, 4, n=6)),
    ]


@motif
def genie():
    return [
        (S, poly(98, 62, 112, 50, 96, 40, 110, 24, 92, 10, 124, 2, 124, 34, 110, 44, 122, 56, 108, 76)),
        (K, poly(6, 92, 22, 76, 40, 88, 54, 84, 76, 86, 94, 66, 106, 62, 108, 72, 92, 94, 82, 116, 56, 126, 32, 116, 24, 104)),
        (K, poly(44, 126, 68, 126, 80, 142, 32, 143)),
        (S, poly(38, 84, 46, 72, 66, 71, 74, 84)),
        (P, disc(56, 68, 5, n=7) + poly(34, 100, 86, 98, 82, 106, 40, 108)),
    ]


@motif
def ship():
    return [
        (S, disc(66, 56, 40)),
        (K, bar(58, 16, 5, 108)),
        (K, poly(54, 22, 54, 108, 14, 108)),
        (P, poly(66, 34, 100, 106, 66, 107)),
        (K, poly(6, 116, 114, 114, 96, 144, 28, 146)),
        (P, poly(-2, 144, 14, 136, 30, 146, 46, 136, 62, 146, 78, 136, 94, 146, 110, 136, 122, 144, 122, 182, -2, 182)),
    ]


@motif
def liner():
    return [
        (S, poly(66, 34, 76, 33, 76, 62, 64, 62) + poly(44, 38, 54, 37, 54, 62, 43, 62) + poly(86, 30, 97, 29, 97, 60, 86, 60)),
        (P, poly(34, 62, 106, 60, 108, 82, 28, 84)),
        (K, poly(0, 80, 118, 78, 106, 146, 34, 146, 16, 118)),
        (S, disc(34, 98, 4, n=6) + disc(52, 98, 4, n=6) + disc(70, 97, 4, n=6) + disc(88, 96, 4, n=6)),
        (P, poly(-2, 138, 12, 132, 28, 140, 46, 132, 62, 140, 80, 132, 96, 140, 112, 132, 122, 138, 122, 182, -2, 182)),
    ]


@motif
def wave():
    return [
        (S, disc(92, 36, 20)),
        (K, poly(-2, 182, -2, 84, 12, 54, 36, 34, 66, 32, 88, 46, 96, 64, 84, 58, 70, 58, 60, 68, 58, 86, 66, 106, 84, 124, 122, 132, 122, 182)),
        (P, poly(10, 182, 10, 96, 22, 68, 44, 48, 36, 72, 36, 96, 48, 126, 74, 148, 122, 156, 122, 166, 70, 160, 36, 138, 24, 108, 24, 182)),
        (S, poly(84, 118, 116, 116, 110, 126, 92, 127)),
    ]


@motif
def island():
    return [
        (S, disc(36, 50, 28)),
        (P, poly(-2, 136, 122, 132, 122, 182, -2, 182)),
        (K, poly(22, 148, 44, 130, 76, 126, 100, 146)),
        (K, poly(60, 130, 66, 96, 74, 64, 81, 66, 74, 98, 70, 130)),
        (K, poly(78, 66, 56, 54, 36, 66, 50, 42, 72, 48, 64, 24, 84, 40, 100, 22, 98, 44, 120, 52, 112, 74, 98, 60, 92, 86, 82, 66)),
    ]


@motif
def pyramid():
    return [
        (S, disc(28, 38, 22)),
        (K, poly(66, 34, 122, 132, 122, 152, 4, 152)),
        (S, poly(66, 34, 122, 132, 122, 152, 84, 152)),
        (P, floor(150)),
        (S, person(22, 168, 30)),
    ]


@motif
def compass():
    return [
        (S, disc(60, 80, 50)),
        (P, star(60, 80, 44, 12, 4, turn=-45)),
        (K, star(60, 80, 68, 13, 4)),
        (S, poly(60, 12, 60, 80, 51, 71) + poly(60, 80, 128, 80, 69, 71) + poly(60, 80, 60, 148, 69, 89) + poly(60, 80, -8, 80, 51, 89)),
        (P, disc(60, 80, 5, n=8)),
    ]


@motif
def airship():
    return [
        (S, poly(-2, 140, 26, 126, 56, 140, 88, 124, 122, 138, 122, 182, -2, 182)),
        (K, poly(60, 10, 88, 18, 102, 42, 98, 66, 74, 100, 46, 100, 22, 66, 18, 42, 32, 18)),
        (S, poly(60, 10, 70, 36, 70, 64, 66, 100, 54, 100, 50, 64, 50, 36)),
        (P, strip(2, 48, 100, 52, 118) + strip(2, 72, 100, 68, 118)),
        (P, bar(48, 116, 24, 17)),
    ]


@motif
def treasure():
    return [
        (K, poly(8, 30, 40, 22, 78, 30, 112, 20, 114, 134, 80, 142, 42, 134, 8, 142)),
        (P, poly(40, 22, 78, 30, 80, 142, 42, 134)),
        (S, strip(9, 76, 84, 100, 112) + strip(9, 100, 84, 76, 112)),
        (S, strip(5, 18, 52, 28, 58) + strip(5, 36, 60, 46, 68) + strip(5, 50, 78, 56, 90) + strip(5, 62, 98, 72, 104)),
    ]


@motif
def fish():
    return [
        (S, poly(4, 46, 36, 78, 4, 116, 14, 80)),
        (K, poly(26, 80, 48, 48, 80, 42, 108, 62, 118, 82, 104, 104, 76, 118, 46, 112)),
        (P, poly(62, 46, 76, 43, 78, 118, 64, 116)),
        (P, disc(98, 72, 5, n=7)),
        (S, disc(106, 34, 6, n=7) + disc(96, 16, 4, n=7)),
        (S, poly(-2, 152, 30, 144, 60, 152, 92, 144, 122, 152, 122, 182, -2, 182)),
    ]


@motif
def shark():
    return [
        (S, disc(92, 36, 21)),
        (K, poly(28, 118, 40, 84, 62, 50, 90, 30, 84, 62, 90, 92, 104, 118)),
        (P, poly(62, 50, 90, 30, 84, 62, 90, 92, 104, 118, 84, 118, 74, 88, 74, 62)),
        (S, poly(-2, 116, 16, 108, 34, 118, 52, 108, 70, 118, 88, 108, 106, 118, 122, 110, 122, 182, -2, 182)),
        (K, poly(-2, 138, 16, 130, 34, 140, 52, 130, 70, 140, 88, 130, 106, 140, 122, 132, 122, 140, 106, 148, 88, 138, 70, 148, 52, 138, 34, 148,
                 16, 138, -2, 146)),
    ]


@motif
def whale():
    return [
        (P, poly(28, 50, 14, 28, 24, 24, 32, 40, 40, 22, 50, 28, 36, 50)),
        (K, poly(4, 104, 8, 78, 28, 60, 58, 60, 82, 82, 94, 74, 92, 52, 78, 38, 98, 38, 104, 50, 112, 36, 122, 46, 112, 62, 112, 92, 96, 122, 60,
                 134, 24, 130)),
        (P, poly(6, 106, 44, 112, 62, 130, 44, 134, 22, 130)),
        (S, disc(28, 88, 5, n=7)),
        (S, poly(-2, 142, 16, 134, 34, 144, 52, 134, 70, 144, 88, 134, 106, 144, 122, 136, 122, 182, -2, 182)),
    ]


@motif
def dog():
    return [
        (K, poly(34, 30, 60, 22, 86, 29, 96, 62, 90, 100, 76, 132, 44, 133, 30, 100, 24, 62)),
        (S, poly(34, 28, 14, 34, 4, 66, 10, 98, 26, 92, 34, 58) + poly(86, 27, 106, 33, 116, 64, 110, 97, 94, 91, 86, 58)),
        (S, poly(36, 104, 60, 88, 84, 104, 76, 134, 60, 142, 44, 134)),
        (P, disc(46, 66, 7, n=8) + disc(74, 66, 7, n=8) + poly(50, 96, 70, 95, 60, 110)),
        (P, strip(3, 60, 108, 60, 122)),
    ]


@motif
def cat():
    return [
        (K, poly(16, 10, 42, 34, 78, 33, 104, 8, 106, 76, 94, 112, 60, 132, 26, 112, 14, 76)),
        (S, poly(24, 30, 38, 44, 24, 54) + poly(96, 28, 82, 43, 96, 53)),
        (P, poly(24, 72, 40, 62, 54, 74, 40, 82) + poly(96, 71, 80, 61, 66, 74, 80, 81)),
        (K, poly(36, 64, 43, 64, 43, 81, 36, 81) + poly(77, 64, 84, 64, 84, 81, 77, 81)),
        (S, poly(52, 92, 68, 91, 60, 102)),
        (P, strip(2.5, 44, 102, 2, 96) + strip(2.5, 44, 108, 4, 116) + strip(2.5, 76, 101, 118, 95) + strip(2.5, 76, 107, 116, 115)),
    ]


@motif
def pig():
    return [
        (S, poly(14, 24, 46, 30, 28, 58) + poly(106, 22, 74, 29, 92, 57)),
        (K, disc(60, 84, 51)),
        (S, disc(60, 98, 23, wide=1.2)),
        (P, disc(51, 98, 6, n=7, wide=0.8) + disc(70, 98, 6, n=7, wide=0.8)),
        (P, disc(38, 66, 6, n=7) + disc(82, 65, 6, n=7)),
    ]


@motif
def lion():
    return [
        (S, star(60, 80, 60, 46, 16)),
        (K, disc(60, 82, 38)),
        (P, disc(44, 74, 5, n=7) + disc(76, 73, 5, n=7) + poly(48, 88, 72, 87, 60, 102)),
        (P, strip(3.5, 60, 100, 60, 108, 48, 114) + strip(3.5, 60, 108, 72, 113)),
        (S, poly(36, 54, 46, 52, 48, 60) + poly(84, 53, 74, 52, 72, 60)),
    ]


@motif
def elephant():
    return [
        (S, poly(30, 30, 8, 34, -2, 66, 8, 106, 32, 104) + poly(90, 29, 112, 32, 122, 64, 112, 105, 88, 103)),
        (K, poly(32, 36, 60, 20, 88, 35, 92, 80, 76, 98, 74, 130, 86, 146, 76, 156, 56, 146, 48, 128, 46, 98, 28, 82)),
        (P, disc(44, 66, 5, n=7) + disc(77, 65, 5, n=7)),
        (P, poly(32, 92, 44, 98, 40, 122, 30, 114) + poly(88, 91, 76, 98, 80, 121, 90, 113)),
    ]


@motif
def penguin():
    return [
        (S, poly(-2, 146, 40, 138, 84, 146, 122, 138, 122, 182, -2, 182)),
        (K, poly(60, 14, 80, 24, 86, 48, 100, 84, 104, 112, 92, 108, 90, 136, 76, 152, 44, 152, 30, 136, 28, 108, 16, 113, 20, 84, 34, 48, 40, 24)),
        (P, poly(60, 58, 76, 68, 80, 110, 72, 142, 48, 142, 40, 110, 44, 68)),
        (P, disc(51, 36, 5, n=7) + disc(69, 36, 5, n=7)),
        (S, poly(52, 44, 68, 43, 60, 58)),
        (S, poly(30, 152, 54, 148, 54, 158, 28, 160) + poly(90, 152, 66, 148, 66, 158, 92, 160)),
    ]


@motif
def teddy():
    return [
        (K, disc(28, 36, 19) + disc(92, 35, 19)),
        (S, disc(28, 36, 10) + disc(92, 35, 10)),
        (K, poly(14, 182, 22, 132, 98, 131, 106, 182)),
        (K, disc(60, 78, 46)),
        (S, disc(60, 98, 22, wide=1.15)),
        (P, disc(42, 68, 6, n=7) + disc(78, 67, 6, n=7) + poly(50, 86, 70, 85, 60, 98)),
        (P, strip(3, 60, 96, 60, 108)),
        (S, poly(60, 134, 34, 126, 34, 152) + poly(60, 134, 86, 125, 86, 151)),
    ]


@motif
def snowman():
    return [
        (S, bar(20, 30, 5, 5, 0) + bar(98, 20, 5, 5, 0) + bar(10, 76, 5, 5, 0) + bar(106, 70, 5, 5, 0) + bar(14, 116, 4, 4, 0)),
        (K, disc(60, 124, 36)), (K, disc(60, 70, 26)),
        (P, bar(42, 14, 36, 28) + bar(32, 40, 56, 8)),
        (P, disc(51, 66, 4, n=6) + disc(68, 66, 4, n=6) + disc(60, 112, 4, n=6) + disc(60, 130, 4, n=6)),
        (S, poly(60, 72, 88, 80, 60, 82)),
        (S, poly(36, 88, 84, 87, 84, 97, 74, 98, 74, 118, 64, 118, 64, 98, 36, 98)),
    ]


@motif
def firtree():
    return [
        (P, bar(53, 136, 14, 22)),
        (K, poly(60, 22, 82, 60, 72, 60, 96, 96, 84, 96, 110, 140, 10, 141, 36, 96, 24, 96, 48, 60, 38, 60)),
        (S, star(60, 22, 17, 7, 5)),
        (S, disc(52, 72, 5, n=7) + disc(72, 88, 5, n=7) + disc(44, 108, 5, n=7) + disc(78, 122, 5, n=7) + disc(56, 126, 5, n=7)),
        (P, floor(156)),
    ]


@motif
def apple():
    return [
        (P, poly(58, 50, 54, 22, 62, 20, 66, 50)),
        (S, poly(64, 34, 78, 16, 102, 14, 92, 34, 76, 40)),
        (K, poly(60, 52, 84, 42, 106, 56, 112, 86, 102, 120, 80, 146, 60, 140, 40, 146, 18, 120, 8, 86, 14, 56, 36, 42)),
        (G, disc(108, 82, 15) + disc(104, 102, 13)),
        (S, poly(24, 66, 36, 56, 32, 78, 26, 92)),
    ]


@motif
def sunflower():
    return [
        (P, poly(56, 96, 64, 96, 68, 182, 58, 182) + poly(63, 140, 80, 118, 108, 118, 94, 140, 70, 148)),
        (K, star(60, 64, 52, 33, 14)), (S, disc(60, 64, 29)), (P, disc(60, 64, 14)),
    ]


@motif
def storm():
    return [
        (K, disc(34, 54, 24) + poly(10, 52, 112, 50, 112, 76, 14, 78)), (K, disc(64, 42, 31)), (K, disc(94, 58, 21)),
        (S, poly(58, 78, 82, 77, 68, 102, 86, 101, 44, 156, 56, 116, 40, 117)),
        (P, strip(4, 24, 88, 16, 112) + strip(4, 102, 86, 94, 110) + strip(4, 30, 122, 22, 146) + strip(4, 98, 122, 90, 146)),
    ]


@motif
def twister():
    return [
        (K, poly(6, 22, 116, 16, 112, 36, 14, 42)), (S, poly(18, 46, 106, 40, 98, 60, 28, 65)), (K, poly(32, 69, 96, 64, 88, 84, 42, 88)),
        (S, poly(42, 92, 86, 88, 78, 106, 48, 109)), (K, poly(48, 113, 76, 110, 66, 130, 50, 130)), (S, poly(48, 134, 66, 133, 54, 152, 46, 151)),
        (P, floor(152)), (K, person(94, 160, 30)),
    ]


@motif
def flame():
    return [
        (S, poly(58, 10, 72, 44, 84, 38, 102, 76, 104, 108, 90, 138, 60, 150, 30, 138, 16, 108, 20, 78, 34, 56, 40, 68, 54, 42)),
        (K, poly(62, 58, 74, 86, 80, 82, 88, 108, 78, 136, 60, 144, 40, 136, 32, 110, 42, 88, 48, 96)),
        (P, poly(60, 98, 70, 118, 68, 136, 60, 142, 50, 136, 50, 118)),
    ]


@motif
def bus():
    return [
        (S, disc(60, 60, 46)),
        (K, poly(20, 140, 20, 44, 28, 34, 92, 33, 100, 44, 100, 140)),
        (P, poly(28, 56, 92, 55, 92, 96, 28, 97)),
        (K, bar(57, 54, 6, 44)),
        (S, bar(34, 40, 52, 9)),
        (P, disc(34, 118, 8, n=8) + disc(86, 118, 8, n=8)),
        (K, bar(26, 138, 18, 16) + bar(76, 138, 18, 16)),
        (P, bar(48, 112, 24, 5) + bar(48, 121, 24, 5)),
    ]


@motif
def cycle():
    return [
        (S, disc(60, 62, 47)),
        (K, ring(28, 118, 26, 19) + ring(92, 117, 26, 19)),
        (K, strip(5, 28, 118, 46, 82, 78, 80, 92, 117) + strip(5, 46, 82, 60, 118, 78, 80) + strip(5, 28, 118, 60, 118)),
        (K, strip(5, 78, 80, 74, 62, 90, 58) + strip(5, 46, 84, 42, 70) + bar(33, 64, 20, 6)),
        (P, disc(60, 118, 6, n=7)),
    ]


@motif
def submarine():
    return [
        (S, poly(-2, 54, 16, 46, 34, 56, 52, 46, 70, 56, 88, 46, 106, 56, 122, 48, 122, 182, -2, 182)),
        (K, poly(6, 106, 20, 88, 46, 84, 46, 66, 78, 65, 78, 84, 100, 88, 114, 104, 102, 124, 70, 132, 26, 128)),
        (K, poly(60, 66, 60, 26, 78, 25, 78, 33, 67, 34, 67, 66)),
        (P, disc(36, 106, 8, n=8) + disc(60, 106, 8, n=8) + disc(84, 105, 8, n=8)),
        (K, poly(2, 88, 10, 88, 12, 128, 2, 128)),
        (P, disc(100, 66, 4, n=7) + disc(108, 78, 3, n=6)),
    ]


@motif
def bench():
    return [
        (S, disc(60, 58, 48)),
        (P, floor(146)),
        (K, bar(6, 122, 108, 7) + bar(6, 102, 108, 7) + bar(14, 100, 6, 54) + bar(100, 100, 6, 54)),
        (K, disc(44, 76, 11, n=8) + poly(30, 122, 32, 92, 44, 86, 57, 92, 58, 122)),
        (P, disc(76, 78, 10, n=8) + poly(64, 122, 65, 94, 76, 88, 88, 94, 90, 122)),
    ]


@motif
def halves():
    return [
        (K, bar(-2, -2, 62, 184, 0)),
        (S, poly(60, 24, 88, 32, 104, 56, 106, 88, 92, 122, 60, 140)),
        (P, poly(60, 24, 32, 32, 16, 56, 14, 88, 28, 122, 60, 140)),
        (K, disc(84, 74, 7, n=8)),
        (K, disc(37, 74, 7, n=8)),
        (K, poly(60, 112, 84, 106, 76, 118, 60, 121) + poly(60, 112, 36, 120, 42, 108, 60, 108)),
    ]


@motif
def pawprint():
    return [
        (K, poly(60, 78, 80, 88, 94, 110, 90, 132, 72, 136, 60, 128, 48, 136, 30, 132, 26, 110, 40, 88)),
        (S, disc(20, 80, 14, wide=0.85) + disc(44, 50, 17, wide=0.85) + disc(77, 50, 17, wide=0.85) + disc(101, 79, 14, wide=0.85)),
    ]


@motif
def skyscraper():
    return [
        (K, poly(38, 152, 38, 36, 50, 26, 50, 12, 70, 12, 70, 26, 82, 36, 82, 152)),
        (P, many(bar(45 + 11 * x, 76 + 14 * y, 7, 8, 0) for x in range(3) for y in range(5))),
        (S, star(72, 52, 36, 17, 9)), (P, star(72, 52, 18, 8, 8)),
        (P, floor(152)),
    ]


# fmt: on
# Four papers each, from dark to light, era by era: before 1950, 1965, 1980, 1990, 2000, and since.
DARK, DEEP, BRIGHT, LIGHT = range(4)
PAPERS = [
    ["15110f 7c2f22 cda25c f7ecd4", "131a16 3d5a49 c7ad6a f2ead3", "17141c 6b3a3f c9a08a f4e9dc",
     "10161c 3c5468 c8a86e f3ecd8"],
    ["14110f c23522 e9a434 fbf1dc", "0f1c22 1f6670 f0a23a fbf1dc", "1a1410 b04a1e d9ab3c faf3e2",
     "14142a 4a3f8c f2a65a fbf0e0"],
    ["22130b 8f3f16 e6a02e f8ecc9", "1a1f10 5e6a24 d9a22c f8eecf", "241014 93352f ee9a3c f9ead0",
     "0f1d26 2b6280 eda04a f8efd6"],
    ["150b33 a31f7c ff8a5c ffe9d0", "07142e 1c5a9c 42bfb0 fdf3d0", "1c0a2a 6a35b8 ff8fb0 fff0d8",
     "170d12 b0263c f39a2a fff0d2"],
    ["140f0f b3321f dfa13a fbefd8", "0b1f1a 1c6149 d8a636 f7efd9", "0f1730 2c4f96 e99c3c f8efdc",
     "1d0f1a 86264f e89a6a fbeadb"],
    ["0c1c24 1d6878 f5975a fbf1e4", "151a22 b8412a 94b3aa f4efe6", "101b1a 3b6b5a e9a050 f6f1e4",
     "1a1524 5d4a8a f2938c faf0ea"],
]  # fmt: skip
# Which of them are ground, key, second and third.
ORDERS = [(DEEP, LIGHT, BRIGHT, DARK), (BRIGHT, DARK, DEEP, LIGHT), (LIGHT, DARK, DEEP, BRIGHT),
          (DARK, LIGHT, BRIGHT, DEEP)]  # fmt: skip


def path(shapes):
    """The polygons as the `d` of an SVG path: whole pixels, each from the one before.

    All run clockwise and holes the other way round, so that what overlaps is one piece of paper.
    """
    text, (x, y) = "", (0, 0)
    for shape in shapes:
        points = [(round(x), round(y)) for x, y in shape]
        points = [
            p for p, before in zip(points, [points[-1], *points], strict=False) if p != before
        ]
        turns = zip(points, [*points[1:], points[0]], strict=True)
        area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in turns)
        if (area < 0) != isinstance(shape, Hole):
            points.reverse()
        text += "m"
        for at in points:
            text += f"{at[0] - x} {at[1] - y} "
            x, y = at
        text = text.strip() + "z"
        x, y = points[0]
    return text.replace(" -", "-")


def data():
    """What both painters draw from."""
    motifs = {}
    for name, draw in DRAWN.items():
        _hand.seed(name)
        motifs[name] = "|".join(f"{ink}{path(shapes)}" for ink, shapes in draw() if shapes)
    papers = [[f"#{colour}" for colour in text.split()] for texts in PAPERS for text in texts]
    return {"papers": papers, "orders": ORDERS, "motifs": motifs}


def text():
    """The file's text: a module of which all but its first line is JSON."""
    found = data()
    papers = ",\n".join(json.dumps(four, separators=(",", ":")) for four in found["papers"])
    motifs = ",\n".join(f'"{name}":"{drawn}"' for name, drawn in found["motifs"].items())
    head = "export const ART = // made by tools/motifs.py"
    return (
        f'{head}\n{{"papers":[\n{papers}\n],\n"orders":{json.dumps(found["orders"])},\n'
        f'"motifs":{{\n{motifs}\n}}}}\n'
    )


if __name__ == "__main__":
    OUT.write_text(text(), encoding="utf-8", newline="\n")
    print(f"{OUT.name}: {len(DRAWN)} motifs, {OUT.stat().st_size:,} bytes")
