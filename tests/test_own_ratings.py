"""Ratings of one's own, on any scale: bundle, recommendations, explanations, tour and explorer."""

import dataclasses
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons import cli, movielens
from xrec_lessons.bundle import build_bundle, explained, file, load_bundle
from xrec_lessons.bundle.abilities import abilities
from xrec_lessons.bundle.training import LEAST, sample_person, train
from xrec_lessons.explanations import ByInfluence, ByRule
from xrec_lessons.explorer import Explorer
from xrec_lessons.explorer.page import listed
from xrec_lessons.fold_in import fold_in
from xrec_lessons.influence import influence
from xrec_lessons.mining import mine, transactions
from xrec_lessons.model import ItemFactors, UserFactors
from xrec_lessons.ratings.films import Films
from xrec_lessons.ratings.rating_scale import STARS, RatingScale
from xrec_lessons.recommender import Recommender, min_ratings_for, retrained_scores
from xrec_lessons.rules import liked_films
from xrec_lessons.svd import train_svd
from xrec_lessons.words import TEXTS, called, effect_in_words, on_scale, stars_in_words

TEN, HUNDRED = RatingScale(1, 10), RatingScale(0, 100)
JESTER, FIVE = RatingScale(-10, 10, 0), RatingScale(1, 5)
SCALES = {"1 to 10": TEN, "0 to 100": HUNDRED, "-10 to 10": JESTER, "1 to 5": FIVE}
TITLES = ["Dune", "Alien", "Big", "Cube", "Heat", "Jaws"]
TITLES += ["Up", "Speed", "Brazil", "Amélie", "Fargo", "Ran"]


def table(n=25, m=12, scale=TEN, share=0.8, seed=0):
    """Ratings by taste: so many people and films, so many of them given."""
    rng = np.random.default_rng(seed)
    taste = rng.normal(size=(n, 2)) @ rng.normal(size=(2, m)) + rng.normal(size=m)
    rank = taste.ravel().argsort().argsort().reshape(taste.shape)
    taste = (rank / rank.max()) ** 0.5  # people rate what they like more often
    step = scale.step or 0.01
    stars = scale.low + np.round(taste * (scale.high - scale.low) / step) * step
    user, movie = np.nonzero(rng.random((n, m)) < share)
    ratings = pd.DataFrame({"userId": user + 1, "movieId": movie + 1, "rating": stars[user, movie]})
    ratings.attrs["rating_scale"] = scale
    return ratings


def data(titles=TITLES, **options):
    ratings = table(m=options.pop("m", len(titles)), **options)
    m = ratings["movieId"].max()
    movies = pd.DataFrame({"movieId": range(1, m + 1), "title": titles[:m], "genres": [""] * m})
    movies["year"] = pd.array([pd.NA] * m, dtype="Int64")
    scale = ratings.attrs["rating_scale"]
    return movielens.Ratings("class", ratings, movies, None, scale)


@pytest.fixture(scope="module", params=SCALES)
def scale(request):
    return SCALES[request.param]


@pytest.fixture(scope="module")
def own(scale, tmp_path_factory):
    """A class of 25 people and 12 films, and its bundle."""
    path = tmp_path_factory.mktemp("own") / "my.npz"
    ratings = data(scale=scale)
    return ratings, load_bundle(build_bundle(ratings, path)), path


# The scale travels


def test_the_scale_is_in_the_bundle_and_its_models(own, scale):
    _, bundle, _ = own
    assert bundle.rating_scale == scale
    assert {model.rating_scale for model in bundle.models} == {scale}


def test_a_rating_off_the_scale_is_refused_with_the_scale(own, scale):
    _, bundle, _ = own
    said = re.escape(f"Film 2 is rated {scale.high + 1:g}: ratings go from {scale.low:g} to ")
    with pytest.raises(ValueError, match=said):
        bundle.recommend({2: scale.high + 1})


