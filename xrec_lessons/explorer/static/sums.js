// What another recommender, EASE, says of the chosen film: its score, and the parts that it is made of.

import { barList, sumSaid } from "./bars.js";
import { h, named } from "./dom.js";
import { shortTitle } from "./say.js";

const HUNDRED = 100; // a film that somebody liked would have this score

export function easeSection(app) {
  const { engine, say } = app;
  const heading = app.heading(2, {}, say.t("ease_heading"));
  const lead = h("p", { class: "xe-small" });
  const keys = h("p", { class: "xe-keys", "aria-hidden": "true" },
    h("span", {}, `← ${say.t("takes_key")}`), h("span", {}, `${say.t("adds_key")} →`));
  const bars = barList(app, heading, {
    above: 5, below: 3, kind: "xe-parts",
    value: (size) => say.part(size),
    words: (one) => say.t(one.on ? "bar_on" : "bar_off", {
      film: engine.films[one.row].name, rating: say.rating(one.rating), effect: say.partInWords(one.size),
    }),
  });
  const help = h("p");
  const node = h("div", { class: "xe-ease", role: "group", "aria-labelledby": heading.id },
    h("div", { class: "xe-line" }, heading, keys), lead, bars.list, bars.more,
    h("div", { class: "xe-below" }, help));

  /** “Without Alien: 19.1 − 4.2 = 14.9, just its part”, after one rating was switched or taken back. */
  function sum(was, now) {
    const { what, row, on } = app.difference;
    const of = (found) => found?.parts.find((one) => one.row === row);
    const one = of(was) ?? of(now);
    if (!was || !now || !one || (what !== "turned" && !(what === "gone" && on))) return null;
    const counted = what === "turned" && on;
    const change = counted ? one.part : -one.part;
    const first = say.t(counted ? "with" : "without");
    return [first[0].toUpperCase() + first.slice(1), " ", h("i", {}, named(shortTitle(engine.films[row].title))), ": ",
      h("b", {}, sumSaid(HUNDRED * was.score, HUNDRED * change, HUNDRED * now.score, 1)), `, ${say.t("just_part")}.`];
  }

  return {
    node,
    render() {
      node.hidden = !engine.ease;
      if (node.hidden) return;
      const { chosen, fit } = app.now;
      const found = fit.ease(chosen);
      const some = found?.parts.some(({ on }) => on);
      lead.textContent = !found ? engine.texts.ease_none ?? ""
        : !some ? say.t("ease_off")
          : say.t("ease", { place: found.rank, n: found.n, score: say.part(found.score, false) });
      keys.hidden = !found;
      bars.show(chosen, new Map((found?.parts ?? []).map((one) => [one.row, { ...one, size: one.part }])));
      const said = found && sum(app.before?.fit.ease(chosen), found);
      help.className = said ? "xe-sum" : "xe-small";
      help.replaceChildren(...(said ?? [found ? say.t("ease_press") : ""]));
    },
  };
}
