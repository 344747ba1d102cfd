"""How a study is going, for its researcher: as plain data, in the terminal, and as a live page."""
