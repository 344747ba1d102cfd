// EASE, another recommender: a film's score is the sum of one weight for each film that is liked.

/** Its weights as they were packed; null without them. */
export function readEase({ ease, arrays }) {
  if (!ease) return null;
  const weights = Float64Array.from(arrays.ease, (whole) => (whole - ease.finest) * ease.scale);
  return { rows: ease.rows, at: new Map(ease.rows.map((row, k) => [row, k])), weights };
}

/** Scores of all its films for somebody who liked those in some places, added up in that order. */
export function easeScores({ rows, weights }, places) {
  const scores = new Float64Array(rows.length);
  for (const place of places) {
    for (let t = 0; t < scores.length; t++) scores[t] += weights[place * scores.length + t];
  }
  return scores;
}

/**
 * One film's score, split by liked film: {score, rank, n, parts}, a part being {row, rating, on,
 * part}; of a rating that is off, what it would add. Null if it knows no liked film, or not this one.
 */
export function easeOf(ease, ratings, scores, liked, row) {
  const t = ease.at.get(row);
  const known = ratings.filter((own) => own.rating >= liked && ease.at.has(own.row) && own.row !== row);
  if (t === undefined || !known.length) return null;
  const parts = known.map((own) => ({ ...own, part: ease.weights[ease.at.get(own.row) * ease.rows.length + t] }));
  const rated = new Set(ratings.map((own) => own.row));
  let [rank, n] = [1, 1];
  ease.rows.forEach((other, k) => {
    if (k === t || rated.has(other)) return;
    n += 1;
    if (scores[k] > scores[t] || (scores[k] === scores[t] && k < t)) rank += 1;
  });
  parts.sort((a, b) => Math.abs(b.part) - Math.abs(a.part) || a.row - b.row);
  return { score: scores[t], rank, n, parts };
}
