"""Ratings in: GroupLens' formats and releases, and the films' names."""
