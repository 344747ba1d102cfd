// Why one film is predicted what it is: its number, each rating's effect, a rule, EASE, similar users.

import { barList, sumSaid } from "./bars.js";
import { clipped, h, named, still } from "./dom.js";
import { filledIn, shortTitle } from "./say.js";
import { axis, axisDrawn, strip } from "./strip.js";
import { easeSection } from "./sums.js";

const SIDE = 6; // bars on each side before the others are folded away
const COUNTING = 500; // ms

export function whySection(app) {
  const { engine, say } = app;
  const title = app.heading(1, { class: "xe-title", tabindex: -1, dir: "auto" });
  const picture = h("div", { class: "xe-picture" });
  const facts = h("p", { class: "xe-about" });
  const big = h("span", { class: "xe-big", "aria-hidden": "true" });
  const spoken = h("span", { class: "xe-hidden" });
  const pill = h("span", { class: "xe-delta", hidden: true });
  const dots = strip();
  const scale = axisDrawn();
  const bars = effectBars(app);
  const rule = ruleDrawn(app);
  const ease = easeSection(app);
  const similar = h("p");
  const count = counting(big, (value) => say.number(value));
  let drawn = null;
  let mean = null;
  let domain = null;

  const node = h("div", { class: "xe-why", role: "group", "aria-labelledby": title.id },
    h("div", { class: "xe-film" }, picture, h("div", { class: "xe-facts" }, title, facts,
      h("p", { class: "xe-predicted" }, big, spoken,
        h("span", { class: "xe-unit" }, say.predicted()), pill),
      h("div", { class: "xe-own-strip" }, dots.node, scale.node))),
    bars.node, rule.node, ease.node,
    h("div", { class: "xe-similar" }, app.heading(2, {}, engine.texts.similar_kind ?? say.t("similar")),
      similar, h("p", { class: "xe-small" }, say.t("similar_note"))));
  return {
    node,
    focus: () => title.focus({ preventScroll: true }),
    render() {
      const { chosen, fit, places } = app.now;
      node.hidden = chosen === null;
      if (chosen === null) return;
      const film = engine.films[chosen];
      const now = app.now.prediction;
      const was = app.before ? app.before.fit.prediction(chosen).mean : null;
      const shown = drawn === chosen ? mean : null;
      mean = now.mean;
      if (drawn !== chosen) {
        drawn = chosen;
        title.textContent = film.title;
        picture.replaceChildren(app.picture(chosen, "xe-large-art"));
        domain = null;
      }
      const genres = film.genres.map((genre) => genre.toLowerCase());
      const place = places.get(chosen);
      const where = place > 10 ? say.t("now_at", { place }) : "";
      facts.textContent = [film.year || "", ...genres, where].filter(Boolean).join(", ");
      facts.hidden = !facts.textContent;
      count(now.mean, shown);
      const change = was === null ? 0 : now.mean - was;
      const moved = Math.abs(change) >= 0.5 * 10 ** -say.digits;
      spoken.textContent = say.number(now.mean);
      pill.hidden = !moved;
      pill.textContent = say.change(change);
      pill.className = `xe-delta ${change > 0 ? "xe-up" : "xe-down"}`;
      const shared = app.now.domain;
      const all = [...now.each, ...(moved ? [was] : [])];
      const fits = Math.min(...all) >= shared.low && Math.max(...all) <= shared.high;
      domain = fits ? shared : axis(all, say.unit, domain);
      dots.show(now, domain, moved ? was : null);
      scale.show(domain);
      bars.render(was);
      rule.render(fit.rule(chosen));
      ease.render();
      similar.replaceChildren(...around(engine.texts.similar ?? "", { film: film.name }));
    },
  };
}

/** “4.504 − 0.096 = 4.408: just what its bar said”, after one rating was switched or taken back. */
function sumOf(app, was) {
  const { engine, say } = app;
  const { what, row, on } = app.difference;
  const { chosen, prediction } = app.now;
  if (was === null || (what !== "turned" && !(what === "gone" && on))) return null;
  const { effect } = app.before.fit.influence(chosen).find((one) => one.row === row);
  if (what === "gone") {
    const [before, after] = [say.number(was, 1), say.number(prediction.mean, 1)];
    return [say.t("took_back", { before, after, effect: say.change(effect, 1) })];
  }
  const change = on ? effect : -effect;
  const first = say.t(on ? "with" : "without");
  return [first[0].toUpperCase() + first.slice(1), " ", h("i", {}, named(shortTitle(engine.films[row].title))), ": ",
    h("b", {}, sumSaid(was, change, prediction.mean, say.digits + 1)), `, ${say.t("just")}.`];
}

