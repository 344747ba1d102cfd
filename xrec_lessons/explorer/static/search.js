// Finds films by what somebody types, as `Films.find` does.

const ARTICLES = "The|A|An|Le|La|Les|L'|El|Los|Las|Il|Lo|Gli|I|Un|Une|Uno|Una|Der|Die|Das|De|Het|Den|Det|En|Et|O|Os";
const LATE_ARTICLE = new RegExp(`(?:^|(?<=\\())([^()]+), (${ARTICLES})(?= \\(|\\)|$)|^(.+), (${ARTICLES})$`, "giu");
const EARLY_ARTICLE = /^(the|a|an|le|la|les|l|el|los|las|il|der|die|das) (?=\S)/u;
const ROMAN = { ii: "2", iii: "3", iv: "4", vi: "6", vii: "7", viii: "8", ix: "9" };
const EXACT = 300;
const BEGINS = 200;
const ALL_WORDS = 150;
const SIMILAR = 75;
const YEAR = /[\s(]+((?:18|19|20)\d\d)\)?\s*$/u;

/** What a search compares: no case, accents, punctuation or first article, and 2 for II. */
export function searchKey(text) {
  const early = text.replace(LATE_ARTICLE, (_, name, article, other, its) => {
    const [what, which] = name ? [name, article] : [other, its];
    return which.endsWith("'") ? `${which}${what}` : `${which} ${what}`;
  });
  const plain = early.toLowerCase().replace(/ß/g, "ss").replace(/ς/g, "σ").replaceAll("&", " and ")
    .normalize("NFKD").replace(/[\p{Mn}'’]/gu, "").replace(/(?<![\p{L}\p{N}_])(episode|part) v(?![\p{L}\p{N}_])/gu, "$1 5");
  const words = (plain.match(/[\p{L}\p{N}_]+/gu) ?? []).map((word) => ROMAN[word] ?? word);
  return words.join(" ").replace(EARLY_ARTICLE, "");
}

/** The name before the brackets of a title, and those within them. */
function namesIn(title) {
  const [main, ...others] = title.split(/\s*[()]\s*/u);
  return [main, ...others.filter((other) => other.length > 2).map((other) => other.replace(/^a\.?k\.?a\.?\s/u, ""))];
}

export class Titles {
  constructor(films) {
    this.films = films;
    this.byRatings = [...films.keys()].sort((a, b) => films[b].n - films[a].n || a - b);
    this.keys = films.flatMap(({ title }, row) => {
      const own = new Set([title, ...namesIn(title)].map(searchKey));
      return [...own].filter(Boolean).map((key) => ({ key, letters: [...key], row }));
    });
  }

  find(query, n, similar) {
    if (!query.trim()) return this.byRatings.slice(0, n);
    const least = similar ? 0 : ALL_WORDS;
    return this.ranked(query).filter(({ score }) => score >= least).slice(0, n).map(({ row }) => row);
  }

  ranked(query) {
    const found = YEAR.exec(query);
    const text = found ? query.slice(0, found.index) : query;
    if (!found || !searchKey(text)) return this.rankedBy(searchKey(query));
    const ranked = this.rankedBy(searchKey(text));
    const ofYear = ranked.filter(({ row }) => this.films[row].year === Number(found[1]));
    if (ofYear.length) return ofYear;
    const whole = this.rankedBy(searchKey(query));
    return whole.length ? whole : ranked;
  }

  rankedBy(wanted) {
    if (!wanted) return [];
    const best = new Map();
    const score = scorer(wanted);
    for (const { key, letters, row } of this.keys) {
      const own = score(key, letters);
      if (own >= SIMILAR && own > (best.get(row) ?? 0)) best.set(row, own);
    }
    const found = Array.from(best, ([row, own]) => ({ row, score: own }));
    return found.sort((a, b) => b.score - a.score || this.films[b.row].n - this.films[a.row].n || a.row - b.row);
  }
}

/** How well a key fits what was typed: one of the names above, or the similarity in percent. */
function scorer(wanted) {
  const words = wanted.split(" ").map((word) => ` ${word}`);
  const typed = [...wanted];
  const length = typed.length;
  const common = length <= 31 ? commonInBits(typed) : commonInRows(typed);
  return (key, letters) => {
    if (key === wanted) return EXACT;
    if (key.startsWith(wanted)) return BEGINS;
    if (words.every((word) => ` ${key}`.includes(word))) return ALL_WORDS;
    const all = letters.length;
    let whole = 0;
    if (200 * Math.min(length, all) >= SIMILAR * (length + all)) whole = ratio(common(letters, 0, all), length, all);
    if (all < 0.85 * length) whole *= 0.9; // more was typed: unsure
    if (all <= length || length < 4) return whole;
    return Math.max(whole, Math.fround(Math.fround(0.9) * partial(common, length, letters)));
  };
}

/** How alike two texts are: letters in common, in order, in percent of all; as rapidfuzz. */
function ratio(inCommon, length, other) {
  return Math.fround(100 * ((2 * inCommon) / (length + other)));
}

/** The best ratio of what was typed with a piece of a longer text, if it can matter. */
function partial(common, length, letters) {
  const enough = SIMILAR / 0.9;
  const needed = Math.ceil((enough * length) / (200 - enough) - 1e-6); // letters in common, at least
  let best = 0;
  for (let end = 1; end < letters.length + length; ) {
    const from = Math.max(0, end - length);
    const to = Math.min(end, letters.length);
    const found = common(letters, from, to);
    best = Math.max(best, ratio(found, length, to - from));
    end += Math.max(1, needed - found); // each step on brings one more at most
  }
  return best;
}

/** Length of the longest common subsequence, one bit a letter (Hyyrö 2004). */
function commonInBits(typed) {
  const places = new Map();
  typed.forEach((letter, k) => places.set(letter, (places.get(letter) ?? 0) | (1 << k)));
  const all = 2 ** typed.length - 1;
  return (letters, from, to) => {
    let open = all;
    for (let j = from; j < to; j++) {
      const met = open & (places.get(letters[j]) ?? 0);
      open = ((open + met) | (open - met)) & all;
    }
    let found = typed.length;
    for (; open; open &= open - 1) found--;
    return found;
  };
}

/** The same for a long text, row by row of a table. */
function commonInRows(typed) {
  return (letters, from, to) => {
    let row = new Uint16Array(to - from + 1);
    for (const letter of typed) {
      const next = new Uint16Array(row.length);
      for (let j = 1; j < row.length; j++) {
        next[j] = letter === letters[from + j - 1] ? row[j - 1] + 1 : Math.max(row[j], next[j - 1]);
      }
      row = next;
    }
    return row[to - from];
  };
}
