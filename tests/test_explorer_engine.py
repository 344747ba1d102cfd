"""The explorer's engine, run by Node, against the package's own arithmetic in Python."""

import base64
import gzip
import json
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from class_bundle import class_bundle

from xrec_lessons.bundle import load_bundle
from xrec_lessons.explanations import ByEase, ByRule
from xrec_lessons.explorer import data as explorer
from xrec_lessons.explorer.data import explorer_data, header_of, shown_rows
from xrec_lessons.fold_in import ridge
from xrec_lessons.influence import influence_arrays
from xrec_lessons.mining import mine
from xrec_lessons.model import rank
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.rules import Rules
from xrec_lessons.words import TEXTS, called, on_scale

STATIC = Path(explorer.__file__).with_name("static")
HARNESS = Path(__file__).with_name("explorer_engine.mjs")
TINY = 1e-9  # what is left of rounding, in stars


def with_longer_rules(bundle):
    """The class, with rules of up to two antecedents, mined from invented lists."""
    rng = np.random.default_rng(3)
    lists = [set((1 + np.flatnonzero(rng.random(12) < 0.5)).tolist()) for _ in range(60)]
    rules = mine(lists, min_support=0.05, min_confidence=0.3, min_lift=0.8, max_len=3)
    assert rules.antecedents.shape[1] == 2
    return replace(bundle, rules=rules)


def with_many_factors(bundle):
    """Random models, fewer unknowns than ratings in one, more in the other; rules of 100,000."""
    rng = np.random.default_rng(4)
    first, m = bundle.models[0], len(bundle.films.ids)
    models = [
        replace(first, q=rng.normal(0, 0.4, (m, k)), b=rng.normal(0, 0.5, m), lr=lr)
        for k, lr in ((3, 0.02), (14, None))
    ]
    rules = replace(bundle.rules, n_transactions=4000 * bundle.rules.n_transactions)
    return replace(bundle, models=tuple(models), rules=rules)


@cache
def bundle_of(name):
    if name == "as it comes":
        return load_bundle()
    if name == "of ten":
        return class_bundle(RatingScale(1, 10))
    if name == "of a hundred":
        bundle = with_longer_rules(class_bundle(RatingScale(0, 100, 0)))
        return replace(bundle, films=replace(bundle.films, called=("book", "books")))
    if name == "signed":
        return with_many_factors(class_bundle(RatingScale(-10, 10, 0), years=False))
    small = class_bundle(RatingScale(1, 10))
    return replace(small, models=small.models[:1], rules=small.rules.select(np.arange(0)))


@cache
def data_of(name):
    return explorer_data(bundle_of(name))


SHIPPED = pytest.param("as it comes", marks=pytest.mark.slow)  # seconds
NAMES = [SHIPPED, "of ten", "of a hundred", "signed", "one model, no rule"]
FEW = {"as it comes": (0, 1, 2, 3, 6, 60)}  # ratings of each person


