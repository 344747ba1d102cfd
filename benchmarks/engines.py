"""The engines that learn factors from all ratings, each in a process of its own: for scale.py.

An engine takes the columns of the training ratings and tells the clock when it starts, its imports
done, and when each of its epochs (SGD) or iterations (ALS) ends.
"""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from processes import memory, work

COLUMNS = ("userId", "movieId", "rating")
SCALE = (0.5, 5.0)
SHUFFLED = ", shuffled"  # an engine whose rows come in random order
BLOCK = 1_000_000  # test ratings that are predicted at a time

Predict = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Clock:
    """Training time at the end of each epoch; it stands still while the model is evaluated.

    Parameters
    ----------
    test : Path or None
        Folder with the test ratings' columns; they are loaded after the memory was noted.
    """

    def __init__(self, test: Path | None):
        self.test, self.ends, self.rmse = test, [], []

    def start(self) -> None:
        """Begin: what the process holds so far are its imports and the columns."""
        self.before = memory(peak=False)
        self.began, self.cpu_began = perf_counter(), process_time()

    def lap(self, predict: Predict | None = None) -> None:
        """Note the end of an epoch, and evaluate the model as it is now."""
        stopped, cpu_stopped = perf_counter(), process_time()
        self.ends.append(stopped - self.began)
        self.cpu = cpu_stopped - self.cpu_began
        if not self.rmse:
            self.peak = memory()
        if self.test and predict:
            self.rmse.append(self._evaluate(predict))
        self.began += perf_counter() - stopped
        self.cpu_began += process_time() - cpu_stopped

    def _evaluate(self, predict: Predict) -> float:
        users, films, stars = columns(self.test, "test").values()
        squares = 0.0
        for first in range(0, len(stars), BLOCK):
            part = slice(first, first + BLOCK)
            predicted = predict(users[part], films[part]).clip(*SCALE)
            squares += ((predicted - stars[part].astype(float)) ** 2).sum()
        return float((squares / len(stars)) ** 0.5)


def columns(folder: Path, part: str) -> dict[str, np.ndarray]:
    """One array a column of the "train" or "test" ratings."""
    return {name: np.load(folder / f"{part}_{name}.npy") for name in COLUMNS}


def surprise(clock: Clock, ratings: dict, epochs: int, settings: dict) -> None:
    """Surprise's SVD, from a table as its documentation does it."""
    import pandas as pd
    from surprise import SVD, Dataset, Reader

    clock.start()
    frame = pd.DataFrame(ratings, copy=False)
    trainset = Dataset.load_from_df(frame, Reader(rating_scale=SCALE)).build_full_trainset()
    all_ratings, calls = trainset.all_ratings, 0

    def watched():
        nonlocal calls
        calls += 1
        if calls > 2:  # the first call is for the mean, the second begins the first epoch
            clock.lap()
        return all_ratings()

    trainset.all_ratings = watched
    model = SVD(n_epochs=epochs, **settings).fit(trainset)
    trainset.all_ratings = all_ratings

    def predict(users, films):
        from xrec_lessons.scale.compiled import CompiledSVD

        twin = CompiledSVD()
        vars(twin).update(vars(model))  # the same attributes; `test` takes minutes and gigabytes
        return twin.predict_many(users, films)

    clock.lap(predict)


def ours(clock: Clock, ratings: dict, epochs: int, settings: dict, *, exact: bool = False):
    """Our twin of Surprise's SVD; returns the model."""
    from xrec_lessons.scale.compiled import CompiledSVD
    from xrec_lessons.scale.trainset import ArrayTrainset

    toy = ArrayTrainset([1], [1], np.ones(1, np.float32), rating_scale=SCALE)
    CompiledSVD(exact=exact, n_epochs=1).fit(toy)  # numba starts, as if it were one more import
    clock.start()
    trainset = ArrayTrainset(*ratings.values(), rating_scale=SCALE)
    model = CompiledSVD(exact=exact, n_epochs=epochs, **settings)
    for _ in model.epochs(trainset):
        clock.lap(model.predict_many)
    return model


def ours_exact(clock: Clock, ratings: dict, epochs: int, settings: dict) -> None:
    ours(clock, ratings, epochs, settings, exact=True)


