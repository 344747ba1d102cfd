"""From a study's answers to conclusions: `analyse` does all of it, the modules each one thing.

`numbers` (how results are written) → `anova`, `pairs` (from means and covariances) → `mixed`,
`ordinal` (from single answers) → `scales` (reliability, correlation) → `checking`, `reading` (an
export) → `who` (is analysed) → `plan` (what was registered) → `drawing` → `report` → `run`.

Examples
--------
>>> from xrec_lessons.study.protocol import load_protocol
>>> from xrec_lessons.study.simulate import simulate
>>> data = study_of(simulate(load_protocol(), n=12, seed=1, effect=1.0))
>>> report = analyse(data, models=False)
>>> report.sentences[2].startswith("SIMULATED. Interest: the means are ")
True
"""

from xrec_lessons.study.analysis.anova import Moments, anova, friedman
from xrec_lessons.study.analysis.mixed import mixed_model
from xrec_lessons.study.analysis.numbers import AnalysisError
from xrec_lessons.study.analysis.ordinal import ordinal_model
from xrec_lessons.study.analysis.pairs import compare_pairs
from xrec_lessons.study.analysis.plan import compare_with_plan
from xrec_lessons.study.analysis.reading import StudyData, read_study, study_of
from xrec_lessons.study.analysis.report import Report
from xrec_lessons.study.analysis.run import analyse
from xrec_lessons.study.analysis.scales import correlation, cronbach, within_correlation

__all__ = [
    "AnalysisError",
    "Moments",
    "Report",
    "StudyData",
    "analyse",
    "anova",
    "compare_pairs",
    "compare_with_plan",
    "correlation",
    "cronbach",
    "friedman",
    "mixed_model",
    "ordinal_model",
    "read_study",
    "study_of",
    "within_correlation",
]