def test_only_liked_films_lead_to_rules(own, scale):
    _, bundle, _ = own
    below, found = np.nextafter(scale.liked, scale.low), 0
    ids = bundle.films.ids.tolist()
    for movie in ids:
        others = [other for other in ids if other != movie]
        parts = bundle.explain(dict.fromkeys(others, below), movie)
        assert [part.explanation for part in parts] == ["similar", "influence"]
        parts = bundle.explain(dict.fromkeys(others, scale.liked), movie)
        found += any(isinstance(part, ByRule) for part in parts)
    assert found > 3


def test_what_is_said_is_said_on_the_scale(own, scale):
    _, bundle, _ = own
    person = bundle.sample_person
    everything = ""
    for movie in bundle.recommend(person, 3):
        for part in bundle.explain(person, movie):
            everything += f"{part.sentence} {part.note} {part._repr_html_()}"
        everything += explained(bundle, person, movie)
    # "4 stars" is for stars alone
    assert ("stars" in everything) == scale.stars
    assert ("points" in everything) != scale.stars
    if scale in (TEN, HUNDRED):
        assert f" of {scale.high:g} for " in everything


@pytest.mark.parametrize(
    ("scale", "rating", "words"),
    [
        (TEN, 8, "8 of 10"),
        (TEN, 1, "1 of 10"),
        (HUNDRED, 73, "73 of 100"),
        (JESTER, -3.5, "-3.5 (from -10 to 10)"),
        (JESTER, 1, "1 (from -10 to 10)"),
        (FIVE, 1, "1 star"),
        (RatingScale(0, 5), 4, "4 stars"),
        (STARS, 4.5, "4.5 stars"),
    ],
)
def test_a_rating_in_words(scale, rating, words):
    assert stars_in_words(rating, on_scale(TEXTS, scale)) == words
    unit = "stars" if scale.stars else "points"
    texts = on_scale(TEXTS, scale)
    assert effect_in_words(-0.42, 0.1, texts) == f"lowers it by 0.42 {unit} ± 0.10"


def test_a_table_may_have_its_own_words_for_other_scales():
    german = {"star": "1 Stern", "stars": "{n} Sterne", "raises": "hebt um {effect}", "hardly": "-"}
    german |= {"lowers": "senkt um {effect}", "influence": "Sterne!", "influence_points": "Punkte!"}
    assert on_scale(german, STARS) == german
    ours = on_scale(german, TEN)
    assert (ours["stars"], ours["star"], ours["influence"]) == ("{n} of 10", "1 of 10", "Punkte!")
    theirs = on_scale(german | {"stars_points": "{n} von {high}", "size_points": "{n} Punkte"}, TEN)
    assert stars_in_words(8, theirs) == "8 von 10"
    assert effect_in_words(0.3, texts=theirs) == "hebt um 0.30 Punkte"


def test_content_for_stars_has_no_new_word():
    by = ByInfluence("Target", ("A",), (4.0,), (0.3,), (0.0,), 1)
    assert set(by.content()) == {"sentence", "rows", "hidden", "n_models"}
    assert by.content()["sentence"] == (
        "Your only rating, 4 stars for A, raises the prediction by 0.30 stars."
    )
    other = dataclasses.replace(by, scale=TEN)
    assert other.content()["sentence"] == (
        "Your only rating, 4 of 10 for A, raises the prediction by 0.30 points."
    )
    assert dataclasses.replace(other, effects=(0.001,)).sentence == (
        "None of your ratings moves the prediction by as much as 0.01 points."
    )


# A linear map of the scale is another way to write the same ratings


FACTORS = [(2.0, -0.0), (4.0, 10.0), (16.0, -50.0)]  # powers of two: floating point agrees


