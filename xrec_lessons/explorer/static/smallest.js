// The fewest ratings without which another film comes first. Taking a set S away is
// w - A⁻¹ X_Sᵀ (I - H_S)⁻¹ e_S, with λ held; nothing is fitted again.

import { dot, solvedSmall } from "./linear.js";

/** A generator that yields between pieces of the work and returns {away, first} or null. */
export function* smallestSteps(fit, maxSize) {
  const { means, candidates, people, ratings } = fit;
  const on = ratings.flatMap((rating, j) => (rating.on ? [j] : []));
  const largest = Math.min(maxSize, on.length - 1);
  if (largest < 1 || candidates.length < 2) return null;
  const moves = [];
  for (const person of people) {
    moves.push(movesIn(person, on, candidates));
    yield;
  }
  const top = best(means);
  for (let size = 1; size <= largest; size++) {
    for (const set of combinations(on.length, size)) {
      const first = best(without(set, means, moves));
      if (first !== top) return { away: set.map((s) => ratings[on[s]].row), first: candidates[first] };
      yield;
    }
  }
  return null;
}

/** Of one model: the hat matrix of the ratings that are on, residuals, and x_c A⁻¹ x_j. */
function movesIn(person, on, candidates) {
  const { model: { d, x }, ratings } = person;
  const parts = on.map((j) => person.parts[j]);
  const hat = on.map((j) => parts.map(({ inverse }) => dot(x, inverse, d, ratings[j].row * d)));
  const reach = parts.map(({ inverse }) => Float64Array.from(candidates, (row) => dot(x, inverse, d, row * d)));
  return { hat, reach, residuals: parts.map(({ residual }) => residual) };
}

/** The candidates' means without a set of ratings. */
function without(set, means, moves) {
  const left = Float64Array.from(means);
  for (const { hat, reach, residuals } of moves) {
    const M = set.map((i) => set.map((j) => (i === j ? 1 : 0) - hat[i][j]));
    const times = solvedSmall(M, set.map((i) => residuals[i] / moves.length));
    set.forEach((j, s) => {
      const own = reach[j];
      for (let c = 0; c < left.length; c++) left[c] -= times[s] * own[c];
    });
  }
  return left;
}

function best(means) {
  let found = 0;
  for (let c = 1; c < means.length; c++) if (means[c] > means[found]) found = c;
  return found;
}

/** All sets of `size` of the numbers below n, in the order of Python's itertools. */
function* combinations(n, size, from = 0) {
  if (size === 0) {
    yield [];
    return;
  }
  for (let k = from; k <= n - size; k++) for (const rest of combinations(n, size - 1, k + 1)) yield [k, ...rest];
}
