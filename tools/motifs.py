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


def ring(x, y, outer, inner, wide=1.0):
    """A disc with a hole."""
    return disc(x, y, outer, wide=wide) + disc(x, y, inner, wide=wide)


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
        [
            (ax + c * (x - ax) - s * (y - ay) + dx, ay + s * (x - ax) + c * (y - ay) + dy)
            for x, y in shape
        ]
        for shape in shapes
    ]


def flipped(shapes, axis=60):
    """The mirror image beside an upright axis."""
    return [[(2 * axis - x, y) for x, y in shape][::-1] for shape in shapes]


DRAWN = {}


def motif(draw):
    """A function that returns layers, bottom first, is a motif of that name."""
    DRAWN[draw.__name__] = draw
    return draw


# Science fiction


@motif
def saucer():
    return [
        (K, floor(140)),
        (S, poly(56, 30, 64, 30, 98, 152, 20, 154)),
        (P, disc(59, 152, 9, n=12, wide=4.4)),
        (K, disc(60, 27, 11, n=12, wide=3.9)),
        (P, disc(60, 18, 12, n=9)),
        (K, person(60, 152, 44)),
    ]


@motif
def planet():
    return [
        (K, disc(60, 72, 40)),
        (S, poly(20, 70, 22, 58, 98, 50, 100, 64)),
        (P, arc(60, 72, 62, -18, 198, 7, n=16, wide=1)[0:0]),
        (P, moved(arc(60, 72, 58, -8, 188, 9, n=16, wide=1), 0, 0, -24)[0:0]),
        (P, poly(-4, 96, 30, 88, 78, 68, 124, 34, 124, 44, 84, 80, 40, 98, -4, 108)),
        (S, disc(100, 22, 7)),
        (P, bar(18, 24, 3, 3, 0) + bar(36, 14, 3, 3, 0) + bar(104, 120, 3, 3, 0)),
        (S, poly(-2, 150, 20, 144, 44, 150, 74, 142, 122, 152, 122, 182, -2, 182)),
        (K, person(34, 150, 26)),
    ]


@motif
def rocket():
    return [
        (S, disc(26, 30, 14)),
        (P, poly(46, 128, 60, 178, 74, 128)),
        (S, poly(52, 128, 60, 158, 68, 128)),
        (P, poly(42, 92, 26, 122, 26, 138, 46, 122) + poly(78, 92, 94, 122, 94, 138, 74, 122)),
        (K, poly(60, 14, 74, 38, 80, 70, 78, 104, 72, 128, 48, 128, 42, 104, 40, 70, 46, 38)),
        (P, disc(60, 64, 11, n=9)),
        (S, disc(60, 64, 6, n=8)),
    ]


@motif
def robot():
    return [
        (S, poly(14, 182, 18, 142, 40, 132, 82, 131, 103, 142, 107, 182)),
        (P, bar(56, 12, 7, 24)),
        (S, disc(60, 14, 8)),
        (K, poly(24, 34, 97, 32, 98, 124, 23, 126)),
        (K, bar(46, 124, 28, 12)),
        (P, disc(43, 66, 13, n=9) + disc(78, 65, 13, n=9)),
        (K, disc(43, 66, 5, n=7) + disc(78, 65, 5, n=7)),
        (S, poly(38, 96, 84, 95, 83, 110, 39, 111)),
        (K, bar(48, 94, 4, 18, 0) + bar(59, 94, 4, 18, 0) + bar(70, 94, 4, 18, 0)),
        (P, bar(13, 62, 9, 26) + bar(99, 61, 9, 26)),
    ]


# Crime, mystery, film noir


@motif
def door():
    return [
        (K, poly(34, 20, 88, 18, 88, 146, 34, 147)),
        (S, poly(34, 147, 88, 146, 112, 182, 2, 182)),
        (P, poly(34, 20, 58, 32, 58, 160, 34, 147)),
        (K, disc(53, 98, 2.6, n=6)),
        (S, person(74, 146, 52)),
    ]


@motif
def lamp():
    return [
        (S, poly(62, 32, 70, 32, 116, 156, 20, 158)),
        (K, floor(152)),
        (K, bar(28, 22, 5, 134) + poly(28, 18, 66, 18, 66, 23, 28, 24)),
        (P, poly(56, 22, 76, 22, 82, 34, 50, 34)),
        (K, person(76, 155, 54)),
    ]


@motif
def skyline():
    return [
        (S, disc(84, 42, 24)),
        (
            P,
            poly(
                -2,
                92,
                22,
                92,
                22,
                70,
                44,
                70,
                44,
                104,
                62,
                104,
                62,
                84,
                84,
                84,
                84,
                110,
                122,
                108,
                122,
                182,
                -2,
                182,
            ),
        ),
        (
            K,
            poly(
                -2,
                122,
                14,
                121,
                14,
                104,
                36,
                104,
                36,
                128,
                50,
                128,
                50,
                56,
                58,
                56,
                61,
                40,
                64,
                56,
                72,
                56,
                72,
                134,
                92,
                133,
                92,
                92,
                112,
                92,
                112,
                126,
                122,
                126,
                122,
                182,
                -2,
                182,
            ),
        ),
        (
            S,
            bar(55, 66, 5, 7, 0)
            + bar(63, 80, 5, 7, 0)
            + bar(55, 98, 5, 7, 0)
            + bar(98, 102, 5, 7, 0)
            + bar(20, 114, 5, 7, 0)
            + bar(102, 122, 5, 7, 0),
        ),
    ]


