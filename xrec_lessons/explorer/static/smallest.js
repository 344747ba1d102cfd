// The fewest ratings without which another film comes first. Taking a set S away makes w to
// w - A⁻¹ X_Sᵀ (I - H_S)⁻¹ e_S, with λ held: nothing is fitted again.

import { dot, solvedSmall } from "./linear.js";

/** A generator that yields between pieces of the work and returns {away, first} or null. */
export function* smallestSteps(fit, maxSize) {
  const { means, order, people, ratings } = fit;
  const on = [...ratings.keys()].filter((j) => ratings[j].on);
  const largest = Math.min(maxSize, on.length - 1);
  if (largest < 1 || order.length < 2) return null;
  const rows = order.map((c) => fit.candidates[c]);
  const behind = order.map((c) => means[order[0]] - means[c]); // the first film
  const models = [];
  for (const person of people) {
    models.push(gapsIn(person, on, rows));
    yield;
  }
  const widest = on.map((_, s) => widestOf(models.map(({ gaps }) => gaps[s])));
  for (let size = 1; size <= largest; size++) {
    for (const set of combinations(on.length, size)) {
      const c = firstWithout(set, rows, behind, models, widest);
      if (c > 0) return { away: set.map((s) => ratings[on[s]].row), first: rows[c] };
      yield;
    }
  }
  return null;
}

/** Of one model: H and e of the ratings that are on, and how (x_first - x_c) A⁻¹ x_j moves gaps. */
function gapsIn(person, on, rows) {
  const { model, ratings, ridge } = person;
  const { d, x } = model;
  const inverses = on.map((j) => ridge.applied(model.row(ratings[j].row)));
  const hat = on.map((j) => inverses.map((inverse) => dot(x, inverse, d, ratings[j].row * d)));
  const gaps = inverses.map((inverse) => {
    const moved = new Float64Array(rows.length);
    const ofFirst = dot(x, inverse, d, rows[0] * d);
    for (let c = 0; c < rows.length; c++) moved[c] = ofFirst - dot(x, inverse, d, rows[c] * d);
    return moved;
  });
  return { hat, gaps, residuals: on.map((j) => ratings[j].rating - person.score(ratings[j].row)) };
}

/** The largest sum of sizes, over the models, that a rating has for any film. */
function widestOf(gaps) {
  let widest = 0;
  for (let c = 0; c < gaps[0].length; c++) {
    let sum = 0;
    for (const own of gaps) sum += Math.abs(own[c]);
    widest = Math.max(widest, sum);
  }
  return widest;
}

/** Which place comes first without a set of ratings; films too far behind to do so are passed. */
function firstWithout(set, rows, behind, models, widest) {
  const times = models.map(({ hat, residuals }) => {
    const left = set.map((i) => set.map((j) => (i === j ? 1 : 0) - hat[i][j]));
    return solvedSmall(left, set.map((i) => residuals[i] / models.length));
  });
  let most = 1e-9;
  set.forEach((j, s) => { most += widest[j] * Math.max(...times.map((own) => Math.abs(own[s]))); });
  let first = 0;
  let ahead = 0;
  for (let c = 1; c < rows.length && behind[c] <= most; c++) {
    let gap = -behind[c];
    for (let m = 0; m < models.length; m++) for (let s = 0; s < set.length; s++) gap += times[m][s] * models[m].gaps[set[s]][c];
    if (gap > ahead || (gap === ahead && rows[c] < rows[first])) [first, ahead] = [c, gap];
  }
  return first;
}

/** All sets of `size` of the numbers below n, in the order of Python's itertools. */
function* combinations(n, size, from = 0) {
  if (size === 0) yield [];
  else for (let k = from; k <= n - size; k++) for (const rest of combinations(n, size - 1, k + 1)) yield [k, ...rest];
}