function effectBars(app) {
  const { engine, say } = app;
  const heading = app.heading(2, {}, say.t("effects"));
  const keys = h("p", { class: "xe-keys", "aria-hidden": "true" },
    h("span", {}, `← ${say.t("lowers_key")}`), h("span", {}, `${say.t("raises_key")} →`));
  const help = h("p");
  const several = engine.nModels > 1;
  const bars = barList(app, heading, {
    above: SIDE, below: SIDE, kind: "xe-bars",
    value: (size) => say.change(size),
    words: (one) => say.t(one.on ? "bar_on" : "bar_off", {
      film: engine.films[one.row].name, rating: say.rating(one.rating), effect: say.effect(one.size, one.spread),
    }),
  });
  const node = h("div", { class: "xe-effects", role: "group", "aria-labelledby": heading.id },
    h("div", { class: "xe-line" }, heading, keys), bars.list, bars.more, h("div", { class: "xe-below" }, help));
  return {
    node,
    render(was) {
      const { chosen, effects } = app.now;
      keys.hidden = effects.size === 0;
      const n = engine.nModels;
      const sum = sumOf(app, was);
      help.className = sum ? "xe-sum" : "xe-small";
      help.replaceChildren(...(sum ?? [say.t(!effects.size ? "no_effects" : several ? "press" : "press_one", { n: say.count(n) })]));
      bars.show(chosen, new Map([...effects.values()].map((one) =>
        [one.row, { ...one, size: one.effect, spread: several ? one.spread : undefined }])));
    },
  };
}

function ruleDrawn(app) {
  const { engine, say } = app;
  const heading = app.heading(2, {}, say.t("rule"));
  const body = h("div");
  const chip = (row) => h("span", { class: "xe-chip" }, app.picture(row, "xe-tiny"),
    clipped(1, shortTitle(engine.films[row].title), engine.films[row].title));
  const tens = (n, words, strong) => h("div", { class: `xe-tens ${strong ? "xe-strong" : ""}` },
    h("span", { class: "xe-ten", "aria-hidden": "true" },
      Array.from({ length: 10 }, (_, k) => h("span", { class: k < n ? "xe-filled" : "" }))),
    h("p", {}, words));
  return {
    node: h("div", { class: "xe-rule", role: "group", "aria-labelledby": heading.id }, heading, body),
    render(rule) {
      if (!rule) {
        const { liked } = engine.scale;
        body.replaceChildren(h("p", { class: "xe-small" },
          filledIn(engine.texts.rule_none ?? "", { liked: String(liked).replace("-", "−") })));
        return;
      }
      const { antecedents, consequent, share, base, lift } = rule;
      const it = say.t(antecedents.length === 1 ? "it" : "them");
      const chips = antecedents.flatMap((row, k) => [k ? h("span", {}, say.t("and")) : null, chip(row)]);
      body.replaceChildren(
        h("p", { class: "xe-chips" }, h("span", {}, say.t("liked")), chips,
          h("span", { "aria-hidden": "true" }, "→"), h("span", { class: "xe-hidden" }, say.t("leads_to")),
          chip(consequent)),
        tens(share, say.t("in_ten_with", { n: share, it }), true),
        tens(base, say.t("in_ten_all", { n: base }), false),
        lift < 1.1 ? h("p", { class: "xe-small" }, say.t("empty_rule")) : "",
      );
    },
  };
}

/** A text with titles in their own direction. */
function around(text, values) {
  return text.split(/(\{\w+\})/).map((piece) => {
    const name = piece.match(/^\{(\w+)\}$/)?.[1];
    return name in values ? named(values[name]) : piece;
  });
}

/** Numbers that run to their new value, for the eye only. */
function counting(node, said) {
  let frame = 0;
  return (value, from) => {
    cancelAnimationFrame(frame);
    if (from === null || still() || said(from) === said(value)) {
      node.textContent = said(value);
      return;
    }
    const start = performance.now();
    const step = (time) => {
      const share = Math.min(1, Math.max(0, (time - start) / COUNTING));
      node.textContent = said(from + (value - from) * (1 - (1 - share) ** 3));
      if (share < 1) frame = requestAnimationFrame(step);
    };
    step(start);
  };
}
