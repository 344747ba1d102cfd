"""What holds for every page: links lead somewhere, nothing loads from outside, words."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"src", "srcset", "poster", "data", "background"}  # fetched as soon as a page is open
INERT = {"next", "prev", "search", "index", "author", "canonical", "copyright", "license"}
OUTSIDE = re.compile(r"""(?:url\(\s*['"]?|@import\s+['"])((?:https?:)?//[^'")\s]+)""")
VOID = ("data:", "mailto:", "javascript:")


class Page(HTMLParser):
    """What a page points at: its anchors, its links, what it loads, and pictures without words."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = {"", "top"}
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.wordless: list[str] = []
        text = path.read_text(encoding="utf-8")
        self.loaded += OUTSIDE.findall(re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL))
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one element points at."""
        own = {name: value or "" for name, value in attrs}
        self.anchors |= {own[name] for name in ("id", "name") if name in own}
        if tag == "a" and "href" in own:
            self.links.append(own["href"])
        if tag == "link" and not INERT & set(own.get("rel", "").split()):
            self.loaded.append(own.get("href", ""))
        self.loaded += [
            own[name] for name in LOADED & set(own) if tag in MEDIA and not name.startswith("data-")
        ]
        hidden = own.get("aria-hidden") == "true" or own.get("role") == "presentation"
        if tag == "img" and not own.get("alt", "").strip() and not hidden:
            self.wordless.append(own.get("src", "")[:80])


MEDIA = {"script", "img", "iframe", "audio", "video", "source", "embed", "object", "track", "input"}


def check(folder: Path) -> dict[str, list[str]]:
    """Return what is wrong with a site, by kind; each fault as a line that names its page."""
    read = {path.resolve(): Page(path) for path in sorted(folder.rglob("*.html"))}
    broken, outside, wordless = [], [], []
    for path, page in read.items():
        name = path.relative_to(folder.resolve())
        for link in dict.fromkeys([*page.links, *page.loaded]):
            parts = urlsplit(link)
            if link.startswith(VOID) or parts.netloc or parts.scheme:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                broken.append(f"{name}: no page at {link}")
            elif target in read and unquote(parts.fragment) not in read[target].anchors:
                broken.append(f"{name}: no place at {link}")
        outside += [f"{name}: loads {to}" for to in page.loaded if urlsplit(to).netloc]
        wordless += [f"{name}: a picture without words, {src}" for src in page.wordless]
    for path in folder.rglob("*.css"):
        found = OUTSIDE.findall(path.read_text(encoding="utf-8"))
        outside += [f"{path.name}: loads {to}" for to in found]
    return {"broken links": broken, "loads from outside": outside, "wordless pictures": wordless}
