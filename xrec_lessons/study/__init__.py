"""The user study: described in a file, kept in a database, shown in a notebook or on a page.

The way of the data: `protocol` (what the study is) → `designs` (which film gets which explanation)
→ `database` → `session` (one participant, step by step) → `app` (one window onto a session:
messages in, screens out), which `widget` and `server` show; `simulate` takes the same steps as
people; `collect` reads what was stored, with what `handed_in` reads of files, and `export` writes
its tables.
"""
