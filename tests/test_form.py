"""The form of notebook 00 without a browser; test_browser.py has it with one."""

import pytest

from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
from xrec_lessons.form import RatingForm, explained

MATRIX, TITANIC = 2571, 1721


@pytest.fixture(scope="module")
def bundle():
    return load_bundle()


@pytest.fixture
def form(bundle):
    return RatingForm(bundle)


def recommended(form):
    return [movie for _, movie in form._choice.options]


def test_with_nothing_rated_it_shows_the_sample_person(form, bundle):
    assert form.ratings == {}
    assert recommended(form) == bundle.recommend(SAMPLE_PERSON, 3)
    assert "sample person" in form._status.value


def test_typing_finds_a_film_and_the_button_rates_it(form, bundle):
    form._search.value = "the matr"
    assert form._matches.value == MATRIX
    form._stars.value = 4.5
    form._add.click()
    assert form.ratings == {MATRIX: 4.5}
    assert recommended(form) == bundle.recommend({MATRIX: 4.5}, 3)
    assert form._cards.value == explained(bundle, form.ratings, recommended(form)[0])
    assert form._search.value == ""
    assert "1 of 10" in form._status.value


def test_rating_a_film_again_replaces_its_stars(form):
    form.rate(MATRIX, 5.0)
    form.rate(MATRIX, 1.0)
    assert form.ratings == {MATRIX: 1.0}


def test_a_rating_is_taken_back(form, bundle):
    form.rate(MATRIX, 5.0)
    form.rate(TITANIC, 1.0)
    form._rated.value = MATRIX
    form._remove.click()
    assert form.ratings == {TITANIC: 1.0}
    form._remove.click()
    assert form.ratings == {}
    assert recommended(form) == bundle.recommend(SAMPLE_PERSON, 3)
    form._remove.click()
    assert "Choose a rating" in form._status.value


def test_no_such_film_says_so_and_rates_nothing(form):
    form._search.value = "qqqqqq"
    assert "qqqqqq" in form._status.value
    form._add.click()
    assert form.ratings == {}
    assert "choose a film" in form._status.value


def test_a_film_that_is_only_similar_has_to_be_chosen(form):
    form._search.value = "barbie"
    assert form._matches.options
    assert form._matches.value is None
    assert "Did you mean" in form._status.value


def test_a_second_click_rates_nothing_else(form):
    form._search.value = "toy story"
    form._add.click()
    form._add.click()
    assert len(form.ratings) == 1


def test_rating_anew_says_what_changed(form):
    form.rate(MATRIX, 5.0)
    form.rate(MATRIX, 1.0)
    assert "The Matrix (1999): 1 star instead of 5" in form._status.value


def test_the_chosen_recommendation_stays_chosen_while_it_is_recommended(form, bundle):
    second = recommended(form)[1]
    form._choice.value = second
    for movie, stars in SAMPLE_PERSON.items():
        form.rate(movie, stars)
    assert recommended(form) == bundle.recommend(SAMPLE_PERSON, 3)
    form._choice.value = second
    form.rate(*list(SAMPLE_PERSON.items())[-1])
    assert form._choice.value == second


def test_what_is_typed_is_escaped(form):
    form._search.value = "<img src=x>qqqq"
    assert "<img" not in form._status.value


def test_choosing_another_recommendation_explains_it(form, bundle):
    second = recommended(form)[1]
    form._choice.value = second
    assert form._cards.value == explained(bundle, SAMPLE_PERSON, second)


def test_ratings_are_a_copy(form):
    form.rate(MATRIX, 5.0)
    form.ratings.clear()
    assert form.ratings == {MATRIX: 5.0}


def test_a_film_without_a_rule_says_so(bundle):
    html = explained(bundle, {TITANIC: 1.0}, MATRIX)
    assert "No rule leads" in html
    assert html.count("xrec-card") == 3