@pytest.fixture(scope="module")
def engine(node, tmp_path_factory):
    """What the engine says: from data and people to its answers."""
    folder = tmp_path_factory.mktemp("engine")
    shutil.copytree(STATIC, folder / "static")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")

    def ask(data, **given):
        (folder / "data").write_bytes(data)
        given = json.dumps(given | {"data": str(folder / "data")})
        (folder / "given.json").write_text(given, encoding="utf-8")
        command = [node, HARNESS, folder / "static", folder / "given.json"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


def people_for(bundle, sizes):
    """People with random ratings of films that can be rated, some of them off; two like a lot."""
    rng = np.random.default_rng(0)
    rows, scale = np.sort(shown_rows(bundle)), bundle.rating_scale
    known = np.flatnonzero(bundle.well_known[rows])
    popular = np.argsort(-bundle.films.n_ratings[rows], kind="stable")[:60]
    people = []
    for n, some_off, likes in [
        *((n, off, False) for n in sizes for off in (False, True)),
        *((n, n > 4, True) for n in (4, 8)),
    ]:
        chosen = rng.choice(popular if likes else len(rows), n, replace=False)
        stars = rng.choice(scale.values[: len(scale.values) // 2] if likes else scale.values, n)
        on = rng.random(n) > (0.3 if some_off else 0)
        on &= n != 3 or not some_off  # of three ratings all are off
        own = zip(chosen.tolist(), stars.tolist(), on.tolist(), strict=True)
        ratings = [dict(zip(("row", "rating", "on"), one, strict=True)) for one in own]
        targets = rng.permutation(known)[: 40 if likes else 6]
        people.append({"ratings": ratings, "rows": targets.tolist(), "largest": 3 if n < 9 else 1})
    return people


def typed(bundle):
    """What people type: beginnings, words, typos, years, other spellings."""
    rng = np.random.default_rng(2)
    queries = ["", " ", "The", "amelie", "AMÉLIE", "star wars v", "star wars: episode 5", "!?"]
    queries += ["godfather part 2", "Matrix, The", "matrix (1999)", "toy story 1990", "1984"]
    queries += ["fast & furious", "se7en", "x" * 300, "Fabuleux destin d'Amélie", "Straße", "8½"]
    rows = shown_rows(bundle)
    for row in rng.choice(rows, min(20, len(rows)), replace=False).tolist():
        name = bundle.films.name(int(bundle.films.ids[row]))
        letters, words = list(name), name.split()
        for _ in range(rng.integers(0, 3)):
            letters[rng.integers(len(letters))] = rng.choice(list("aeiourst "))
        queries += [name[: rng.integers(2, 20)], "".join(letters), words[len(words) // 2]]
    return [(query, 8, k % 3 > 0) for k, query in enumerate(queries)]


@pytest.fixture(scope="module")
def told(engine):
    """Of each bundle the people, and what the engine says to all questions; asked once."""

    @cache
    def of(name):
        bundle = bundle_of(name)
        people = people_for(bundle, FEW.get(name, (0, 1, 2, 3, 6, 10)))
        return people, engine(data_of(name), people=people, queries=typed(bundle))

    return of


def packed_models(bundle, data):
    """The models as they were packed, read anew."""
    content = gzip.decompress(data)
    assert content[:8] == b"xrecpage"
    version, length = np.frombuffer(content[8:16], "<u4").tolist()
    assert version == 1
    header, at, arrays = json.loads(content[16 : 16 + length]), 16 + length, {}
    for name, dtype, size in header["arrays"]:
        end = at + size * np.dtype(dtype).itemsize
        part = np.frombuffer(content[at:end], np.uint8)
        if dtype == "uint16":
            part = np.ascontiguousarray(part.reshape(2, -1).T)
        arrays[name], at = part.reshape(-1).view(np.dtype(dtype).newbyteorder("<")), end
    assert at == len(content)
    ids = np.array(header["films"]["ids"])
    models = []
    for k, model in enumerate(bundle.models):
        whole = arrays[f"factors{k}"].reshape(-1, len(ids)).T.astype(float) - 32767
        q = whole * arrays[f"scale{k}"].astype(float)[:, None]
        models.append(replace(model, b=arrays[f"bias{k}"].astype(float), q=q, ids=ids))
    return models


def shown_models(bundle):
    """The bundle's own models, of the films that are packed."""
    rows = np.sort(shown_rows(bundle))
    ids = bundle.films.ids[rows]
    return [replace(model, b=model.b[rows], q=model.q[rows], ids=ids) for model in bundle.models]


def scores(models, ratings, n, rows=slice(None)):
    """Predictions of films, shape (models, m), λ that of `n` ratings; without one the mean."""
    found = []
    for model in models:
        X = np.column_stack([np.full(len(model.ids), np.sqrt(model.unit)), model.q])
        base = model.mu + model.b
        rated = model.rows(np.array(list(ratings), dtype=np.int64))
        y = np.array(list(ratings.values())) - base[rated]
        w = ridge(X[rated], y, model.penalty(n)) if len(y) else np.zeros(X.shape[1])
        found.append(base[rows] + X[rows] @ w)
    return np.array(found)


def on_and_all(ids, person):
    ids = ids.tolist()
    everything = {ids[one["row"]]: one["rating"] for one in person["ratings"]}
    return {ids[o["row"]]: o["rating"] for o in person["ratings"] if o["on"]}, everything


def summed(each):
    return each.mean(axis=0), each.std(axis=0, ddof=1) if len(each) > 1 else 0 * each[0]


def differences(models, person, said):
    """How far predictions and influence, of a person's every rating, are from refits."""
    ids = models[0].ids
    on, everything = on_and_all(ids, person)
    n, targets = len(everything), person["rows"]
    each = scores(models, on, n)
    mean, spread = summed(each)
    yield np.array([one["each"] for one in said["predictions"]]).T - each
    yield np.array([one["mean"] for one in said["predictions"]]) - mean
    yield np.array([one["spread"] for one in said["predictions"]]) - spread
    said_of = [{one["row"]: one for one in found} for found in said["influence"]]
    for one in person["ratings"]:
        film = int(ids[one["row"]])
        without = {movie: stars for movie, stars in on.items() if movie != film}
        with_it = scores(models, without | {film: one["rating"]}, n, targets)
        effect = with_it - scores(models, without, n, targets)
        mean, spread = summed(effect)
        found = [of[one["row"]] for of in said_of]
        assert all(of["on"] == one["on"] for of in found)
        yield np.array([of["each"] for of in found]).T - effect
        yield np.array([of["effect"] for of in found]) - mean
        yield np.array([of["spread"] for of in found]) - spread


def largest(models, people, answers):
    said = zip(people, answers, strict=True)
    return max(abs(d).max(initial=0) for one in said for d in differences(models, *one))


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_are_pythons(told, name):
    """On the very factors that were packed: predictions, spreads and every switch."""
    people, answer = told(name)
    models = packed_models(bundle_of(name), data_of(name))
    assert largest(models, people, answer["people"]) < TINY


@pytest.mark.parametrize("name", NAMES)
def test_packing_costs_less_than_a_ten_thousandth_of_a_star(told, name):
    people, answer = told(name)
    bundle = bundle_of(name)
    unit = bundle.rating_scale.unit
    assert largest(shown_models(bundle), people, answer["people"]) < 1e-4 * unit


@pytest.mark.parametrize("name", NAMES)
def test_films_are_ranked_and_influences_sorted_as_in_python(told, name):
    people, answer = told(name)
    bundle = bundle_of(name)
    models = packed_models(bundle, data_of(name))
    ids = models[0].ids
    known = np.flatnonzero(
        bundle.films.n_ratings[np.sort(shown_rows(bundle))] >= bundle.min_ratings
    )
    for person, said in zip(people, answer["people"], strict=True):
        on, everything = on_and_all(ids, person)
        mean = scores(models, on, len(everything)).mean(axis=0)
        best = rank(ids[known], mean[known], len(ids), everything).tolist()
        assert [int(ids[one["row"]]) for one in said["ranking"]] == best
        for one in said["ranking"]:
            told_of = said["predictions"][one["row"]]
            assert {key: one[key] for key in ("mean", "each", "spread")} == told_of
        for found in said["influence"]:
            sizes = [(-abs(one["effect"]), one["row"]) for one in found]
            assert sizes == sorted(sizes)
            rows = sorted(one["row"] for one in found)
            assert rows == sorted(one["row"] for one in person["ratings"])


@pytest.mark.slow
def test_what_the_package_itself_says_is_what_the_page_says(told):
    """Its own functions, where all ratings are on: they take λ from as many."""
    bundle = bundle_of("as it comes")
    people, answer = told("as it comes")
    rows = np.sort(shown_rows(bundle))
    ids, compared = bundle.films.ids[rows], 0
    for person, said in zip(people, answer["people"], strict=True):
        on, everything = on_and_all(ids, person)
        if on != everything or not on:
            continue
        predicted = [one["mean"] for one in said["predictions"]]
        assert bundle.scores(on)[rows] == pytest.approx(predicted, abs=1e-4)
        assert bundle.recommend(on, 10) == [int(ids[o["row"]]) for o in said["ranking"][:10]]
        values, rated = influence_arrays(bundle.models, on, ids[person["rows"]])
        for found, effects in zip(said["influence"], values.mean(axis=0).T, strict=True):
            by_film = {int(ids[one["row"]]): one["effect"] for one in found}
            assert [by_film[movie] for movie in rated.tolist()] == pytest.approx(effects, abs=1e-4)
        compared += 1
    assert compared >= 7


@pytest.mark.parametrize("name", NAMES)
def test_the_prediction_falls_by_just_what_the_bar_said(told, name):
    people, answer = told(name)
    for person, said in zip(people, answer["people"], strict=True):
        for column, (row, found) in enumerate(zip(person["rows"], said["influence"], strict=True)):
            before = said["predictions"][row]["mean"]
            effects = {one["row"]: one["effect"] * (1 if one["on"] else -1) for one in found}
            for one, after in zip(person["ratings"], said["turned"], strict=True):
                assert before - effects[one["row"]] == pytest.approx(after[column], abs=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_the_rule_is_pythons(told, name):
    """The same one, and its measures to the last digit, also where antecedents are off."""
    bundle = bundle_of(name)
    people, answer = told(name)
    ids = bundle.films.ids[np.sort(shown_rows(bundle))]
    about = {"rules": bundle.rules, "films": bundle.films, "liked": bundle.rating_scale.liked}
    applied = 0
    for person, said in zip(people, answer["people"], strict=True):
        on, _ = on_and_all(ids, person)
        for row, found in zip(person["rows"], said["rules"], strict=True):
            rule = ByRule.find(int(ids[row]), on, **about)
            assert (rule is None) == (found is None)
            if rule is None:
                continue
            applied += 1
            told_of = rule.figures
            assert [int(ids[k]) for k in found["antecedents"]] == list(rule.rule.antecedents)
            assert found["consequent"] == row
            assert (found["share"], found["base"]) == (told_of["share"], told_of["anyway"])
            assert (found["people"], found["contents"]) == (
                told_of["n_people"],
                told_of["contents"],
            )
            for measure in ("support", "confidence", "lift"):
                assert found[measure] == np.float32(told_of[measure])
    assert (applied >= 5) == (len(bundle.rules) > 0)


@pytest.mark.parametrize("name", NAMES)
def test_ease_is_pythons(told, name):
    """Parts, score and place, on the very weights of the bundle, to the last digit."""
    bundle = bundle_of(name)
    people, answer = told(name)
    ids = bundle.films.ids[np.sort(shown_rows(bundle))]
    about = {"ease": bundle.ease, "films": bundle.films, "liked": bundle.rating_scale.liked}
    compared = 0
    for person, said in zip(people, answer["people"], strict=True):
        on, everything = on_and_all(ids, person)
        off = {movie: bundle.rating_scale.low for movie in everything if movie not in on}
        for row, found in zip(person["rows"], said["ease"], strict=True):
            by = ByEase.find(int(ids[row]), off | on, **about)  # what is off counts as rated
            parts = {} if found is None else {one["row"]: one for one in found["parts"]}
            assert [one["on"] for one in parts.values()] == [ids[k].item() in on for k in parts]
            if by is None:
                assert found is None or not any(one["on"] for one in parts.values())
                continue
            compared += 1
            counted = [one for one in parts.values() if one["on"]]
            names = tuple(bundle.films.names(ids[[one["row"] for one in counted]]))
            assert (names, tuple(one["part"] for one in counted)) == (by.liked, by.parts)
            assert (found["rank"], found["n"]) == (by.rank, by.n_films)
            assert found["score"] == pytest.approx(by.figures["score"], abs=1e-15)
    assert compared >= 10


@pytest.mark.parametrize("name", NAMES)
def test_eases_score_falls_by_just_the_part(told, name):
    """Of a rating that is switched off, and by the part that it had; on again it comes back."""
    people, answer = told(name)
    switched = 0
    for person, said in zip(people, answer["people"], strict=True):
        for column, found in enumerate(said["ease"]):
            parts = {} if found is None else {one["row"]: one for one in found["parts"]}
            for one, after in zip(person["ratings"], said["easeTurned"], strict=True):
                part = parts.get(one["row"])
                if found is None:
                    assert after[column] is None
                    continue
                fall = 0 if part is None else part["part"] * (1 if part["on"] else -1)
                assert found["score"] - fall == pytest.approx(after[column], abs=1e-15)
                switched += part is not None
    assert switched >= 10


def test_without_ease_or_without_room_for_it_the_page_has_none(engine):
    bundle = bundle_of("of ten")
    people = [{"ratings": [{"row": 0, "rating": 10.0}], "rows": [1]}]
    whole = explorer_data(bundle)
    (said,) = engine(whole, people=people)["people"]
    assert said["ease"][0]["parts"][0]["row"] == 0
    for data in (
        explorer_data(replace(bundle, ease=None)),
        explorer_data(bundle, most_bytes=len(whole) - 1),
    ):
        (said,) = engine(data, people=people)["people"]
        assert said["ease"] == [None]
        assert header_of(data)["films"]["ids"] == header_of(whole)["films"]["ids"]


def test_tenths_are_rounded_as_python_rounds(engine):
    """Halves to even, and only a full share is ten tenths."""
    bundle, n = bundle_of("of ten"), 100
    both, left, right = np.array([[24, 25, 30], [25, 25, 50], [2, 8, 25], [6, 8, 75]]).T
    antecedents, measures = np.array([[1], [3], [5], [7]]), (both / n, both / left)
    lift = n * both / left / right
    rules = Rules(antecedents, antecedents[:, 0] + 1, *measures, lift, n_transactions=n)
    bundle = replace(bundle, rules=rules)
    liked = dict.fromkeys((1, 3, 5, 7), 10.0)
    ratings = [{"row": movie - 1, "rating": stars} for movie, stars in liked.items()]
    people = [{"ratings": ratings, "rows": [1, 3, 5, 7]}]
    (said,) = engine(explorer_data(bundle), people=people)["people"]
    shares = [(found["share"], found["base"]) for found in said["rules"]]
    assert shares == [(9, 3), (10, 5), (2, 2), (8, 8)]
    by_rule = [
        ByRule.find(movie + 1, liked, rules=rules, films=bundle.films, liked=8).figures
        for movie in liked
    ]
    assert shares == [(figures["share"], figures["anyway"]) for figures in by_rule]


@pytest.mark.parametrize("name", NAMES)
def test_the_smallest_set_is_what_refits_find(told, name):
    """As the lesson has it, with λ held: the first set of the smallest size, one rating stays."""
    bundle = bundle_of(name)
    people, answer = told(name)
    rows = np.sort(shown_rows(bundle))
    ids, known = bundle.films.ids[rows], bundle.well_known[rows]
    models, found = packed_models(bundle, data_of(name)), []
    for person, said in zip(people, answer["people"], strict=True):
        on, everything = on_and_all(ids, person)

        def first(left, everything=everything):
            means = scores(models, left, len(everything)).mean(axis=0)
            return rank(ids[known], means[known], 1, everything)

        expected = None
        for size in range(1, min(person["largest"], len(on) - 1) + 1):
            for away in combinations(on, size):
                left = {movie: stars for movie, stars in on.items() if movie not in away}
                if expected is None and (now := first(left)) != first(on):
                    row_of = dict(zip(ids.tolist(), range(len(ids)), strict=True))
                    expected = {"away": [row_of[m] for m in away], "first": row_of[int(now[0])]}
        assert said["smallest"] == said["idle"] == expected
        assert said["stopped"]
        found.append(len(expected["away"]) if expected else 0)
    assert max(found) >= 1


@pytest.mark.parametrize("name", [SHIPPED, "of a hundred"])
def test_a_film_is_found_as_python_finds_it(told, name):
    bundle = bundle_of(name)
    rows, films = np.sort(shown_rows(bundle)), bundle.films
    shown = replace(
        films,
        ids=films.ids[rows],
        titles=[films.titles[row] for row in rows],
        years=films.years[rows],
        genres=[films.genres[row] for row in rows],
        n_ratings=films.n_ratings[rows],
    )
    found = told(name)[1]["found"]
    ids = shown.ids.tolist()
    for (query, n, similar), said in zip(typed(bundle), found, strict=True):
        expected = shown.find(query, n, similar=similar) if query.strip() else shown.most_rated(n)
        assert [ids[row] for row in said] == expected, query


@pytest.mark.parametrize("name", NAMES)
def test_the_page_gets_films_scale_words_and_the_sample_person(told, name):
    bundle = bundle_of(name)
    about = told(name)[1]["about"]
    rows, films = np.sort(shown_rows(bundle)), bundle.films
    assert [one["id"] for one in about["films"]] == films.ids[rows].tolist()
    assert [one["name"] for one in about["films"]] == films.names(films.ids[rows])
    assert [one["n"] for one in about["films"]] == films.n_ratings[rows].tolist()
    assert [one["recommended"] for one in about["films"]] == bundle.well_known[rows].tolist()
    assert [one["year"] for one in about["films"]] == films.years[rows].tolist()
    assert all(one["art"] is None for one in about["films"])
    no_genres = "(no genres listed)"
    genres = [g for g in films.genres if g != no_genres]
    assert {g for one in about["films"] for g in one["genres"]} <= set("|".join(genres).split("|"))
    scale = bundle.rating_scale
    assert {key: about["scale"][key] for key in ("low", "high", "step", "liked", "stars")} == {
        key: getattr(scale, key) for key in ("low", "high", "step", "liked", "stars")
    }
    assert about["scale"]["offered"] > 0
    assert about["texts"] == called(on_scale(TEXTS, scale), films.called)
    assert tuple(about["called"]) == films.called
    ids = films.ids[rows].tolist()
    sample = {ids[one["row"]]: one["rating"] for one in about["samplePerson"] if one["on"]}
    assert list(sample.items()) == list(bundle.sample_person.items())
    assert (about["nModels"], about["leftOut"]) == (len(bundle.models), 0)
    assert (about["minRatings"], about["digest"]) == (bundle.min_ratings, bundle.digest)


@pytest.mark.slow
def test_the_shipped_bundle_is_small_and_gives_the_same_bytes():
    data = data_of("as it comes")
    assert data == explorer_data(load_bundle())
    assert len(data) <= 1_200_000
    assert len(shown_rows(load_bundle())) == 1303


@pytest.mark.slow
def test_of_a_large_bundle_the_most_rated_films_are_packed(engine):
    bundle = load_bundle()
    data = explorer_data(bundle, most_bytes=300_000)
    assert 200_000 < len(data) <= 300_000
    about = engine(data)["about"]
    ids = {one["id"] for one in about["films"]}
    assert set(bundle.sample_person) <= ids
    others = bundle.films.ids[~np.isin(bundle.films.ids, list(ids))]
    least = min(one["n"] for one in about["films"] if one["id"] not in bundle.sample_person)
    assert bundle.films.n_ratings[np.isin(bundle.films.ids, others)].max() <= least
    shown = sum(one["recommended"] for one in about["films"])
    assert about["leftOut"] == bundle.well_known.sum() - shown > 0
    with pytest.raises(ValueError, match=r"^3,000 bytes hold fewer than 20 films of this bundle"):
        explorer_data(bundle, most_bytes=3000)


def test_a_page_gets_the_numbers_of_drawings(engine):
    bundle = bundle_of("of ten")
    data = explorer_data(bundle, art=lambda title, year, genres: (len(title), year, len(genres)))
    for one in engine(data)["about"]["films"]:
        assert one["art"] == [len(one["title"]), one["year"], len(one["genres"])]


def test_a_bundle_that_cannot_be_right_is_refused():
    bundle = bundle_of("of ten")
    first, nowhere = bundle.models[0], np.full(len(bundle.films.ids), np.nan)
    for broken, said in (({"b": nowhere}, r"^b has nan at \[0\]"), ({"mu": np.inf}, "^mu is inf")):
        with pytest.raises(ValueError, match=said):  # at the door of a model
            replace(first, **broken)
    free = replace(first, lr=None, reg=0.0)
    with pytest.raises(ValueError, match=r"^Model 0 has no penalty, so a person cannot be folded"):
        explorer_data(replace(bundle, models=(free,)))
    rules = replace(bundle.rules, support=bundle.rules.support * 0.9)
    with pytest.raises(ValueError, match=r"^The rules' measures are no shares of 25 people"):
        explorer_data(replace(bundle, rules=rules))


def test_foreign_data_are_refused(engine):
    data = data_of("of ten")
    content = gzip.decompress(data)
    later = content[:8] + np.array([2], "<u4").tobytes() + content[12:]
    bad = {
        b"": "The data of the explorer are damaged, or are none: load them again.",
        data[:-9]: "The data of the explorer are damaged, or are none: load them again.",
        b"<html>Not found</html>": "The data of the explorer are damaged, or are none: load them",
        gzip.compress(b"{}"): "These are not the data of an explorer",
        gzip.compress(later): "These data have format 2, and this page reads format 1",
        gzip.compress(content[:-5]): "The data of the explorer end too early: load them again.",
    }
    told = engine(data, others=[base64.b64encode(other).decode() for other in bad])["others"]
    for sentence, said in zip(bad.values(), told, strict=True):
        assert said["refused"].startswith(sentence)


def test_ratings_that_cannot_be_are_refused(engine):
    bad = {
        "There is no film in row 12: rows go from 0 to 11.": [{"row": 12, "rating": 5}],
        "Alien (1979) is rated 11: ratings go from 1 to 10.": [{"row": 0, "rating": 11}],
        "Alien (1979) is rated null: ratings go from 1 to 10.": [{"row": 0, "rating": None}],
        "Alien (1979) is rated 5: ratings go from 1 to 10.": [{"row": 0, "rating": "5"}],
        "Big (1988) is rated twice: keep one rating.": [{"row": 1, "rating": 5}] * 2,
    }
    people = [{"ratings": ratings, "rows": []} for ratings in bad.values()]
    told = engine(data_of("of ten"), people=people)["people"]
    assert told == [{"refused": sentence} for sentence in bad]