@motif
def revolver():
    return [
        (S, disc(60, 78, 50)),
        (
            K,
            poly(
                8,
                56,
                84,
                52,
                90,
                48,
                96,
                54,
                104,
                74,
                100,
                84,
                106,
                122,
                84,
                128,
                72,
                90,
                62,
                88,
                8,
                76,
            ),
        ),
        (K, poly(60, 86, 74, 88, 78, 104, 62, 106, 56, 98)),
        (S, poly(64, 90, 71, 91, 73, 100, 65, 101, 61, 97)),
        (P, poly(58, 58, 78, 57, 80, 78, 58, 79)),
        (K, bar(60, 64, 18, 3, 0) + bar(60, 71, 18, 3, 0)),
    ]


# Love, and plays of people


@motif
def heart():
    half = [(60, 52), (50, 34), (34, 30), (18, 40), (14, 60), (24, 84), (42, 108), (60, 128)]
    return [
        (K, [[*half, (66, 108), (56, 92), (66, 76), (55, 64)]]),
        (
            S,
            [
                [
                    (64, 52),
                    (74, 34),
                    (90, 31),
                    (104, 42),
                    (107, 62),
                    (96, 86),
                    (80, 106),
                    (66, 126),
                    (72, 108),
                    (62, 92),
                    (72, 76),
                    (60, 64),
                ]
            ],
        ),
    ]


@motif
def couple():
    return [
        (K, disc(38, 46, 17, n=10) + poly(38, 60, 58, 74, 66, 182, -4, 182, 4, 90)),
        (S, disc(84, 42, 17, n=10) + poly(84, 56, 66, 72, 64, 182, 124, 182, 118, 84)),
        (P, disc(65, 96, 6, n=7)),
    ]


@motif
def smile():
    return [
        (K, disc(60, 78, 50)),
        (P, disc(42, 64, 7, n=8) + disc(78, 63, 7, n=8)),
        (P, poly(26, 84, 94, 83, 88, 102, 74, 114, 58, 116, 42, 112, 31, 101)),
        (S, poly(34, 86, 86, 85, 83, 94, 37, 95)),
    ]


@motif
def house():
    return [
        (S, disc(82, 42, 24)),
        (K, poly(-2, 158, 24, 140, 60, 132, 98, 138, 122, 150, 122, 182, -2, 182)),
        (
            K,
            poly(
                34,
                138,
                34,
                86,
                26,
                86,
                50,
                54,
                56,
                62,
                56,
                46,
                64,
                46,
                64,
                72,
                74,
                86,
                70,
                86,
                70,
                98,
                96,
                97,
                102,
                110,
                92,
                110,
                92,
                140,
            ),
        ),
        (S, bar(44, 92, 10, 15) + bar(78, 116, 8, 11)),
        (P, bar(56, 114, 10, 22)),
    ]


# Four papers each, from dark to light, era by era: before 1950, 1965, 1980, 1990, 2000, and since.
DARK, DEEP, BRIGHT, LIGHT = range(4)
PAPERS = [
    ["15110f 7c2f22 cda25c f7ecd4", "131a16 3d5a49 c7ad6a f2ead3", "17141c 6b3a3f c9a08a f4e9dc",
     "10161c 3c5468 c8a86e f3ecd8"],
    ["14110f c23522 f0b040 fbf1dc", "0f1c22 1f6670 f0a23a fbf1dc", "1a1410 b04a1e e7c35a faf3e2",
     "14142a 4a3f8c f2a65a fbf0e0"],
    ["22130b 8f3f16 e6a02e f8ecc9", "1a1f10 5e6a24 e8b43c f8eecf", "241014 93352f ee9a3c f9ead0",
     "0f1d26 2b6280 eda04a f8efd6"],
    ["150b33 a31f7c ff8a5c ffe9d0", "07142e 1c5a9c 4fd0c0 fdf3d0", "1c0a2a 6a35b8 ff8fb0 fff0d8",
     "170d12 b0263c ffb03a fff0d2"],
    ["140f0f b3321f e8b44c fbefd8", "0b1f1a 1c6149 dfae3f f7efd9", "0f1730 2c4f96 efa94a f8efdc",
     "1d0f1a 86264f e89a6a fbeadb"],
    ["0c1c24 1d6878 f5975a fbf1e4", "151a22 b8412a 9fbdb4 f4efe6", "101b1a 3b6b5a f2b56b f6f1e4",
     "1a1524 5d4a8a f2938c faf0ea"],
]  # fmt: skip
# Which of them are ground, key, second and third.
ORDERS = [(DEEP, LIGHT, BRIGHT, DARK), (BRIGHT, DARK, DEEP, LIGHT), (LIGHT, DARK, DEEP, BRIGHT),
          (DARK, LIGHT, BRIGHT, DEEP)]  # fmt: skip


def path(shapes):
    """The polygons as the `d` of an SVG path, in whole pixels."""
    text = ""
    for shape in shapes:
        points = [f"{round(x)} {round(y)}" for x, y in shape]
        kept = [p for p, before in zip(points, [points[-1], *points], strict=False) if p != before]
        text += f"M{' '.join(kept)}z"
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
