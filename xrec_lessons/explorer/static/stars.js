// How a rating is given: a native slider for the keyboard and for screen readers; on top of it, for
// the eye and the pointer, half stars, or the slider itself where ratings are not stars.

import { h, s } from "./dom.js";

const STAR = "M10 1.6l2.6 5.5 6 .8-4.4 4.2 1.1 6L10 15.2l-5.3 2.9 1.1-6L1.4 7.9l6-.8z";
const PITCH = 18; // px from one star to the next

/** `commit(value)` for every choice; `set(value, on, tick)` shows one, null for none yet. */
export function ratingInput(say, label, commit) {
  const { scale } = say;
  const input = h("input", {
    type: "range", min: scale.low, max: scale.high, step: scale.offered, "aria-label": label, class: "xe-range",
  });
  const drawn = scale.stars ? starsDrawn() : pointsDrawn(say);
  const node = h("span", { class: scale.stars ? "xe-stars" : "xe-points" }, drawn.node, input);
  const state = { value: null, on: true };
  const show = (value) => {
    drawn.show(value, state.on);
    input.setAttribute("aria-valuetext", value === null ? say.t("not_yet") : say.rating(value));
  };
  const take = (value) => {
    if (value === state.value) return show(value);
    state.value = value;
    show(value);
    commit(value);
  };
  const typed = () => take(Number(input.value));
  if (scale.stars) {
    input.addEventListener("input", typed);
    pointed(node, scale, (value) => [(input.value = value), show(value)], (value) => {
      input.value = value;
      input.focus({ preventScroll: true, focusVisible: false });
      take(value);
    }, () => show(state.value));
  } else {
    input.addEventListener("input", () => show(Number(input.value)));
    input.addEventListener("change", typed);
  }
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && state.value === null) typed();
  });
  return {
    node, input,
    set(value, on = true, tick = null) {
      Object.assign(state, { value, on });
      const shown = value ?? scale.liked;
      if (Number(input.value) !== shown) input.value = shown;
      node.classList.toggle("xe-dim", !on);
      show(value);
      drawn.tick(tick);
    },
  };
}

/** Half stars under a finger or the mouse: a tap, or a drag along the row. */
function pointed(node, { low, high, offered }, preview, choose, leave) {
  let down = false;
  const at = (event) => {
    const { left, width } = node.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientX - left) / width));
    const raw = Math.ceil((share * high) / offered - 1e-9) * offered;
    return Math.max(low, Math.min(high, raw));
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    down = true;
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    preview(at(event));
  });
  node.addEventListener("pointermove", (event) => {
    if (down || event.pointerType === "mouse") preview(at(event));
  });
  node.addEventListener("pointerup", (event) => down && [(down = false), choose(at(event))]);
  node.addEventListener("pointercancel", () => [(down = false), leave()]);
  node.addEventListener("pointerleave", () => down || leave());
}

function starsDrawn() {
  const row = () => Array.from({ length: 5 }, (_, k) =>
    s("path", { d: STAR, transform: `translate(${k * PITCH - 1} 0) scale(.95)` }));
  const full = s("svg", { viewBox: `0 0 ${5 * PITCH} 19`, class: "xe-full" }, row());
  const tick = h("span", { class: "xe-tick", hidden: true });
  const node = h("span", { class: "xe-drawn", "aria-hidden": "true" },
    s("svg", { viewBox: `0 0 ${5 * PITCH} 19`, class: "xe-empty" }, row()), full, tick);
  return {
    node,
    show: (value) => (full.style.clipPath = `inset(0 ${100 - 20 * Math.max(0, value ?? 0)}% 0 0)`),
    tick(value) {
      tick.hidden = value === null;
      if (value !== null) tick.style.insetInlineStart = `${20 * Math.max(0, Math.min(5, value))}%`;
    },
  };
}

function pointsDrawn(say) {
  const node = h("span", { class: "xe-value", "aria-hidden": "true" });
  return {
    node,
    show: (value) => (node.textContent = value === null ? "–" : say.short(value)),
    tick: () => {},
  };
}
