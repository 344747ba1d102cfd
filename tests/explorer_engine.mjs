// Asks the explorer's engine for people, and prints what it says. Reads from a file: the data's
// path, people as {ratings, rows, largest}, what to search for, and other data in base64.

import { readFileSync } from "node:fs";

const [folder, file] = process.argv.slice(2);
const { openData } = await import(`${folder}/engine.js`);
const given = JSON.parse(readFileSync(file, "utf8"));

async function told(act) {
  try {
    return await act();
  } catch (error) {
    return { refused: error.message };
  }
}

const engine = await openData(readFileSync(given.data));

async function asked({ ratings, rows, largest = 0 }) {
  const fit = engine.fit(ratings);
  const turned = (row) => engine.fit(ratings.map((own) => (own.row === row ? { ...own, on: !own.on } : own)));
  const gone = new AbortController();
  const answer = {
    ranking: fit.ranking(engine.films.length),
    predictions: engine.films.map((_, row) => fit.prediction(row)),
    influence: rows.map((row) => fit.influence(row)),
    turned: ratings.map((own) => turned(own.row)).map((other) => rows.map((row) => other.prediction(row).mean)),
    rules: rows.map((row) => fit.rule(row)),
    ease: rows.map((row) => fit.ease(row)),
    easeTurned: ratings.map((own) => turned(own.row)).map((other) => rows.map((row) => other.ease(row)?.score ?? null)),
    smallest: fit.smallest(largest),
    idle: await fit.smallestWhenIdle(largest),
  };
  const stopped = fit.smallestWhenIdle(largest, gone.signal);
  gone.abort();
  return { ...answer, stopped: (await stopped) === undefined };
}

const { films, recommended, scale, texts, samplePerson, nModels, called, leftOut, minRatings, digest } = engine;
console.log(JSON.stringify({
  others: await Promise.all((given.others ?? []).map((text) => told(() => openData(Buffer.from(text, "base64"))))),
  about: { films, recommended, scale, texts, samplePerson, nModels, called, leftOut, minRatings, digest },
  people: await Promise.all((given.people ?? []).map((person) => told(() => asked(person)))),
  found: (given.queries ?? []).map(([query, n, similar]) => engine.search(query, n, { similar })),
}));
