// Each model's prediction as a dot on a line, the mean as a tick: ten films on one axis.

import { h } from "./dom.js";
import { plain } from "./say.js";

const DIVISIONS = 5;

/** An axis that holds these values, in round steps; the one before as long as it serves. */
export function axis(values, unit, before = null) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!(low <= high)) return before ?? { low: 0, high: unit, ticks: [0, unit] };
  const step = stepFor((high - low) || unit / 4, unit);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toFixed(6)));
  const serves = before && before.low <= low && high <= before.high
    && before.high - before.low <= 2 * (ticks.at(-1) - ticks[0]);
  return serves ? before : { low: ticks[0], high: ticks.at(-1), ticks };
}

function stepFor(reach, unit) {
  const least = Math.max(reach / (DIVISIONS - 1), unit / 4);
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= least * 0.999);
}

export function axisDrawn() {
  const node = h("span", { class: "xe-axis", "aria-hidden": "true" });
  return {
    node,
    show(domain) {
      node.replaceChildren(...domain.ticks.map((tick) => {
        const label = h("span", {}, plain(tick));
        label.style.insetInlineStart = at(tick, domain);
        return label;
      }));
    },
  };
}

export function strip() {
  const range = h("span", { class: "xe-spread" });
  const tick = h("span", { class: "xe-mean" });
  const ghost = h("span", { class: "xe-ghost", hidden: true });
  const node = h("span", { class: "xe-strip", "aria-hidden": "true" }, range, ghost, tick);
  let dots = [];
  return {
    node,
    show({ mean, each }, domain, before = null) {
      if (dots.length !== each.length) {
        dots = each.map(() => h("span", { class: "xe-dot" }));
        node.replaceChildren(range, ghost, ...dots, tick);
      }
      node.style.setProperty("--divisions", domain.ticks.length - 1);
      each.forEach((value, k) => (dots[k].style.insetInlineStart = at(value, domain)));
      tick.style.insetInlineStart = at(mean, domain);
      const [low, high] = [Math.min(...each), Math.max(...each)];
      range.style.insetInlineStart = at(low, domain);
      range.style.width = `${100 * share(high - low + domain.low, domain)}%`;
      ghost.hidden = before === null;
      if (before !== null) ghost.style.insetInlineStart = at(before, domain);
    },
  };
}

const share = (value, { low, high }) => Math.max(0, Math.min(1, (value - low) / (high - low)));
const at = (value, domain) => `${(100 * share(value, domain)).toFixed(2)}%`;
