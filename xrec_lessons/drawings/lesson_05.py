"""Drawings of lesson 05: the influence of a rating."""

import numpy as np

from xrec_lessons.bundle import load_bundle
from xrec_lessons.drawings.moving import MovingDrawing, Position
from xrec_lessons.drawings.pen import circle, line, num, rect, text
from xrec_lessons.fold_in import design, ridge, targets_design
from xrec_lessons.influence import leave_one_out

__all__ = ["lever", "rectangles"]

# Six points that lie together and one far out, which the slider lifts; the fit is a ridge.
NEAR = np.array([[-1.5, 0.05], [-1.1, -0.35], [-0.7, 0.1], [-0.2, -0.25], [0.2, 0.3], [0.6, 0.1]])
FAR, LAMBDA = 2.4, 0.6
LIFTS = (-0.6, -0.35, -0.1, 0.15, 0.4, 0.65, 0.9, 1.15, 1.4, 1.65, 1.9)


def lever() -> MovingDrawing:
    """A fitted line is pulled towards its own point, so the residual is less than the surprise.

    Examples
    --------
    >>> lever()
    [Drawing: With the gold point at 1.40, the line passes 0.35 below it; fitted without it, ...]
    """
    positions = [_lifted(height) for height in LIFTS]
    below = (
        "Golden bar: from the line that was fitted with the point. Blue bar: from the line that "
        "was fitted without it."
    )
    return MovingDrawing(positions, 310, "lift the gold point", below, first=8)


def _lifted(height: float) -> Position:
    def at(x: float, y: float) -> tuple[float, float]:
        return 230 + 90 * x, 205 - 80 * y

    X, y = np.column_stack([np.ones(7), [*NEAR[:, 0], FAR]]), np.array([*NEAR[:, 1], height])
    full, less = ridge(X, y, LAMBDA), ridge(X[:-1], y[:-1], LAMBDA)
    fitted, expected = X[-1] @ full, X[-1] @ less
    residual, surprise = height - fitted, height - expected
    pull = 1 - residual / surprise  # on itself
    parts = []
    for w, said, bold in ((less, "without it", False), (full, "with it", True)):
        (x1, y1), (x2, y2) = (at(x, w[0] + w[1] * x) for x in (-1.75, FAR + 0.15))
        colour, width = ("ink", 3) if bold else ("second", 2)
        parts.append(line(x1, y1, x2, y2, colour, width=width, dashed=not bold))
        apart = (full - less) @ [1, -1.75]
        lower = 12 if (bold and apart < 0) or (not bold and apart >= 0) else -6
        where = (x1 - 6, y1 + (lower if abs(apart) < 0.25 else 5))
        parts.append(text(*where, said, "ink" if bold else "second", anchor="end", bold=bold))
    parts += [circle(*at(*point), 5, fill="ink") for point in NEAR]
    x, top = at(FAR, height)
    for k, (value, end, colour) in enumerate(
        ((residual, fitted, "gold"), (surprise, expected, "up"))
    ):
        bar, foot = x + 24 + 34 * k, at(FAR, end)[1]
        edge = "gold-edge" if colour == "gold" else "up"
        parts.append(line(x, foot, bar + 14, foot, "grid", width=1.5))
        parts.append(rect(bar, top, 14, foot - top, fill=colour, edge=edge, stroke=1.5))
        middle = (top + foot) / 2
        shift = (-1 if top < foot else 1) * 24
        if colour == "gold":
            say = (bar + 7, top + shift + (0 if shift < 0 else 8), "middle")
            parts.append(text(*say[:2], f"residual {num(value)}", "gold-edge", bold=True))
        else:
            parts.append(text(bar + 24, middle - 3, "surprise", "up-text", anchor="start"))
            said = text(bar + 24, middle + 17, num(value), "up-text", anchor="start", figure=True)
            parts.append(said)
    parts.append(circle(*at(FAR, fitted), 4, fill="ink"))
    parts.append(circle(*at(FAR, expected), 5, fill="paper", edge="second", stroke=1.5))
    parts.append(circle(x, top, 9, fill="gold", edge="gold-edge"))
    parts.append(text(30, 34, "self-pull", "second", anchor="start"))
    parts.append(text(108, 36, num(pull), size=24, anchor="start", figure=True))
    way = "below" if residual > 0 else "above"
    said = (
        f"With the gold point at {num(height)}, the line passes {num(abs(residual))} {way} it; "
        f"fitted without it, the line passes {num(abs(surprise))} {way}."
    )
    return Position(num(height), said, "".join(parts))


