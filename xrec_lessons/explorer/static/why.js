// Why one film is predicted what it is: its number, each rating's effect, a rule, similar users.

import { arrange, clipped, h, named, newId, roving, still } from "./dom.js";
import { filledIn, shortTitle } from "./say.js";
import { axis, axisDrawn, strip } from "./strip.js";

const SIDE = 6; // bars on each side before the others are folded away
const COUNTING = 500; // ms

export function whySection(app) {
  const { engine, say } = app;
  const title = h("h3", { id: newId("why"), tabindex: -1, dir: "auto" });
  const picture = h("div", { class: "xe-picture" });
  const facts = h("p", { class: "xe-about" });
  const big = h("span", { class: "xe-big", "aria-hidden": "true" });
  const spoken = h("span", { class: "xe-hidden" });
  const pill = h("span", { class: "xe-delta", hidden: true });
  const dots = strip();
  const scale = axisDrawn();
  const bars = effectBars(app);
  const rule = ruleDrawn(app);
  const similar = h("p");
  const count = counting(big, (value) => say.number(value));
  let drawn = null;
  let mean = null;
  let domain = null;

  const node = h("section", { class: "xe-why", "aria-labelledby": title.id },
    h("div", { class: "xe-film" }, picture, h("div", { class: "xe-facts" }, title, facts,
      h("p", { class: "xe-predicted" }, big, spoken,
        h("span", { class: "xe-unit" }, say.predicted()), pill),
      h("div", { class: "xe-own-strip" }, dots.node, scale.node))),
    bars.node, rule.node,
    h("section", { class: "xe-similar" }, h("h4", {}, engine.texts.similar_kind ?? say.t("similar")),
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
  const more = [1, 2, 3].find((digits) => addsUp(was, change, prediction.mean, say.digits + digits)) ?? 1;
  const first = say.t(on ? "with" : "without");
  const [before, size, after] = [was, Math.abs(change), prediction.mean].map((value) => say.number(value, more));
  return [first[0].toUpperCase() + first.slice(1), " ", h("i", {}, named(shortTitle(engine.films[row].title))), ": ",
    h("b", {}, `${before} ${change < 0 ? "−" : "+"} ${size} = ${after}`), `, ${say.t("just")}.`];
}

/** Whether the rounded numbers make a sum: a reader adds what is written. */
function addsUp(before, change, after, digits) {
  const whole = (value) => Math.round(value * 10 ** digits);
  return whole(Number(before.toFixed(digits))) + whole(Number(change.toFixed(digits))) === whole(Number(after.toFixed(digits)));
}

function effectBars(app) {
  const { engine, say, state } = app;
  const heading = h("h4", { id: newId("effects") }, say.t("effects"));
  const keys = h("p", { class: "xe-keys", "aria-hidden": "true" },
    h("span", {}, `← ${say.t("lowers_key")}`), h("span", {}, `${say.t("raises_key")} →`));
  const list = h("ul", { class: "xe-bars", "aria-labelledby": heading.id });
  const more = h("button", { type: "button", class: "xe-link", hidden: true });
  const help = h("p");
  const below = h("div", { class: "xe-below" }, help);
  const rove = roving(list, () => [...list.children].map((node) => node.firstElementChild));
  const items = new Map();
  let order = [];
  let ordered = "";
  let all = false;
  more.addEventListener("click", () => {
    all = !all;
    draw();
  });

  const item = (row) => {
    const film = engine.films[row];
    const given = h("span", { class: "xe-given" });
    const bar = h("span", { class: "xe-bar" });
    const whisker = h("span", { class: "xe-whisker" });
    const value = h("span", { class: "xe-effect" });
    const words = h("span", { class: "xe-hidden" });
    const seen = h("span", { class: "xe-bar-row", "aria-hidden": "true" },
      h("span", { class: "xe-bar-name" }, clipped(1, shortTitle(film.title), film.title), given),
      h("span", { class: "xe-track" }, h("span", { class: "xe-zero" }), bar, whisker), value);
    const button = h("button", {
      type: "button", tabindex: -1,
      onclick: () => state.turn([row], button.getAttribute("aria-pressed") === "true"),
    }, words, seen);
    return { row, node: h("li", {}, button), button, given, bar, whisker, value, words };
  };

  function draw() {
    const effects = app.now.effects;
    const folded = order.length > 2 * SIDE && !all;
    const shown = folded ? [...order.slice(0, SIDE), ...order.slice(-SIDE)] : order;
    more.hidden = order.length <= 2 * SIDE;
    more.textContent = all ? say.t("show_less") : say.t("show_all", { n: order.length });
    more.setAttribute("aria-expanded", String(all));
    const values = shown.map((row) => effects.get(row));
    const reach = values.flatMap(({ effect, spread }) => [effect - spread, effect + spread, effect]);
    const [low, high] = [Math.min(0, ...reach), Math.max(0, ...reach)];
    const zero = Math.max(28, Math.min(72, high > low ? (100 * -low) / (high - low) : 28));
    const perUnit = Math.min(low < 0 ? zero / -low : Infinity, high > 0 ? (100 - zero) / high : Infinity);
    const per = Number.isFinite(perUnit) ? perUnit : 0;
    list.style.setProperty("--zero", `${zero}%`);
    const from = (value) => `${(zero + per * value).toFixed(2)}%`;
    for (const { row, rating, on, effect, spread } of values) {
      if (!items.has(row)) items.set(row, item(row));
      const parts = items.get(row);
      const film = engine.films[row].name;
      const up = effect > 0;
      parts.given.textContent = say.short(rating);
      parts.bar.className = `xe-bar ${up ? "xe-up" : "xe-down"}`;
      parts.bar.style.insetInlineStart = from(Math.min(0, effect));
      parts.bar.style.width = `${(per * Math.abs(effect)).toFixed(2)}%`;
      parts.whisker.hidden = engine.nModels < 2 || !on;
      parts.whisker.style.insetInlineStart = from(effect - spread);
      parts.whisker.style.width = `${(2 * per * spread).toFixed(2)}%`;
      parts.value.textContent = say.change(effect);
      parts.value.className = `xe-effect ${!on ? "" : up ? "xe-up" : "xe-down"}`;
      parts.button.setAttribute("aria-pressed", String(!on));
      parts.button.classList.toggle("xe-off", !on);
      parts.words.textContent = say.t(on ? "bar_on" : "bar_off", {
        film, rating: say.rating(rating), effect: say.effect(effect, engine.nModels > 1 ? spread : 0),
      });
    }
    arrange(list, shown.map((row) => items.get(row).node));
    rove.settle(null);
  }

  const node = h("section", { class: "xe-effects", "aria-labelledby": heading.id },
    h("div", { class: "xe-line" }, heading, keys), list, more, below);
  return {
    node,
    render(was) {
      const { chosen, effects } = app.now;
      const rows = [...effects.keys()].sort((a, b) => a - b);
      const key = `${chosen}: ${rows}`;
      if (key !== ordered) { // not at a press: the next one would hit another film
        ordered = key;
        order = [...effects.values()].sort((a, b) => b.effect - a.effect).map(({ row }) => row);
      }
      keys.hidden = list.hidden = order.length === 0;
      const n = engine.nModels;
      const sum = sumOf(app, was);
      help.className = sum ? "xe-sum" : "xe-small";
      help.replaceChildren(...(sum ?? [say.t(!order.length ? "no_effects" : n > 1 ? "press" : "press_one", { n: say.count(n) })]));
      draw();
    },
  };
}

function ruleDrawn(app) {
  const { engine, say } = app;
  const heading = h("h4", { id: newId("rule") }, say.t("rule"));
  const body = h("div");
  const chip = (row) => h("span", { class: "xe-chip" }, app.picture(row, "xe-tiny"),
    clipped(1, shortTitle(engine.films[row].title), engine.films[row].title));
  const tens = (n, words, strong) => h("div", { class: `xe-tens ${strong ? "xe-strong" : ""}` },
    h("span", { class: "xe-ten", "aria-hidden": "true" },
      Array.from({ length: 10 }, (_, k) => h("span", { class: k < n ? "xe-filled" : "" }))),
    h("p", {}, words));
  return {
    node: h("section", { class: "xe-rule", "aria-labelledby": heading.id }, heading, body),
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