@pytest.mark.parametrize(("factor", "shift"), FACTORS)
def test_the_same_ratings_on_another_scale_give_the_same_model(factor, shift):
    """Everything but the unit: mean, biases, ranking, influence."""
    stars = table(scale=STARS)
    mapped = RatingScale(*(factor * end + shift for end in STARS), step=factor / 2)
    other = stars.assign(rating=factor * stars["rating"] + shift)
    other.attrs["rating_scale"] = mapped
    one, two = (
        ItemFactors.from_surprise(train_svd(ratings, seed=0, rating_scale=s))
        for ratings, s in ((stars, STARS), (other, mapped))
    )
    assert two.unit == pytest.approx(factor)
    np.testing.assert_allclose(two.b, factor * one.b, rtol=1e-6, atol=1e-8)
    person = {1: 4.0, 4: 2.5, 7: 5.0}
    theirs = {movie: factor * rating + shift for movie, rating in person.items()}
    for method in ({}, {"method": "sgd", "start": "zero"}):
        scores = [m.scores(fold_in(m, p, **method)) for m, p in ((one, person), (two, theirs))]
        np.testing.assert_allclose(scores[1], factor * scores[0] + shift, rtol=1e-6)
    effects = [influence(m, p, [2, 3]).to_numpy() for m, p in ((one, person), (two, theirs))]
    np.testing.assert_allclose(effects[1], factor * effects[0], rtol=1e-5, atol=1e-7)


def test_the_same_ratings_on_another_scale_give_the_same_rules():
    stars = table(n=40, scale=STARS)
    tens = stars.assign(rating=2 * stars["rating"])
    tens.attrs["rating_scale"] = RatingScale(1, 10, liked=8)
    rules = [Recommender(t, seed=(0, 1), rating_scale=s)
    .mine("history") for t, s in (
        (stars, STARS), (tens, tens.attrs["rating_scale"]))]  # fmt: skip
    assert len(rules[0]) > 5
    for name in ("antecedents", "consequent", "support", "confidence", "lift"):
        np.testing.assert_array_equal(getattr(rules[0], name), getattr(rules[1], name))


# How well known a film has to be


@pytest.mark.parametrize(
    ("n_people", "counts", "least"),
    [
        (671, [50] * 453 + [9] * 8000, 50),
        (671, [60] * 19 + [30], 30),  # else fewer than twenty
        (499, [400] * 30, 49),
        (25, [20] * 12, 2),
        (25, [1] * 12, 1),
        (3, [3] * 4, 1),
        (10**6, [10**5] * 30, 50),
    ],
)
def test_how_many_ratings_a_film_needs(n_people, counts, least):
    assert min_ratings_for(n_people, np.array(counts)) == least