MOVED = 1721  # Titanic
PULL, SURPRISE = 300, 25  # px a star
STARS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0)


def rectangles() -> MovingDrawing:
    """Influence is pull times surprise: ten rectangles with signs, of the sample person's ratings.

    The target is their first recommendation, the model the first of the bundle. The slider gives
    Titanic other stars.

    Examples
    --------
    >>> rectangles()
    [Drawing: With 1.5 stars for Titanic, its surprise is −1.37 and its pull −0.06: influence ...]
    """
    bundle = load_bundle()
    model, newcomer = bundle.models[0], bundle.sample_person
    X, y, rated = design(model, newcomer)
    Xt = targets_design(model, np.array(bundle.recommend(newcomer, 1)))
    penalty, row = model.penalty(len(y)), rated.tolist().index(MOVED)
    effects = leave_one_out(X, y, penalty, Xt)[:, 0]
    order = np.argsort(-effects)
    names = [
        name.partition(" (")[0].rpartition(" - ")[2] for name in bundle.films.names(rated[order])
    ]
    positions = []
    for stars in STARS:
        y_now = y + np.where(np.arange(len(y)) == row, stars - newcomer[MOVED], 0)
        # of every rating on itself and on the target: 1 - h is what is left of the surprise
        A = X.T @ X + penalty * np.eye(X.shape[1])
        left = 1 - np.diag(X @ np.linalg.solve(A, X.T))
        surprise = (y_now - X @ ridge(X, y_now, penalty)) / left
        pull = (X @ np.linalg.solve(A, Xt.T))[:, 0]
        place = order.tolist().index(row)
        positions.append(_ten(names, pull[order], surprise[order], place, stars))
    below = (
        "Width is surprise, height is pull: right and up is plus. "
        "Blue and solid raises the prediction, orange and hollow lowers it: "
        "minus times minus is plus."
    )
    return MovingDrawing(positions, 335, "stars for Titanic", below, first=STARS.index(1.5))


def _ten(
    names: list[str], pull: np.ndarray, surprise: np.ndarray, place: int, stars: float
) -> Position:
    parts = []
    for k, name in enumerate(names):
        x, y = 72 + 124 * (k % 5), (88, 270)[k // 5]
        low = (y + 42, y + 30)[k // 5]
        if k == place:
            parts.append(rect(x - 60, y - 62, 120, 134, fill="tint", round=6))
            name = f"{name} {stars:g}"
        parts.append(line(x - 52, y, x + 52, y, "grid", width=1))
        parts.append(line(x, y - 52, x, y + 24 if k < 5 else y, "grid", width=1))
        effect = pull[k] * surprise[k]
        width, height = SURPRISE * surprise[k], -PULL * pull[k]
        if effect > 0:
            parts.append(rect(x, y, width, height, fill="up"))
        else:
            parts.append(rect(x, y, width, height, edge="down", stroke=2))
        colour = "gold-edge" if k == place else "ink"
        parts.append(text(x, low, name, colour, size=14, bold=k == place))
        said = num(effect, sign=True)
        parts.append(text(x, low + 19, said, "up-text" if effect > 0 else "down-text", figure=True))
    parts.append(text(12, 34, "pull ↑", "second", size=13, anchor="start"))
    parts.append(text(573, 104, "surprise →", "second", size=13, anchor="start"))
    said = (
        f"With {stars:g} stars for Titanic, its surprise is {num(surprise[place])} and its pull "
        f"{num(pull[place])}: influence {num(pull[place] * surprise[place], sign=True)} stars."
    )
    return Position(f"{stars:g} stars", said, "".join(parts))
