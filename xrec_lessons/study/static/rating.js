// How a film is rated: with stars, with the numbers of another scale in a row, or, where there are too
// many of them for that, from a list. A rating is a number, and null is none.

import { h, newId, s } from "./elements.js";
import { valueOf } from "./keys.js";

const STAR = "M12 2.6l2.9 6 6.5.9-4.7 4.6 1.1 6.5L12 17.5l-5.8 3.1 1.1-6.5L2.6 9.5l6.5-.9z";

/** A control for one film: its `node`, `set` for the rating that it shows, and what a `digit` gives. */
export function ratingControl(app, film, choose) {
  const parts = { stars: starParts, row: rowParts, list: listParts }[app.study.scale.kind];
  const { set, nodes } = parts(app, film, (rating) => choose(film, rating));
  const digit = (pressed) => {
    const rating = valueOf(pressed, app.study.scale.values);
    if (rating === undefined) return false;
    choose(film, rating);
    node.querySelector(":checked")?.focus(); // there the next Tab begins
    return true;
  };
  const legend = h("legend", { class: "x-hidden" }, app.t("stars_legend", { film: film.name }));
  set(null);
  const node = h("fieldset", { class: `x-choose x-choose-${app.study.scale.kind}` }, legend, nodes);
  return { set, digit, node };
}

/** A rating that is only looked at: stars, or nothing, for its words stand beside it. */
export function ratingDrawn(app, rating) {
  if (app.study.scale.kind !== "stars") return null;
  const full = fiveStars("x-full");
  full.style.clipPath = `inset(0 ${100 - 20 * rating}% 0 0)`;
  return h("span", { class: "x-stars x-small", "aria-hidden": "true" }, fiveStars("x-empty"), full);
}

function fiveStars(className) {
  const stars = [0, 1, 2, 3, 4].map((k) => s("path", { d: STAR, transform: `translate(${24 * k} 0)` }));
  return s("svg", { class: className, viewBox: "0 0 120 24", "aria-hidden": "true" }, stars);
}

/** A native radio input for each number of the scale. */
function radios(app, choose, attributes = () => ({})) {
  const name = newId("rating");
  return app.study.scale.values.map((rating) => h("input", {
    type: "radio", name, value: rating, "aria-label": app.stars(rating), onchange: () => choose(rating),
    ...attributes(rating),
  }));
}

const check = (inputs, rating) =>
  inputs.forEach((input) => (input.checked = rating !== null && Number(input.value) === rating));

/** Inputs that are not seen above five stars, each as wide as what it adds to the one before. */
function starParts(app, film, choose) {
  const full = fiveStars("x-full");
  const said = h("span", { class: "x-said" });
  let given = null;
  const draw = (shown) => (full.style.clipPath = `inset(0 ${100 - 20 * shown}% 0 0)`);
  const inputs = radios(app, choose, (rating) => ({ onmouseenter: () => draw(rating) }));
  inputs.forEach((input, k) => (input.style.flexGrow = 2 * (input.value - (inputs[k - 1]?.value ?? 0))));
  const set = (rating) => {
    given = rating;
    check(inputs, rating);
    said.textContent = rating === null ? "" : app.stars(rating);
    draw(rating);
  };
  const box = h("div", { class: "x-stars", onmouseleave: () => draw(given) },
    fiveStars("x-empty"), full, h("div", { class: "x-halves" }, inputs));
  return { set, nodes: [box, said] };
}

/** The numbers beside each other, as the answers to a question. */
function rowParts(app, film, choose) {
  const inputs = radios(app, choose);
  const labels = inputs.map((input) =>
    h("label", {}, input, h("span", { "aria-hidden": "true" }, app.number(Number(input.value)))));
  const said = h("span", { class: "x-said" });
  const set = (rating) => {
    check(inputs, rating);
    said.textContent = rating === null ? "" : app.stars(rating);
  };
  return { set, nodes: [h("div", { class: "x-points x-many" }, labels), said] };
}

/** The numbers in a list, the best first; its first entry takes the rating back. */
function listParts(app, film, choose) {
  const { values } = app.study.scale;
  const none = h("option", { value: "" }, app.t("not_rated"));
  const options = [...values].reverse().map((rating) => h("option", { value: rating }, app.stars(rating)));
  const list = h("select", {
    class: "x-input", "aria-label": app.t("stars_legend", { film: film.name }),
    onchange: () => choose(list.value === "" ? null : Number(list.value)),
  }, none, options);
  return { set: (rating) => (list.value = rating ?? ""), nodes: [list] };
}
