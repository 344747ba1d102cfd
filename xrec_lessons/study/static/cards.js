// Draws one explanation for a participant. `cards.py` draws the same data for the notebooks; a test
// compares what the two show.

import { effectBar } from "./bar.js";
import { h, s } from "./elements.js";
import { equallyDrawn } from "./equal.js";

/**
 * `content` is what the database holds: a sentence and the figures, or a list of such, in which each
 * names its explanation. With `wording`, a condition has texts of its own. Null if nothing is shown.
 */
export function explanationDrawn(app, { explanation, content, film, wording }) {
  const shown = Array.isArray(content) ? content : [{ explanation, ...content }];
  if (shown.length === 0) return null;
  const own = wording ? Object.assign(Object.create(app), { texts: { ...app.texts, ...wording } }) : app;
  const heading = h("h2", {}, own.t("explanation_heading"));
  const several = shown.length > 1;
  const parts = shown.map((one) => [
    !own.texts.equal_film && h(several ? "h3" : "p", { class: "x-kind" }, own.t(`${one.explanation}_kind`)),
    h("p", { class: "x-sentence" }, one.sentence), figureOf(own, one, film)]);
  const node = h("section", { class: several ? "x-card x-why x-several" : "x-card x-why" }, heading,
    several ? parts.map((part) => h("div", { class: "x-one" }, part)) : parts[0]);
  return { node, heading };
}

/** In words, if it has facts; with drawings of equal form, if the study has the texts of such cards. */
function figureOf(app, content, film) {
  const { explanation, facts } = content;
  if (facts) return facts.length > 0 && h("ul", { class: "x-facts-said" }, facts.map((fact) => h("li", {}, fact)));
  if (app.texts.equal_film) return equallyDrawn(app, explanation, content);
  const figure = { rule: ruleDrawn, influence: influenceDrawn, ease: easeDrawn }[explanation];
  return figure && figure(app, content, film);
}

function ruleDrawn(app, { antecedents, share }, film) {
  const chip = (name) => h("span", { class: "x-chip", title: name }, h("bdi", {}, name));
  const word = (name) => h("span", { class: "x-word" }, app.t(name));
  const liked = antecedents.flatMap((name, k) => [k > 0 && word("and"), chip(name)]);
  const dots = Array.from({ length: 10 }, (_, k) =>
    s("circle", { cx: 12 + 24 * k, cy: 12, r: 8, class: k < share ? "x-on" : "x-off" }));
  return h("div", { class: "x-rule" },
    h("p", { class: "x-chips" }, h("span", { class: "x-chips" }, word("rule_liked"), liked),
      h("span", { class: "x-chips" }, h("span", { class: "x-arrow", "aria-hidden": "true" }, "→"), word("rule_so"),
        h("span", { class: "x-chip x-strong", title: film.name }, h("bdi", {}, film.name)))),
    s("svg", { class: "x-dots", viewBox: "0 0 240 24", "aria-hidden": "true" }, dots));
}

function influenceDrawn(app, { rows }) {
  const reach = Math.max(...rows.map(({ effect }) => Math.abs(effect)), 0.005);
  return h("ul", { class: "x-influence" }, rows.map(({ film, stars, effect }) =>
    h("li", {},
      h("div", {}, h("p", { class: "x-name" }, h("bdi", {}, film)),
        h("p", { class: "x-about" }, app.t("you_gave", { stars: app.stars(stars) }))),
      effectBar(effect / reach), h("p", { class: "x-effect" }, effectInWords(app, effect)))));
}

/** Parts of a score that is their sum; what takes from it is hollow. */
function easeDrawn(app, { rows, others, rest }) {
  const parts = rows.map(({ film, part }) => [film, part]);
  if (others) parts.push([app.t("ease_others", { n: app.number(others) }), rest]);
  const reach = Math.max(...parts.map(([, part]) => Math.abs(part)), 0.0005);
  return h("ul", { class: "x-influence x-parts" }, parts.map(([name, part]) =>
    h("li", {}, h("p", { class: "x-name" }, h("bdi", {}, name)), effectBar(part / reach, true),
      h("p", { class: "x-effect" }, partInWords(app, part)))));
}

function partInWords(app, part) {
  if (Math.abs(part) < 0.0005) return app.t("ease_hardly");
  const one = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return app.t(part > 0 ? "ease_adds" : "ease_takes", { part: app.number(100 * Math.abs(part), one) });
}

function effectInWords(app, effect) {
  if (Math.abs(effect) < 0.005) return app.t("hardly");
  const two = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const unit = app.texts.size ? "size" : "stars"; // a scale that is not stars has a word of its own
  const text = app.t(unit, { n: app.number(Math.abs(effect), two) });
  return app.t(effect > 0 ? "raises" : "lowers", { effect: text });
}
