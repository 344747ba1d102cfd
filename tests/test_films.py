"""Film names: shown as people write them, found as people type them."""

import random
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xrec_lessons.movielens import load
from xrec_lessons.ratings.films import Films, display_title, search_key


@pytest.fixture(scope="module")
def toy():
    titles = ["Alien", "Aliens", "Solaris (Solyaris)", "Solaris", "Untitled (id 9)", "Rocky II"]
    years, counts = [1979, 1986, 1972, 2002, 0, 1979], [50, 40, 5, 9, 1, 40]
    return Films(
        ids=np.array([2, 3, 5, 7, 9, 11]),
        titles=titles,
        years=np.array(years),
        genres=["Drama"] * 6,
        n_ratings=np.array(counts),
    )


@pytest.fixture(scope="module")
def films(bundle):
    return bundle.films


# Shown


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Matrix, The", "The Matrix"),
        ("Few Good Men, A", "A Few Good Men"),
        ("Avventura, L' (Adventure, The)", "L'Avventura (The Adventure)"),
        ("Boot, Das (Boat, The)", "Das Boot (The Boat)"),
        ("Cité des enfants perdus, La", "La Cité des enfants perdus"),
        ("Good, the Bad and the Ugly, The", "The Good, the Bad and the Ugly"),
        ("Play It Again, Sam", "Play It Again, Sam"),
        ("I Love You, Man", "I Love You, Man"),
        ("The Hunger, Games", "The Hunger, Games"),
        ("Seven (a.k.a. Se7en)", "Seven (a.k.a. Se7en)"),
        ("Royal Affair, A (Kongelig affære, En)", "A Royal Affair (En Kongelig affære)"),
        ("", ""),
    ],
)
def test_articles_go_where_people_write_them(stored, shown):
    assert display_title(stored) == shown


PIECES = st.sampled_from(["Alien", ", The", ", L'", ", a", " (", ")", ", ", " "])


@given(st.lists(PIECES, max_size=8).map("".join))
def test_a_shown_title_loses_no_letter(title):
    def letters(text):
        return sorted(c for c in text if c not in " ,")

    assert letters(display_title(title)) == letters(title)


def test_names_have_the_year_if_there_is_one(toy):
    assert toy.names([11, 2, 9]) == ["Rocky II (1979)", "Alien (1979)", "Untitled (id 9)"]


@pytest.mark.parametrize("movie", [0, 4, 12])
def test_an_unknown_id_is_a_key_error(toy, movie):
    with pytest.raises(KeyError, match=f"No film has the id {movie}"):
        toy.name(movie)


def test_the_ratings_know_the_same_films_as_the_bundle(films):
    found = load().films
    for field in fields(films):
        np.testing.assert_array_equal(getattr(found, field.name), getattr(films, field.name))


def test_most_rated_come_first_ties_by_id(toy):
    assert toy.most_rated(3) == [2, 3, 11]
    assert toy.most_rated(99) == [2, 3, 11, 7, 5, 9]
    assert toy.most_rated(0) == []


@pytest.mark.parametrize(
    "same",
    [
        ("The Matrix", "matrix, the", "MATRIX"),
        ("Léon", "Leon", "LÉON", "Le\u0301on"),
        ("Ocean's Eleven", "oceans eleven", "Ocean’s Eleven"),
        ("Rocky II", "Rocky 2", "rocky ii"),
        ("Fast & Furious", "fast and furious"),
        ("WALL·E", "Wall-E", "wall e"),
    ],
)
def test_spellings_of_one_title_share_a_key(same):
    assert len({search_key(title) for title in same}) == 1


# Found: the best films for what people type


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("the matrix", "The Matrix (1999)"),
        ("Matrix, The", "The Matrix (1999)"),
        ("leon", "Léon: The Professional (a.k.a. The Professional) (Léon) (1994)"),
        ("Léon", "Léon: The Professional (a.k.a. The Professional) (Léon) (1994)"),
        ("amelie", "Amelie (Le Fabuleux destin d'Amélie Poulain) (2001)"),
        ("toy stroy", "Toy Story (1995)"),
        ("pulp ficton", "Pulp Fiction (1994)"),
        ("shawshank redemtion", "The Shawshank Redemption (1994)"),
        ("empire stirkes back", "Star Wars: Episode V - The Empire Strikes Back (1980)"),
        ("king kong 2005", "King Kong (2005)"),
        ("king kong (1976)", "King Kong (1976)"),
        ("psycho 1998", "Psycho (1998)"),
        ("rocky 2", "Rocky II (1979)"),
        ("star wars episode 5", "Star Wars: Episode V - The Empire Strikes Back (1980)"),
        ("rocky ii", "Rocky II (1979)"),
        ("terminator 2", "Terminator 2: Judgment Day (1991)"),
        ("schindlers list", "Schindler's List (1993)"),
        ("Schindler’s List", "Schindler's List (1993)"),
        ("se7en", "Seven (a.k.a. Se7en) (1995)"),
        ("alien", "Alien (1979)"),
        ("aliens", "Aliens (1986)"),
        ("wall e", "WALL·E (2008)"),
        ("m", "M (1931)"),
        ("2001", "2001: A Space Odyssey (1968)"),
        ("untitled (id 108548)", "Untitled (id 108548)"),
    ],
)
def test_what_people_type_is_matched(films, typed, meant):
    assert films.name(films.match(typed)) == meant
    assert films.name(films.find(typed)[0]) == meant


