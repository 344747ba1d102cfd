// Times the explorer's engine, and prints what it predicts, as JSON. Reads from a file: the data's
// path, people to time by their number of ratings, and people whose predictions are to be compared.

import { readFileSync } from "node:fs";

const [folder, file] = process.argv.slice(2);
const { openData } = await import(`${folder}/engine.js`);
const given = JSON.parse(readFileSync(file, "utf8"));
const bytes = readFileSync(given.data);

/** Milliseconds by the clock and of the processor, all threads of this process together. */
async function timed(act) {
  const [start, used] = [performance.now(), process.cpuUsage()];
  await act();
  const { user, system } = process.cpuUsage(used);
  return [performance.now() - start, (user + system) / 1000];
}

const opened = [];
for (let turn = 0; turn < 10; turn++) opened.push(await timed(() => openData(bytes)));
const engine = await openData(bytes);

/** What a page does after each change. */
function change(ratings) {
  const fit = engine.fit(ratings);
  const top = fit.ranking(10);
  return { fit, top, influence: fit.influence(top[0].row), rule: fit.rule(top[0].row) };
}

const changes = {};
const smallest = {};
for (const turn of [0, 1]) { // the first turn compiles
  for (const [n, people] of Object.entries(given.timed)) {
    changes[n] = [];
    smallest[n] = [];
    for (const ratings of people) {
      changes[n].push(await timed(() => change(ratings)));
      if (turn) smallest[n].push(await timed(() => engine.fit(ratings).smallest(3)));
    }
  }
}
const searches = [];
for (const query of given.queries) searches.push(await timed(() => engine.search(query, 8)));

const compared = given.compared.map((ratings) => {
  const { fit, top, influence } = change(ratings);
  const off = (row) => ratings.map((own) => ({ ...own, on: own.row !== row }));
  return {
    means: engine.films.map((_, row) => fit.prediction(row).mean),
    each: engine.films.map((_, row) => fit.prediction(row).each),
    top: top.map(({ row }) => row),
    influence: influence.map(({ row, effect }) => [row, effect]),
    without: ratings.map((own) => {
      const other = engine.fit(off(own.row));
      return top.map(({ row }) => other.prediction(row).mean);
    }),
  };
});
console.log(JSON.stringify({ opened, changes, smallest, searches, compared }));
