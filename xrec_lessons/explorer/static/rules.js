// The association rule that explains one film, as `Rules.find` picks it.

/** Rules as they were packed; those of one film stand together, the best first. */
export function readRules({ arrays, rules }) {
  const nLefts = arrays.left_people.length;
  const width = nLefts ? arrays.lefts.length / nLefts : 0;
  const starts = new Uint32Array(arrays.per_film.length + 1);
  arrays.per_film.forEach((count, row) => { starts[row + 1] = starts[row] + count; });
  return { ...arrays, ...rules, nLefts, width, starts };
}

/** The best rule from films that are all in `liked`, a Set of rows, to one film; null without. */
export function findRule(rules, liked, row) {
  const { starts, left, lefts, nLefts, width } = rules;
  for (let k = starts[row]; k < starts[row + 1]; k++) {
    let applies = true;
    for (let w = 0; w < width && applies; w++) applies = liked.has(lefts[w * nLefts + left[k]]);
    if (applies) return measured(rules, k, row);
  }
  return null;
}

/** Its measures, in single precision as a bundle has them, and how many people in ten. */
function measured({ left, lefts, nLefts, width, both, left_people, right_people, people, contents }, k, row) {
  const inBoth = both[k];
  const support = Math.fround(inBoth / people);
  const confidence = Math.fround(inBoth / left_people[left[k]]);
  const lift = Math.fround((inBoth * people) / left_people[left[k]] / right_people[row]);
  const antecedents = Array.from({ length: width }, (_, w) => lefts[w * nLefts + left[k]]);
  return {
    antecedents: [...new Set(antecedents)], consequent: row, share: tenths(confidence), base: tenths(confidence / lift),
    support, confidence, lift, both: inBoth, people, contents,
  };
}

/** Round a share, halves to even as Python does; only a full one is ten tenths. */
function tenths(share) {
  const below = Math.floor(10 * share);
  const rest = 10 * share - below;
  const count = below + (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? 1 : 0);
  return count === 10 && share < 1 ? 9 : count;
}
