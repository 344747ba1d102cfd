// Recommends and explains in the browser, with the numbers that Python gives: no page, only maths.

import { unpacked } from "./data.js";
import { easeOf, easeScores, readEase } from "./ease.js";
import { Ridge, dot, summed } from "./linear.js";
import { findRule, readRules } from "./rules.js";
import { Titles } from "./search.js";
import { smallestSteps } from "./smallest.js";

/** From the bytes that `explorer_data` made to an engine; an Error says what is wrong with others. */
export async function openData(bytes) {
  return new Engine(await unpacked(bytes));
}

export class Engine {
  constructor(data) {
    const { films, arrays } = data;
    const recommended = new Set(data.recommended);
    this.films = films.titles.map((title, row) => {
      const year = films.years[row];
      return {
        id: films.ids[row], title, year, name: year ? `${title} (${year})` : title,
        genres: films.genres[row].map((k) => films.genre_names[k]), n: films.n[row],
        art: films.art?.[row] ?? null, recommended: recommended.has(row),
      };
    });
    this.rowOf = new Map(films.ids.map((id, row) => [id, row]));
    this.recommended = data.recommended;
    this.leftOut = data.left_out; // films that Python could recommend, too many to be sent
    this.minRatings = data.min_ratings;
    this.scale = data.scale;
    this.called = data.called;
    this.texts = data.texts;
    this.provenance = data.provenance;
    this.digest = data.digest;
    this.samplePerson = data.sample.map(([row, rating]) => ({ row, rating, on: true }));
    this.models = data.models.map((setting, k) => new Model(setting, k, arrays, this.films.length));
    this.nModels = this.models.length;
    this.rules = readRules(data);
    this.ease = readEase(data); // null in data without it
    this.titles = new Titles(this.films);
  }

  /** Rows of the films that somebody may mean who types this; the most rated ones for nothing. */
  search(query, n = 8, { similar = true } = {}) {
    return this.titles.find(query, n, similar);
  }

  /** Fold a person in; `ratings` is an array of {row, rating, on}. */
  fit(ratings) {
    const { low, high } = this.scale;
    const seen = new Set();
    for (const { row, rating } of ratings) {
      const film = this.films[row];
      if (!film) throw new RangeError(`There is no film in row ${row}: rows go from 0 to ${this.films.length - 1}.`);
      if (!(typeof rating === "number" && rating >= low && rating <= high)) throw new RangeError(`${film.name} is rated ${rating}: ratings go from ${low} to ${high}.`);
      if (seen.has(row)) throw new RangeError(`${film.name} is rated twice: keep one rating.`);
      seen.add(row);
    }
    return new Fit(this, ratings.map(({ row, rating, on = true }) => ({ row, rating, on })));
  }
}

/** One model's films: x = (√unit, factors) of each, in one array, and what mu and bias explain. */
class Model {
  constructor({ mu, early, reg, unit, k }, number, arrays, m) {
    const [bias, scale, factors] = ["bias", "scale", "factors"].map((name) => arrays[`${name}${number}`]);
    const d = k + 1;
    const x = new Float64Array(m * d);
    for (let row = 0; row < m; row++) {
      x[row * d] = Math.sqrt(unit);
      for (let f = 0; f < k; f++) x[row * d + 1 + f] = (factors[f * m + row] - 32767) * scale[row];
    }
    Object.assign(this, { early, reg, d, x, base: Float64Array.from(bias, (b) => mu + b) });
  }

  row(row) {
    return this.x.subarray(row * this.d, (row + 1) * this.d);
  }
}

/** One person in one model. */
class PersonInModel {
  constructor(model, ratings) {
    const { d, base } = model;
    const on = ratings.filter((rating) => rating.on);
    this.ridge = new Ridge(on.map(({ row }) => model.row(row)), d, model.early + model.reg * ratings.length);
    this.w = this.ridge.weights(on.map(({ row, rating }) => rating - base[row]));
    Object.assign(this, { model, ratings });
  }

  score(row) {
    const { d, x, base } = this.model;
    return base[row] + dot(x, this.w, d, row * d);
  }