@given(st.integers(1, 2000), st.lists(st.integers(1, 500), min_size=1, max_size=60))
def test_twenty_films_or_all_can_be_recommended(n_people, counts):
    least = min_ratings_for(n_people, np.array(counts))
    assert 1 <= least <= 50
    assert sum(count >= least for count in counts) >= min(20, len(counts))
    # and it is no lower than that asks for
    assert least >= min(50, n_people // 10) or sum(c > least for c in counts) < 20


def test_the_recommender_takes_the_rule_and_several_seeds(few):
    setting = {"n_factors": 4, "n_epochs": 4, "init_sd": 0.6}  # else all have nearly the same top
    single = Recommender(few, seed=3, **setting)
    assert single.min_ratings == min_ratings_for(20, single.counts.to_numpy())
    several = Recommender(few, seed=(3, 5), **setting)
    assert len(several.models) == 2
    np.testing.assert_array_equal(several.model.q, single.model.q)
    other = Recommender(few, seed=5, **setting)
    rows = single.model.rows(single.well_known)

    def top(*models):
        def of(user):
            scores = sum(m.model.scores(m.users[user])[rows] for m in models)
            order = sorted(range(len(rows)), key=lambda k: (-scores[k], k))
            return single.well_known[order[:30]]

        return of

    for recommender, recommend in ((several, top(single, other)), (single, top(single))):
        for contents in ("top", "liked+top", "history"):
            expected = mine(transactions(contents, few, recommend=recommend), min_support=0.1)
            found = recommender.mine(contents, min_support=0.1)
            assert len(found) > 5
            for name in ("antecedents", "consequent", "support", "confidence", "lift"):
                np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


# The bundle


def test_a_class_has_recommendations_that_are_explained(own):
    ratings, bundle, _ = own
    assert (bundle.min_ratings, len(bundle.models)) == (2, 5)
    person = bundle.sample_person
    best = bundle.recommend(person, 99)
    assert sorted([*best, *person]) == bundle.films.ids.tolist()
    count = bundle.rules.support * ratings.ratings["userId"].nunique()
    np.testing.assert_allclose(count, np.rint(count), atol=1e-4)
    assert count.min() >= LEAST - 1e-4


def test_the_sample_person_likes_some_and_not_others(own, scale):
    _, bundle, _ = own
    stars = list(bundle.sample_person.values())
    assert all(rating in scale for rating in stars)
    assert 0 < len(liked_films(bundle.sample_person, liked=scale.liked)) < len(stars) == 6
    rated = bundle.films.n_ratings[[bundle.films.row(m) for m in bundle.sample_person]]
    assert rated.min() >= np.sort(bundle.films.n_ratings)[-6]


def test_movielens_keeps_its_own_sample_person(bundle):
    from xrec_lessons.bundle import SAMPLE_PERSON

    films = bundle.films
    assert sample_person(films, STARS, 50) == SAMPLE_PERSON
    assert set(sample_person(films, FIVE, 50).values()) <= {1, 2, 3, 4, 5}
    assert list(sample_person(films, FIVE, 50)) == list(SAMPLE_PERSON)
    other = dataclasses.replace(films, titles=[f"{title}!" for title in films.titles])
    assert list(sample_person(other, STARS, 50)) == list(SAMPLE_PERSON)
    other = dataclasses.replace(films, titles=[f"No {title}" for title in films.titles])
    assert list(sample_person(other, STARS, 50)) == films.most_rated(10)


def test_a_class_that_has_rated_everything_gets_a_sentence(tmp_path, capsys):
    ratings = data(share=1.0)
    path = build_bundle(ratings, tmp_path / "all.npz", seeds=(0,))
    bundle = load_bundle(path)
    everything = dict.fromkeys(bundle.films.ids.tolist(), 7.0)
    assert bundle.recommend(everything) == []
    explorer = Explorer(bundle, everything)
    assert explorer.ratings == everything
    assert TEXTS["nothing_left"] in listed(bundle, everything)
    given_all = [word for title in TITLES for word in ("--rate", f"{title}=7")]
    assert cli.main(["tour", "--bundle", str(path), *given_all]) == 0
    assert TEXTS["nothing_left"] in re.sub(r"\s+", " ", capsys.readouterr().out)
    said = " ".join(abilities(bundle, ratings))
    assert "25 of 25 people have rated every film" in said


@pytest.mark.parametrize("share", [1.0, 0.75])
def test_three_people_and_four_films_are_enough(tmp_path, share):
    ratings = data(n=3, m=4, share=share, seed=3)
    bundle = load_bundle(build_bundle(ratings, tmp_path / "tiny.npz"))
    assert len(bundle.recommend(bundle.sample_person)) == 2
    assert len(bundle.rules) == 0
    said = " ".join(abilities(bundle, ratings))
    assert "No rule was found, so none explains a film." in said
    assert "none can be spared" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"n": 2}, "There are ratings of only 2 people: .* at least 3 people and 3 films"),
        ({"n": 1}, "There are ratings of only 1 person: "),
        ({"m": 2}, "There are ratings of only 2 films: .* collect more"),
    ],
)
def test_too_few_people_or_films_get_one_sentence(tmp_path, options, said):
    with pytest.raises(ValueError, match=said):
        build_bundle(data(**options), tmp_path / "my.npz")
    assert list(tmp_path.iterdir()) == []


def test_ratings_that_are_all_the_same_are_refused(tmp_path):
    ratings = data()
    ratings.ratings["rating"] = 1.0
    with pytest.raises(ValueError, match="Every rating is 1: this says who saw what"):
        build_bundle(ratings, tmp_path / "my.npz")


