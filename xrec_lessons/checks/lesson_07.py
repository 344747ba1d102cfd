"""The exercises of lesson 07: is the list any good?"""

from xrec_lessons.checks.exercise import Exercise

EXERCISES: list[Exercise] = []
