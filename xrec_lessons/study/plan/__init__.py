"""What a study file may say: conditions, questionnaires, plots, languages, recruitment.

`study.protocol` reads a study file with them; each module is one part of it and knows no other but
those that it is made of.
"""