@pytest.mark.parametrize(
    ("least", "said"), [(99, "No film has 99 ratings: .* is at most"), (0, "is at least 1, not 0")]
)
def test_a_threshold_that_makes_no_sense_is_refused(least, said):
    with pytest.raises(ValueError, match=said):
        train(data(), seeds=(0,), min_ratings=least)


def test_links_come_along(tmp_path):
    links = pd.DataFrame({"movieId": [1, 2, 7], "imdbId": ["0087182", "0078748", ""]})
    links["tmdbId"] = pd.array([841, 348, pd.NA], dtype="Int64")
    ratings = dataclasses.replace(data(), links=links)
    bundle = load_bundle(build_bundle(ratings, tmp_path / "my.npz", seeds=(0,)))
    assert bundle.links["imdb"].tolist() == [87182, 78748] + [0] * 10
    assert bundle.links["tmdb"].tolist() == [841, 348] + [0] * 10


def test_what_the_source_calls_the_films_comes_along(typed, tmp_path):
    """Ids are numbered by it, and lead back to it."""
    ratings = movielens.load(typed)
    bundle = load_bundle(build_bundle(ratings, tmp_path / "my.npz", seeds=(0,)))
    assert dict(zip(bundle.films.ids.tolist(), bundle.labels, strict=True)) == dict(
        enumerate(sorted(TITLES), start=1)
    )
    assert bundle.films.titles == list(bundle.labels)
    isbn = data()
    isbn = dataclasses.replace(isbn, movie_labels=np.array([f"978-{k}" for k in range(12)], object))
    bundle = load_bundle(build_bundle(isbn, tmp_path / "my.npz", seeds=(0,)))
    assert bundle.labels[bundle.films.row(bundle.films.match("alien"))] == "978-1"


def test_a_title_of_two_lines_is_one_line(tmp_path):
    ratings = data(titles=["Two\nlines", *TITLES[1:]])
    bundle = load_bundle(build_bundle(ratings, tmp_path / "my.npz", seeds=(0,)))
    assert bundle.films.name(1) == "Two lines"
    assert bundle.films.titles[1:] == TITLES[1:]


# Whole or not at all


@pytest.fixture
def kept(own, tmp_path):
    """A good bundle that stands where another is to be written."""
    place = tmp_path / "my.npz"
    shutil.copy(own[2], place)
    return place


@pytest.mark.parametrize("stops", [KeyboardInterrupt(), OSError(28, "No space left on device")])
@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_what_stops_it_leaves_the_earlier_file(kept, monkeypatch, stops, where):
    before = kept.read_bytes()

    def stop(*_):
        raise stops

    if where == "fsync":
        monkeypatch.setattr(file.os, "fsync", stop)
    else:
        monkeypatch.setattr(type(kept), "replace", stop)
    with pytest.raises(type(stops)) as error:
        build_bundle(data(seed=5), kept, seeds=(0,))
    assert list(kept.parent.iterdir()) == [kept]
    assert kept.read_bytes() == before
    if isinstance(stops, OSError):
        assert "my.npz could not be written (No space left on device)" in str(error.value)


def test_what_is_read_back_differently_is_not_kept(kept, monkeypatch, own):
    before, good = kept.read_bytes(), own[1]
    monkeypatch.setattr(file, "load_bundle", lambda _path: good)
    with pytest.raises(OSError, match="not what is read back"):
        build_bundle(data(seed=5), kept, seeds=(0,))
    assert (kept.read_bytes(), list(kept.parent.iterdir())) == (before, [kept])


def test_a_new_bundle_takes_the_place_of_an_older_one_and_its_checksum(kept):
    kept.with_name("my.npz.sha256").write_text("of the older one")
    build_bundle(data(seed=5, scale=FIVE), kept, seeds=(0,))
    assert list(kept.parent.iterdir()) == [kept]
    assert load_bundle(kept).rating_scale == FIVE