def implicit(clock: Clock, ratings: dict, epochs: int, settings: dict) -> None:
    """ALS for implicit feedback, the stars as confidences; it does not predict stars."""
    from implicit.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix

    clock.start()
    cells = [np.unique(ratings[name], return_inverse=True)[1] for name in COLUMNS[:2]]
    matrix = csr_matrix((ratings["rating"], cells))
    model = AlternatingLeastSquares(iterations=epochs, random_state=0, **settings)
    model.fit(matrix, show_progress=False, callback=lambda *_: clock.lap())


def lenskit(clock: Clock, ratings: dict, epochs: int, settings: dict) -> None:
    """LensKit's biased ALS, iteration by iteration as its `train` does it."""
    import pandas as pd
    from lenskit.als import BiasedMFScorer
    from lenskit.data import from_interactions_df
    from lenskit.training import TrainingOptions

    clock.start()
    frame = pd.DataFrame(ratings, copy=False).set_axis(["user_id", "item_id", "rating"], axis=1)
    model = BiasedMFScorer(epochs=epochs, **settings)
    trainer = model.create_trainer(from_interactions_df(frame), TrainingOptions(rng=0))

    def predict(users, films):
        u = model.users.numbers(users, missing="negative")
        i = model.items.numbers(films, missing="negative")
        stars = model.bias.global_bias + np.where(u >= 0, model.bias.user_biases[u], 0.0)
        stars += np.where(i >= 0, model.bias.item_biases[i], 0.0)
        known = (u >= 0) & (i >= 0)
        p, q = model.user_embeddings[u[known]], model.item_embeddings[i[known]]
        stars[known] += np.vecdot(p, q)
        return stars

    for _ in range(epochs):
        trainer.train_epoch()
        clock.lap(predict)


ENGINES = {
    "surprise": surprise,
    "ours exact": ours_exact,
    "ours": ours,
    "implicit": implicit,
    "lenskit": lenskit,
}


def train(engine: str, folder: str, epochs: int, settings: dict, evaluate: bool = True) -> dict:
    """Train; what "ours" learned is saved in the folder for what comes after, if evaluated."""
    folder = Path(folder)
    clock = Clock(folder if evaluate else None)
    ratings = columns(folder, "train")
    if engine.endswith(SHUFFLED):
        order = np.random.default_rng(0).permutation(len(ratings["rating"]))
        ratings = {name: column[order] for name, column in ratings.items()}
        del order
    model = ENGINES[engine.partition(",")[0]](clock, ratings, epochs, settings)
    if engine == "ours" and evaluate:
        save(model, folder)
    epoch = float(np.median(np.diff(clock.ends)))
    return {
        "epochs": clock.ends,
        "set-up": clock.ends[0] - epoch,
        "epoch": epoch,
        "cpu": clock.cpu,
        "rmse": clock.rmse,
        "peak": clock.peak,
        "before": clock.before,
    }


def save(model, folder: Path) -> None:
    """Write films and people as arrays."""
    from scipy.sparse import save_npz

    from xrec_lessons.model import ItemFactors
    from xrec_lessons.scale.population import Population

    items = ItemFactors.from_surprise(model)
    people = Population.from_surprise(model, items)
    items.save(folder / "items.npz")
    np.savez(folder / "people.npz", ids=people.ids, b=people.b, p=people.p)
    save_npz(folder / "ratings.npz", people.ratings, compressed=False)


def prepare(n: int | None, folder: str) -> dict:
    """Write the columns of n synthetic ratings, or of the bundled ones, split 75/25."""
    from xrec_lessons import movielens
    from xrec_lessons.scale.synthetic import synthetic

    data = synthetic(n, seed=0) if n else movielens.load(compact=True)
    parts = movielens.split(data.ratings, seed=0)
    for part, table in zip(("train", "test"), parts, strict=True):
        for name in COLUMNS:
            np.save(Path(folder, f"{part}_{name}.npy"), table[name].to_numpy())
    users, films = (int(data.ratings[name].nunique()) for name in COLUMNS[:2])
    return {"name": data.name, "ratings": len(data.ratings), "users": users, "films": films}


def compile_ours() -> dict:
    """Fill numba's cache, with two ratings."""
    two = np.array([1, 2], np.int32)
    ratings = {"userId": two, "movieId": two, "rating": two.astype(np.float32)}
    ours(Clock(None), ratings, 2, {"n_factors": 2}).predict_many(two, two)
    return {}


if __name__ == "__main__":
    work({"prepare": prepare, "train": train, "compile": compile_ours})
