// The films with the highest predictions, and the fewest ratings without which another comes first.

import { arrange, clipped, gliding, h, named, roving } from "./dom.js";
import { shortTitle } from "./say.js";
import { axis, axisDrawn, strip } from "./strip.js";

const SHOWN = 10;
const LARGEST = 3; // ratings taken away at once
const MOST_SETS = 40000; // of one size: with hundreds of ratings threes would be looked through for hours
const PAUSE = 120; // ms without a change before the fewest are looked for

export function rankingSection(app) {
  const { engine, say, state } = app;
  const heading = app.heading(1);
  const scale = axisDrawn();
  const list = h("ol", { class: "xe-ranks", "aria-labelledby": heading.id });
  const few = h("p", { class: "xe-small", hidden: true });
  const { leftOut: more, recommended } = engine;
  const others = more > 0 && h("p", { class: "xe-small" }, say.t(more === 1 ? "left_out_one" : "left_out",
    { n: recommended.length.toLocaleString("en"), more: more.toLocaleString("en") }));
  const fewest = fewestRatings(app);
  const items = new Map();

  const item = (row) => {
    const film = engine.films[row];
    const place = h("span", { class: "xe-place" });
    const moved = h("span", { class: "xe-moved", hidden: true });
    const dots = strip();
    const mean = h("span", { class: "xe-number" });
    const words = h("span", { class: "xe-hidden" });
    const seen = h("span", { class: "xe-rank", "aria-hidden": "true" }, place,
      h("span", { class: "xe-poster" }, app.picture(row, "xe-small-art"), moved),
      clipped(2, shortTitle(film.title), film.title, film.year ? h("small", {}, ` ${film.year}`) : null),
      dots.node, mean);
    const button = h("button", { type: "button", tabindex: -1, onclick: () => state.choose(row) }, words, seen);
    return { row, node: h("li", {}, button), button, place, moved, dots, mean, words };
  };
  const rove = roving(list, () => [...list.children].map((node) => node.firstElementChild));

  const node = h("div", { class: "xe-ranking", role: "group", "aria-labelledby": heading.id },
    h("div", { class: "xe-line xe-ranking-head" }, heading, scale.node), list, few, others, fewest.node);
  return {
    node,
    render() {
      const { ranking, places, chosen, ratings, domain } = app.now;
      const on = ratings.filter((rating) => rating.on).length;
      const n = engine.nModels;
      heading.textContent = on ? say.t(n === 1 ? "models_one" : "models", { n: say.count(n) })
        : say.t(ratings.length ? "average_off" : "average");
      scale.show(domain);
      const shown = ranking.slice(0, SHOWN);
      const placesBefore = app.before?.places;
      for (const [k, one] of shown.entries()) {
        const film = engine.films[one.row];
        if (!items.has(one.row)) items.set(one.row, item(one.row));
        const parts = items.get(one.row);
        const was = placesBefore?.get(one.row);
        const by = was === undefined ? 0 : was - (k + 1);
        const isNew = placesBefore && (was === undefined || was > SHOWN);
        parts.place.textContent = k + 1;
        parts.moved.textContent = isNew ? say.t("is_new") : by > 0 ? `↑${by}` : `↓${-by}`;
        parts.moved.hidden = !isNew && by === 0;
        parts.dots.show(one, domain);
        parts.mean.textContent = say.number(one.mean);
        const moved = isNew ? say.t("moved_in") : by ? say.t(by > 0 ? "moved_up" : "moved_down", { n: Math.abs(by) }) : "";
        parts.words.textContent = say.t("row", {
          place: k + 1, film: film.name, mean: say.mean(one.mean), moved,
          low: say.number(Math.min(...one.each)), high: say.number(Math.max(...one.each)),
        });
        if (one.row === chosen) parts.button.setAttribute("aria-current", "true");
        else parts.button.removeAttribute("aria-current");
      }
      gliding(list, () => arrange(list, shown.map(({ row }) => items.get(row).node)));
      rove.settle(items.get(chosen)?.node.isConnected ? items.get(chosen).button : null);
      const wanted = Math.min(SHOWN, places.size);
      few.hidden = wanted === SHOWN;
      few.textContent = places.size === 0 ? engine.texts.nothing_left
        : say.t(places.size === 1 ? "few_one" : "few", { n: places.size });
      fewest.render();
    },
  };
}

