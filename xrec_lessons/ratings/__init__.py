"""Ratings in: MovieLens' formats and releases, the films' names, a synthetic stand-in."""
