// A list of bars that are buttons: press one, and its rating is gone, or counted again.

import { arrange, clipped, h, roving } from "./dom.js";
import { shortTitle } from "./say.js";

/**
 * `above` and `below`: how many bars on each side, before the others are folded away. `value(size)`
 * and `words(one)` say one, which is {row, rating, on, size, spread}; a spread draws a whisker.
 * `kind` is the class of the list.
 */
export function barList(app, heading, { above, below, kind, value, words }) {
  const { engine, say, state } = app;
  const list = h("ul", { class: kind, "aria-labelledby": heading.id });
  const more = h("button", { type: "button", class: "xe-link", hidden: true });
  const rove = roving(list, () => [...list.children].map((node) => node.firstElementChild));
  const items = new Map();
  let [bars, order, ordered, all] = [new Map(), [], "", false];
  more.addEventListener("click", () => {
    all = !all;
    draw();
  });

  const item = (row) => {
    const film = engine.films[row];
    const given = h("span", { class: "xe-given" });
    const bar = h("span", { class: "xe-bar" });
    const whisker = h("span", { class: "xe-whisker" });
    const number = h("span", { class: "xe-effect" });
    const spoken = h("span", { class: "xe-hidden" });
    const seen = h("span", { class: "xe-bar-row", "aria-hidden": "true" },
      h("span", { class: "xe-bar-name" }, clipped(1, shortTitle(film.title), film.title), given),
      h("span", { class: "xe-track" }, h("span", { class: "xe-zero" }), bar, whisker), number);
    const button = h("button", {
      type: "button", tabindex: -1,
      onclick: () => state.turn([row], button.getAttribute("aria-pressed") === "true"),
    }, spoken, seen);
    return { node: h("li", {}, button), button, given, bar, whisker, number, spoken };
  };

  function draw() {
    const most = above + below;
    const shown = order.length > most && !all ? [...order.slice(0, above), ...order.slice(-below)] : order;
    more.hidden = order.length <= most;
    more.textContent = all ? say.t("show_less") : say.t("show_all", { n: order.length });
    more.setAttribute("aria-expanded", String(all));
    const values = shown.map((row) => bars.get(row));
    const reach = values.flatMap(({ size, spread = 0 }) => [size - spread, size + spread, size]);
    const [low, high] = [Math.min(0, ...reach), Math.max(0, ...reach)];
    const zero = Math.max(28, Math.min(72, high > low ? (100 * -low) / (high - low) : 28));
    const perUnit = Math.min(low < 0 ? zero / -low : Infinity, high > 0 ? (100 - zero) / high : Infinity);
    const per = Number.isFinite(perUnit) ? perUnit : 0;
    list.style.setProperty("--zero", `${zero}%`);
    const from = (size) => `${(zero + per * size).toFixed(2)}%`;
    for (const one of values) {
      const { row, rating, on, size, spread } = one;
      if (!items.has(row)) items.set(row, item(row));
      const parts = items.get(row);
      const way = size > 0 ? "xe-up" : "xe-down";
      parts.given.textContent = say.short(rating);
      parts.bar.className = `xe-bar ${way}`;
      parts.bar.style.insetInlineStart = from(Math.min(0, size));
      parts.bar.style.width = `${(per * Math.abs(size)).toFixed(2)}%`;
      parts.whisker.hidden = spread === undefined || !on;
      parts.whisker.style.insetInlineStart = from(size - (spread ?? 0));
      parts.whisker.style.width = `${(2 * per * (spread ?? 0)).toFixed(2)}%`;
      parts.number.textContent = value(size);
      parts.number.className = `xe-effect ${on ? way : ""}`;
      parts.button.setAttribute("aria-pressed", String(!on));
      parts.button.classList.toggle("xe-off", !on);
      parts.spoken.textContent = words(one);
    }
    arrange(list, shown.map((row) => items.get(row).node));
    rove.settle(null);
  }

  return {
    list, more,
    /** Show the bars of a film, a Map of rows. A press does not sort them: the next would miss. */
    show(film, found) {
      bars = found;
      const key = `${film}: ${[...bars.keys()].sort((a, b) => a - b)}`;
      if (key !== ordered) {
        ordered = key;
        order = [...bars.values()].sort((a, b) => b.size - a.size).map(({ row }) => row);
      }
      list.hidden = order.length === 0;
      draw();
    },
  };
}

/** Whether the rounded numbers make a sum: a reader adds what is written. */
function addsUp(before, change, after, digits) {
  const whole = (value) => Math.round(value * 10 ** digits);
  return whole(Number(before.toFixed(digits))) + whole(Number(change.toFixed(digits))) === whole(Number(after.toFixed(digits)));
}

/** “4.504 − 0.096 = 4.408”, to as many digits, from `least` on, as it takes. */
export function sumSaid(before, change, after, least) {
  const digits = [0, 1, 2].map((more) => least + more).find((n) => addsUp(before, change, after, n)) ?? least;
  const [first, size, last] = [before, Math.abs(change), after].map((value) => value.toFixed(digits).replace("-", "−"));
  return `${first} ${change < 0 ? "−" : "+"} ${size} = ${last}`;
}
