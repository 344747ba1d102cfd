// The bar of an effect, beside an axis.

import { s } from "./elements.js";

/** From the axis in the middle to the right what raises, to the left what lowers, or hollow. */
export function effectBar(share, hollow = false) {
  const width = Math.max(Math.abs(share) * 96, 1);
  const filled = { fill: share > 0 || hollow ? "#0072b2" : "#d55e00" };
  const outlined = { fill: "none", stroke: "#0072b2", "stroke-width": 1.5, "vector-effect": "non-scaling-stroke" };
  return s("svg", { class: "x-effect-bar", viewBox: "0 0 200 20", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("rect", { x: 0, y: 9.5, width: 200, height: 1, class: "x-line" }),
    s("rect", {
      x: share > 0 ? 100 : 100 - width, y: 3, width, height: 14, ...(hollow && share < 0 ? outlined : filled),
    }),
    s("rect", { x: 99.25, y: 0, width: 1.5, height: 20, class: "x-axis" }));
}