  /** Of each rating its residual over 1 - leverage; if it is off, over 1 + leverage. */
  get weights() {
    if (!this.weighed) {
      let i = 0;
      this.weighed = this.ratings.map(({ row, rating, on }) => {
        const x = this.model.row(row);
        const left = on ? this.ridge.left(i++) : 1 + dot(x, this.ridge.applied(x), x.length);
        return (rating - this.score(row)) / left;
      });
    }
    return this.weighed;
  }

  /** One film's prediction with each rating minus that without it. */
  effects(row) {
    const { d, x } = this.model;
    const inverse = this.ridge.applied(this.model.row(row));
    return this.ratings.map((rating, j) => dot(x, inverse, d, rating.row * d) * this.weights[j]);
  }
}

/** A person's recommendations and their reasons. λ counts all rated films, on or off. */
export class Fit {
  constructor(engine, ratings) {
    Object.assign(this, { engine, ratings });
    this.people = engine.models.map((model) => new PersonInModel(model, ratings));
    const rated = new Set(ratings.map(({ row }) => row));
    this.candidates = engine.recommended.filter((row) => !rated.has(row));
  }

  /** One film's predicted rating: {mean, each, spread}, not clipped to the scale. */
  prediction(row) {
    return summed(this.people.map((person) => person.score(row)));
  }

  /** Predictions of the candidates, in their order; worked out once. */
  get predictions() {
    this.predicted ??= this.candidates.map((row) => this.prediction(row));
    return this.predicted;
  }

  /** Their means. */
  get means() {
    this.averaged ??= Float64Array.from(this.predictions, ({ mean }) => mean);
    return this.averaged;
  }

  /** The `n` films with the highest means, best first, ties by row; never a rated one. */
  ranking(n) {
    return this.order.slice(0, n).map((c) => ({ row: this.candidates[c], ...this.predictions[c] }));
  }

  /** Places among the candidates, the highest mean first. */
  get order() {
    const { means } = this;
    this.ordered ??= Array.from(means.keys()).sort((a, b) => means[b] - means[a] || a - b);
    return this.ordered;
  }

  /**
   * What each rating does to one film's prediction, largest first: with it minus without it, mean
   * of the models; of a rating that is off, what switching it on would do.
   */
  influence(row) {
    const effects = this.people.map((person) => person.effects(row));
    const found = this.ratings.map((rating, j) => {
      const { mean, each, spread } = summed(effects.map((own) => own[j]));
      return { ...rating, effect: mean, each, spread };
    });
    return found.sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect) || a.row - b.row);
  }

  /** The best rule that leads to one film from films that are liked and on, or null. */
  rule(row) {
    const liked = this.ratings.filter(({ rating, on }) => on && rating >= this.engine.scale.liked);
    return findRule(this.engine.rules, new Set(liked.map((rating) => rating.row)), row);
  }

  /** What another recommender, EASE, says of one film, see `easeOf`; null if nothing. */
  ease(row) {
    const { ease, scale } = this.engine;
    if (!ease) return null;
    if (!this.byEase) {
      const liked = this.ratings.filter((own) => own.on && own.rating >= scale.liked && ease.at.has(own.row));
      this.byEase = easeScores(ease, liked.map((own) => ease.at.get(own.row)).sort((a, b) => a - b));
    }
    return easeOf(ease, this.ratings, this.byEase, scale.liked, row);
  }

  /**
   * The fewest ratings, up to `maxSize`, without which another film comes first: {away, first}, or
   * null. Of several sets it is the first one in the order of the ratings; one rating always stays.
   */
  smallest(maxSize = 3) {
    const steps = smallestSteps(this, maxSize);
    for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
  }

  /**
   * The same in short pieces when the page is idle. It resolves to undefined when an AbortSignal
   * says that nobody waits for the answer any longer.
   */
  async smallestWhenIdle(maxSize = 3, signal = undefined) {
    const steps = smallestSteps(this, maxSize);
    while (!signal?.aborted) {
      const end = (await idle()) + 8;
      while (performance.now() < end) {
        const step = steps.next();
        if (step.done) return signal?.aborted ? undefined : step.value;
      }
    }
    return undefined;
  }
}

/** Wait until there is nothing else to do; resolves to the time. */
function idle() {
  return new Promise((resolve) => {
    const go = () => resolve(performance.now());
    if (globalThis.requestIdleCallback) globalThis.requestIdleCallback(go, { timeout: 200 });
    else setTimeout(go, 0);
  });
}