@pytest.mark.parametrize("name", ["ratings.csv", "folder.npz", "no/such/my.npz"])
def test_a_bundle_is_written_nowhere_else(tmp_path, name):
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "ratings.csv").write_text("mine")
    with pytest.raises(ValueError, match=r"ends in \.npz|name a file in a folder that is there"):
        build_bundle(data(), tmp_path / name)
    assert (tmp_path / "ratings.csv").read_text() == "mine"


# The explorer


def test_the_explorer_keeps_nothing_that_it_refuses(own, scale):
    explorer = Explorer(own[1], {})
    explorer.rate(1, scale.high)
    with pytest.raises(ValueError, match="ratings go from"):
        explorer.rate(2, scale.low - 0.5)
    with pytest.raises(KeyError, match="No film has the id 99"):
        explorer.rate(99, scale.high)
    assert explorer.ratings == {1: scale.high}
    explorer.rate(2, scale.low)
    assert explorer.ratings == {1: scale.high, 2: scale.low}


def test_films_without_years_have_no_newest(own):
    with pytest.raises(LookupError, match=r"or another film\.$"):
        own[1].films.match("qqqqqq")


def test_the_newest_film_says_where_the_data_end(bundle):
    assert bundle.films.newest == 2016
    with pytest.raises(LookupError, match=r"\(the newest are from 2016\)"):
        bundle.films.match("qqqqqq")
    assert Films(np.array([1]), ["A"], np.array([0]), [""], np.array([1])).newest is None


# The command


def said(capsys):
    printed = capsys.readouterr()
    return re.sub(r"\s+", " ", printed.out), printed.err


def test_the_tour_goes_through_a_bundle(own, scale, capsys):
    _, bundle, path = own
    assert cli.main(["tour", "--bundle", str(path)]) == 0
    out, _ = said(capsys)
    first, rating = next(iter(bundle.sample_person.items()))
    example = f'xrec tour --bundle {path} --rate "{bundle.films.name(first)}={rating:g}"'
    assert example in out
    score = bundle.scores(bundle.sample_person)[
        bundle.films.row(bundle.recommend(bundle.sample_person, 1)[0])
    ]
    words = on_scale(TEXTS, scale)["stars"].format(n=f"{score:.1f}")
    assert f"predicted {words}" in out
    assert cli.main(["tour", "--bundle", str(path), "--rate", f"Dune={scale.high:g}"]) == 0
    assert "Your rating " in said(capsys)[0]
    assert cli.main(["tour", "--bundle", str(path), "--rate", "Dune=999"]) == 2
    what = "stars" if scale.stars else "ratings"
    assert f"{what} go from {scale.low:g} to {scale.high:g}, such as" in said(capsys)[1]


def test_a_missing_bundle_is_named_with_the_remedy(tmp_path, capsys):
    assert cli.main(["tour", "--bundle", str(tmp_path / "my.npz")]) == 2
    assert said(capsys)[1].startswith("xrec: There is no bundle")


NAMES = [f"{first}{second}a" for first in "BDFGK" for second in ("an", "el", "il", "on", "u")]


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """What a class of 25 typed into a spreadsheet, about 12 films, from 1 to 10."""
    rows = table()
    rows["who"] = [NAMES[user - 1] for user in rows["userId"]]
    rows["film"] = [TITLES[movie - 1] for movie in rows["movieId"]]
    path = tmp_path_factory.mktemp("typed") / "class.csv"
    rows.astype({"rating": int})[["who", "film", "rating"]].to_csv(path, index=False)
    return path


