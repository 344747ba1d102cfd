// Explanations drawn alike, for a study with cards = "equal": the same parts in each, one colour, and
// a drawing for each, so that content is compared and not form. `equal_cards.py` draws the same.

import { effectBar } from "./bar.js";
import { h, s } from "./elements.js";

const HEAD = { cx: 12, cy: 6.5, r: 5.5 };
const BODY = "M2 28v-5a9 8 0 0 1 9-8h2a9 8 0 0 1 9 8v5z";
const FILM = "M0 0h32v24h-32zM2.5 2.5v3.5h3.5v-3.5zM2.5 10v3.5h3.5v-3.5zM2.5 17.5v3.5h3.5v-3.5z" +
  "M26 2.5v3.5h3.5v-3.5zM26 10v3.5h3.5v-3.5zM26 17.5v3.5h3.5v-3.5zM8.5 3v18h15v-18z";

export function equallyDrawn(app, explanation, content) {
  const draw = { similar, rule, influence, ease }[explanation];
  return h("div", { class: `x-figure x-figure-${explanation}` }, draw(app, content));
}

function similar(app) {
  const who = (picture, name) => h("div", { class: "x-who" }, h("div", { class: "x-disc" }, picture), h("p", {}, app.t(name)));
  const how = (sign, name) => h("div", { class: "x-how" }, h("p", {}, app.t(name)),
    h("span", { class: "x-arrow", "aria-hidden": "true" }, sign));
  const film = s("svg", { viewBox: "0 0 32 24", class: "x-drawing", "aria-hidden": "true" },
    s("path", { d: FILM, "fill-rule": "evenodd", class: "x-on" }));
  return [who(people(1), "equal_you"), how("=", "equal_alike"), who(people(3), "equal_people"),
    how("→", "equal_liked"), who(film, "equal_film")];
}

function rule(app, { antecedents, share }) {
  const part = (name, films) => h("div", { class: "x-part" }, h("p", { class: "x-word" }, app.t(name)),
    films.map((film) => h("p", { class: "x-film-name", title: film }, h("span", {}, h("bdi", {}, film)))));
  return [
    h("div", { class: "x-parts-of-rule" }, part("rule_liked", antecedents),
      h("span", { class: "x-arrow", "aria-hidden": "true" }, "→"), part("rule_so", [app.t("equal_film")])),
    h("div", { class: "x-people" }, people(10, share), h("p", {}, app.t("equal_share", { share }))),
    h("p", { class: "x-word" }, app.t("equal_list"))];
}

function influence(app, { rows }) {
  const reach = Math.max(...rows.map(({ effect }) => Math.abs(effect)), 0.005);
  const star = app.texts.size ? "" : " ★"; // a scale that is not stars has a word of its own
  const parts = rows.map(({ film, stars, effect }) =>
    [[film, app.number(stars) + star], effect / reach, signed(app, effect, 2)]);
  return table(app, ["equal_lowers", "equal_raises", "equal_effect"], parts);
}

function ease(app, { rows, others, rest }) {
  const parts = rows.map(({ film, part }) => [[film], part]);
  if (others) parts.push([[app.t("ease_others", { n: others })], rest]);
  const reach = Math.max(...parts.map(([, part]) => Math.abs(part)), 0.0005);
  const all = parts.map(([names, part]) => [names, part / reach, signed(app, 100 * part, 1)]);
  return table(app, ["equal_takes", "equal_adds", "equal_part"], all);
}

function table(app, [less, more, what], rows) {
  const head = h("p", { class: "x-heads" }, h("span", {}, app.t(less)), h("span", {}, app.t(more)),
    h("span", {}, app.t(what)));
  const line = ([[name, ...gave], share, number]) => h("li", {},
    h("div", {}, h("p", { class: "x-name" }, h("bdi", {}, name)), gave.map((text) => h("p", { class: "x-about" }, text))),
    effectBar(share, true), h("p", { class: "x-effect" }, h("bdi", { dir: "ltr" }, number)));
  return [head, h("ul", { class: "x-influence" }, rows.map(line))];
}

function signed(app, value, digits) {
  const two = { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "exceptZero" };
  return app.number(value, two).replace("-", "−");
}

/** So many people beside each other, the first of them filled. */
function people(n, filled = n) {
  const one = (k) => {
    const own = { class: k < filled ? "x-on" : "x-off" };
    return s("g", { transform: `translate(${27 * k} 0)` }, s("circle", { ...HEAD, ...own }), s("path", { d: BODY, ...own }));
  };
  return s("svg", { viewBox: `-1 -1 ${27 * n - 1} 30`, class: "x-drawing", "aria-hidden": "true" },
    Array.from({ length: n }, (_, k) => one(k)));
}
