"""What several test files share: the bundled data, the bundle, one small trained model."""

import pytest
from hypothesis import settings

from xrec_lessons import movielens
from xrec_lessons.bundle import load_bundle
from xrec_lessons.svd import train_svd

# The same examples in every run, and no time limit for one of them.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")


@pytest.fixture(scope="session")
def ratings():
    return movielens.load().ratings


@pytest.fixture(scope="session")
def bundle():
    return load_bundle()


@pytest.fixture(scope="session")
def few(ratings):
    """The ratings of twenty people."""
    return ratings[ratings["userId"] <= 20]


@pytest.fixture(scope="session")
def trained(few):
    return train_svd(few, seed=0, n_factors=6, n_epochs=8)