def test_a_class_goes_from_its_table_to_the_explorer(typed, capsys):
    place = typed.with_name("class.npz")
    assert cli.main(["bundle", str(typed), "--out", str(place), "--seeds", "3"]) == 0
    out, err = said(capsys)
    assert err == ""
    n, stars = len(table()), table()["rating"]
    assert "the scale is taken as 1 to 10 (otherwise: --scale LOW HIGH)" in out
    assert f"{n} ratings by 25 people of 12 films, from 1 to 10, in steps of 1; 8 of 10 or" in out
    assert f"counts as liked: {(stars >= 8).mean():.0%} of the ratings" in out
    assert "Recommended are films with at least 2 ratings: 12 of 12. " in out
    assert f"Wrote {place}" in out
    bundle = load_bundle(place)
    assert f"{len(bundle.rules)} rules" in out
    assert len(bundle.models) == 3
    for command in ("xrec tour --bundle", "xrec study --pilot --bundle"):
        assert f"{command} {place}" in out
    assert "MovieLens" not in str(bundle.provenance)
    rate = ["--rate", "dune=9", "--rate", "amelie=2"]
    assert cli.main(["tour", "--bundle", str(place), *rate]) == 0
    toured, _ = said(capsys)
    assert "1. " in toured
    # the same as everything by hand
    given = {bundle.films.match("dune"): 9.0, bundle.films.match("amelie"): 2.0}
    explorer = Explorer(bundle, given)
    shown = explorer._repr_mimebundle_()[0]["text/html"]
    first = re.search(r"1\. [^:]+", shown).group()
    assert first in toured
    assert "9 of 10" in shown
    scores = np.mean([m.scores(fold_in(m, given)) for m in bundle.models], axis=0)
    best = max(set(bundle.films.ids.tolist()) - set(given), key=lambda m: scores[m - 1])
    assert first == f"1. {bundle.films.name(best)}"


def test_the_held_out_error_is_that_of_the_ratings_held_out():
    """On ratings without any taste in them, nothing is better than the mean."""
    ratings = data(n=30, share=1.0, scale=FIVE)
    rng = np.random.default_rng(1)
    ratings.ratings["rating"] = rng.permutation(np.repeat([1.0, 2, 3, 4, 5], 72))
    *_, sentence = abilities(train(ratings, seeds=(0,)), ratings)
    told = [float(x) for x in re.findall(r"(\d\.\d+) ±", sentence)]
    assert told[2] == pytest.approx(2**0.5, abs=0.05)
    assert told[0] >= told[2] - 0.01
    assert "take it as an example, not as advice" in sentence


def test_options_reach_the_reader(typed, capsys):
    place = str(typed.with_name("other.npz"))
    options = ["--scale", "0", "10", "--liked", "6", "--min-ratings", "5", "--seeds", "1"]
    columns = ["--column", "user=who", "--column", "item=film", "--missing", "2"]
    assert cli.main(["bundle", str(typed), "--out", place, *options, *columns]) == 0
    bundle = load_bundle(place)
    assert (tuple(bundle.rating_scale), bundle.rating_scale.liked) == ((0, 10), 6)
    assert bundle.min_ratings == 5
    assert f"{int((table()['rating'] != 2).sum())} ratings by" in said(capsys)[0]


def test_a_sample_of_people_is_drawn_by_its_seed(typed, capsys):
    places = [str(typed.with_name(f"{name}.npz")) for name in ("one", "two", "three")]
    for place, seed in zip(places, "113", strict=True):
        more = ["--people", "12", "--sample-seed", seed, "--seeds", "1"]
        assert cli.main(["bundle", str(typed), "--out", place, *more]) == 0
        assert "by 12 people" in said(capsys)[0]
    one, two, three = (load_bundle(place) for place in places)
    assert one.digest == two.digest != three.digest
    assert "a sample of 12 of 25 people (seed 1)" in one.provenance["data"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--people", "99"], "--people is from 1 to 25"),
        (["--seeds", "0"], "--seeds is the number of models"),
        (["--called", "a", "b", "c"], "--called takes what one is called"),
        (["--scale", "5"], "--scale takes the lowest and the highest rating"),
        (["--scale", "0", "5"], "if it is right, --scale 1 10"),
        (["--liked", "11"], "--liked 11 is not on the scale from 1 to 10: give a rating of it."),
        (["--column", "isbn"], "--column isbn is not ROLE=NAME"),
        (["--column", "user=nobody"], "there is no column 'nobody'"),
        (["--min-ratings", "99"], "No film has 99 ratings"),
    ],
)
def test_what_cannot_be_made_gets_one_sentence_and_no_file(typed, options, sentence, capsys):
    place = typed.with_name("refused.npz")
    assert cli.main(["bundle", str(typed), "--out", str(place), *options]) == 2
    _, err = said(capsys)
    assert sentence in err
    assert err.count("\n") == 1
    assert not place.exists()


