"""The user study: described in a file, kept in a database, shown in a notebook or on a page.

The way of the data: `protocol` (what the study is) → `designs` (which film gets which explanation)
→ `store` (the database) → `session` (one participant, step by step) → `app` (one window onto a
session: messages in, screens out), which `widget` and `page` show; `simulate` takes the same steps
as people, and `export` reads what was stored.
"""
