"""The user study: described in a file, kept in a database, shown in a notebook or on a page.

The way of the data: `protocol` says what the study is, `designs` which film gets which explanation.
`session` takes one participant through it, step by step, and stores each step in the `database`;
`app` is a window onto a session (messages in, screens out), which `widget` and `server` show, and
`simulate` takes the same steps as people. `collect` reads databases, and files by `handed_in`;
`export` writes tables, and `analysis` reads them.
"""