def test_ctrl_c_says_that_nothing_was_written(typed, monkeypatch, capsys):
    def stop(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("xrec_lessons.bundle.training.train", stop)
    place = typed.with_name("stopped.npz")
    assert cli.main(["bundle", str(typed), "--out", str(place)]) == 130
    assert said(capsys)[1].strip() == f"Stopped. {place} was not written."
    assert not place.exists()


# Other things than films


def test_books_are_called_books(typed, capsys):
    place = typed.with_name("books.npz")
    options = ["--called", "book", "--seeds", "2"]
    assert cli.main(["bundle", str(typed), "--out", str(place), *options]) == 0
    everything = said(capsys)[0]
    assert "of 12 books" in everything
    assert cli.main(["tour", "--bundle", str(place)]) == 0
    everything += said(capsys)[0].replace("--rate", "")
    bundle = load_bundle(place)
    assert bundle.films.called == ("book", "books")
    everything += listed(bundle)
    for movie in bundle.films.ids.tolist():
        everything += listed(bundle, {movie: 5.0})
    with pytest.raises(LookupError, match=r"No book is called .* or another book"):
        bundle.films.match("qqqqqq")
    assert "books" in everything
    assert not re.search(r"\bfilms?\b", everything, re.IGNORECASE)


def test_no_title_and_no_blank_is_renamed():
    texts = called(TEXTS, ("book", "books"))
    blanks = re.compile(r"\{\w+\}")
    for name, text in TEXTS.items():
        assert blanks.findall(texts[name]) == blanks.findall(text)
        assert not re.search(r"\bfilms?\b", blanks.sub("", texts[name]))
    by = ByInfluence("A short film", ("Film", "films"), (4.0,) * 2, (0.3, 0.1), (0.0,) * 2, 1,
                     called=("book", "books"))  # fmt: skip
    assert [row["film"] for row in by.figures["rows"]] == ["Film", "films"]
    assert "A short film" in by.note
    assert called(TEXTS, ("film", "films")) is TEXTS


@pytest.mark.parametrize("factor", [1, 2, 20])
def test_retraining_keeps_the_scale(factor):
    rng = np.random.default_rng(0)
    rows = [(u, i, int(rng.integers(1, 6)) * factor) for u in range(12) for i in range(8)]
    data = movielens.load(tuple(zip(*rows, strict=True)), rating_scale=(0, 5 * factor))
    setting = {"seed": 0, "n_epochs": 5}
    people, targets = {99: {0: 5.0 * factor, 1: 1.0 * factor}}, {99: np.arange(2, 8)}
    found = retrained_scores(data.ratings, people, targets, **setting)
    joined = pd.concat(
        [
            data.ratings.sample(frac=1, random_state=0)[["userId", "movieId", "rating"]],
            pd.DataFrame({"userId": 99, "movieId": [0, 1], "rating": [5.0 * factor, factor]}),
        ]
    )
    trained = train_svd(joined, rating_scale=data.rating_scale, shuffle=False, **setting)
    model = ItemFactors.from_surprise(trained)
    person = UserFactors.from_surprise(trained, 99)
    np.testing.assert_allclose(found[0], model.scores(person)[model.rows(targets[99])])


def test_a_table_that_lost_its_scale_is_told_the_one_it_seems_to_have():
    frame = pd.DataFrame({"userId": [1, 1, 2], "movieId": [7, 8, 7], "rating": [1, 10, 4]})
    with pytest.raises(ValueError, match=r"if it is right, give rating_scale=\(1, 10\)"):
        train_svd(frame, seed=0)
    with pytest.raises(ValueError, match=r"give rating_scale=\(0, 10\)"):
        train_svd(frame, seed=0, rating_scale=(0, 5))