function fewestRatings(app) {
  const { engine, say, state } = app;
  const words = h("p");
  const go = h("button", { type: "button", class: "xe-pill" }, say.t("try"));
  const node = h("div", { class: "xe-fewest", hidden: true }, words, go);
  let asked = null;
  let found = null;
  go.addEventListener("click", () => found && state.turn(found.away, false));
  const bold = (row) => h("b", {}, named(shortTitle(engine.films[row].title)));
  const listed = (rows) => rows.flatMap((row, k) => [
    k === 0 ? "" : k === rows.length - 1 ? ` ${say.t("and")} ` : ", ", bold(row),
  ]);
  const show = (first, away) => {
    const ends = /[.!?…]$/.test(shortTitle(engine.films[away.away.at(-1)].title));
    const them = say.t(away.away.length === 1 ? "it" : "them");
    words.replaceChildren(bold(first), ` ${say.t("leads")} `, ...listed(away.away),
      `${ends ? "" : "."} ${say.t("leads_rest", { them })} `, bold(away.first), ` ${say.t("comes_first")}`);
    go.hidden = false;
  };
  return {
    node,
    async render() {
      const { fit, ranking, ratings } = app.now;
      asked?.abort();
      const on = ratings.filter((rating) => rating.on).length;
      go.hidden = true;
      found = null;
      node.hidden = on < 2 || ranking.length < 2;
      if (node.hidden) return;
      const asking = (asked = new AbortController());
      const first = ranking[0].row;
      words.textContent = say.t("looking");
      words.className = "xe-small";
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      let most = Math.min(LARGEST, on - 1);
      while (most > 1 && sets(on, most) > MOST_SETS) most--;
      const answer = asking.signal.aborted ? undefined : await fit.smallestWhenIdle(most, asking.signal);
      if (asking.signal.aborted || answer === undefined) return;
      words.className = "";
      found = answer;
      if (answer) return show(first, answer);
      words.replaceChildren(bold(first), ` ${say.t(most === 1 ? "firm_one" : "firm", { n: say.count(most) })}`);
    },
  };
}

/** How many sets of `size` there are of n. */
const sets = (n, size) => (size ? (sets(n - 1, size - 1) * n) / size : 1);

/** The first five at the foot of a narrow page, so that cause and effect share a screen. */
export function topFive(app) {
  const { engine, say, state } = app;
  const list = h("ol", { class: "xe-top-five", "aria-label": say.t("top") });
  const items = new Map();
  const rove = roving(list, () => [...list.children].map((node) => node.firstElementChild));
  const item = (row) => {
    const mean = h("span", { class: "xe-number", "aria-hidden": "true" });
    const button = h("button", { type: "button", tabindex: -1, onclick: () => app.lookAt(row) },
      app.picture(row, "xe-top-art"), mean);
    return { node: h("li", {}, button), button, mean };
  };
  return {
    node: h("div", { class: "xe-foot" }, list),
    render() {
      const { ranking, chosen } = app.now;
      const shown = ranking.slice(0, 5);
      for (const [k, { row, mean }] of shown.entries()) {
        if (!items.has(row)) items.set(row, item(row));
        const one = items.get(row);
        one.mean.textContent = say.number(mean);
        one.button.setAttribute("aria-label", `${k + 1}. ${engine.films[row].name}, ${say.mean(mean)}`);
        if (row === chosen) one.button.setAttribute("aria-current", "true");
        else one.button.removeAttribute("aria-current");
      }
      gliding(list, () => arrange(list, shown.map(({ row }) => items.get(row).node)));
      rove.settle(null);
    },
  };
}

/** One axis for all films shown, sticky, else every dot would jump at every change. */
export function domainOf(ranking, unit, before) {
  return axis(ranking.slice(0, SHOWN).flatMap(({ each }) => each), unit, before);
}
