"""From a study's answers to conclusions: `analyse` does all of it, the modules each one thing.

Each imports only from those before it: `wording` (numbers as text) → `anova`, `comparisons`,
`groups`, `group_pairs` (means, within and between participants) → `mixed`, `ordinal` (models of
single answers) → `scales` (reliability, correlation) → `tables`, `reading` (of an export) →
`reliability` (of every scale) → `sample` (who is analysed) → `registered` (the plan),
`changed_plan` → `effectiveness` → `figures` → `report`, `report_page`.
"""

from xrec_lessons.study.analysis.anova import Moments, anova, friedman
from xrec_lessons.study.analysis.comparisons import compare_pairs
from xrec_lessons.study.analysis.group_pairs import compare_groups
from xrec_lessons.study.analysis.groups import Groups, welch
from xrec_lessons.study.analysis.mixed import mixed_model
from xrec_lessons.study.analysis.ordinal import ordinal_model
from xrec_lessons.study.analysis.reading import StudyData, read_study, study_of
from xrec_lessons.study.analysis.registered import compare_with_plan
from xrec_lessons.study.analysis.report import Report, analyse
from xrec_lessons.study.analysis.scales import correlation, cronbach, within_correlation
from xrec_lessons.study.analysis.wording import AnalysisError

__all__ = [
    "AnalysisError",
    "Groups",
    "Moments",
    "Report",
    "StudyData",
    "analyse",
    "anova",
    "compare_groups",
    "compare_pairs",
    "compare_with_plan",
    "correlation",
    "cronbach",
    "friedman",
    "mixed_model",
    "ordinal_model",
    "read_study",
    "study_of",
    "welch",
    "within_correlation",
]
