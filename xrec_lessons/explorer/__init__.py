"""The explorer: rate films, switch ratings off, and see recommendations and reasons change."""