@pytest.mark.slow
def test_every_film_is_found_by_its_own_name(films):
    for movie in random.Random(0).sample(films.ids.tolist(), 300):
        found = films.find(films.name(movie))
        assert movie in found
        assert films.name(found[0]) == films.name(movie)


def test_exact_comes_before_begins_before_contains_before_similar():
    titles = ["Nova Heat", "Heat Wave", "Heat", "Heit"]
    found = Films(np.arange(4), titles, np.zeros(4, int), [""] * 4, np.array([9, 8, 1, 99]))
    assert [found.titles[row] for row in found.find("heat")] == [
        "Heat",
        "Heat Wave",
        "Nova Heat",
        "Heit",
    ]


def test_among_equals_the_most_rated_comes_first(films):
    found = films.find("king kong", 3)
    assert [films.name(movie)[:9] for movie in found] == ["King Kong"] * 3
    counts = [films.n_ratings[films.row(movie)] for movie in found]
    assert counts == sorted(counts, reverse=True)


def test_a_year_keeps_only_its_films(films):
    years = {films.years[films.row(movie)] for movie in films.find("star wars 1977")}
    assert years == {1977}


def test_a_year_without_films_is_no_obstacle(toy):
    assert toy.find("alien 2050")[0] == 2


def test_a_number_that_is_the_title_is_not_a_year(films):
    assert films.names(films.find("1984", 2)) == [
        "1984 (Nineteen Eighty-Four) (1984)",
        "1984 (1956)",
    ]


def test_a_title_in_brackets_finds_the_film(toy):
    assert toy.match("solyaris") == 5


def test_titles_that_are_only_similar_can_be_left_out(films):
    assert films.names(films.find("toy stroy", 1)) == ["Toy Story (1995)"]
    assert films.find("toy stroy", similar=False) == []
    everything = films.find("toy story", 99)
    exact_or_part = films.find("toy story", 99, similar=False)
    assert films.names(exact_or_part)[:2] == ["Toy Story (1995)", "Toy Story 2 (1999)"]
    assert everything[: len(exact_or_part)] == exact_or_part
    assert len(everything) > len(exact_or_part)


def test_limit_bounds_the_list(films):
    assert len(films.find("the", 3)) == 3
    assert films.find("the", 3) == films.find("the", 8)[:3]


@settings(max_examples=40)
@given(st.text(max_size=30) | st.text("aeiou ()'\"\\[]*.&123½ﬁ", max_size=30))
@example("()")
@example("(((1999")
@example(" 1999)")
@example("\x00")
def test_find_takes_any_text(films, typed):
    found = films.find(typed)
    assert len(found) == len(set(found)) <= 8
    assert set(found) <= set(films.ids.tolist())


# Not found, or several


def test_remakes_are_told_apart_by_year(films):
    with pytest.raises(LookupError) as caught:
        films.match("king kong")
    message = caught.value.args[0]
    assert "add the year" in message
    for name in ("King Kong (1933)", "King Kong (1976)", "King Kong (2005)"):
        assert name in message
        assert films.name(films.match(name)) == name


def test_films_of_one_name_and_year_do_not_ask_for_the_year(films):
    twins = [movie for movie in films.find("hamlet 2000") if films.name(movie) == "Hamlet (2000)"]
    assert len(twins) == 2
    assert films.match("hamlet 2000") == max(twins, key=lambda m: films.n_ratings[films.row(m)])


def test_a_part_of_several_titles_lists_them(films):
    with pytest.raises(LookupError, match=r"Did you mean: .*Star Wars: Episode IV.*\(1977\)"):
        films.match("star wars")


@pytest.mark.parametrize("typed", ["zzzzqqqq", "", "   ", "?!", "()"])
def test_nothing_alike_says_what_to_do(films, typed):
    assert films.find(typed) == []
    with pytest.raises(LookupError, match=r"No film is called anything like.*try"):
        films.match(typed)


def test_no_films_find_nothing():
    none = Films(np.array([], int), [], np.array([], int), [], np.array([], int))
    assert none.find("alien") == []
    assert none.most_rated(3) == []
