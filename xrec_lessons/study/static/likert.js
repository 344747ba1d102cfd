// One question with a row of numbers.

import { h, newId } from "./elements.js";
import { valueOf } from "./keys.js";

export function likert(app, question, choose) {
  const name = newId("scale");
  const { points, low, high } = question;
  const numbers = Array.from({ length: points }, (_, k) => k + 1);
  const said = (k) => [app.number(k), k === 1 && low, k === points && high].filter(Boolean).join(", ");
  const given = (k) => [missing(false), choose(k)];
  const inputs = numbers.map((k) =>
    h("input", {
      type: "radio", name, value: k, "aria-label": said(k), disabled: question.locked, onchange: () => given(k),
    }));
  const value = () => inputs.findIndex((input) => input.checked) + 1;
  const set = (own) => inputs.forEach((input, k) => (input.checked = k + 1 === own));
  const options = inputs.map((input, k) =>
    h("label", {}, input, h("span", { "aria-hidden": "true" }, app.number(k + 1))));
  const text = h("p", { class: "x-asks", id: newId("question") }, question.text);
  const why = h("p", { class: "x-why-missing", id: newId("missing"), hidden: true }, app.t("missing"));
  const ends = h("p", { class: "x-ends", "aria-hidden": "true" }, h("span", {}, low), h("span", {}, high));
  const node = h("div", {
    class: "x-likert", role: "radiogroup", "aria-required": "true", "aria-labelledby": text.id,
    "aria-describedby": why.id,
  }, text, h("div", { class: points > 7 ? "x-points x-many" : "x-points" }, options),
  h("div", { class: "x-below" }, ends, why));
  const missing = (is) => {
    node.classList.toggle("x-missing", is);
    node.setAttribute("aria-invalid", is);
    why.hidden = !is;
  };
  set(question.value);
  return {
    node, value, set, missing, locked: question.locked,
    open: () => !question.locked && !value(),
    focus: () => inputs[Math.max(value() - 1, 0)].focus(),
    /** Answer with a digit; whether there is such an answer. */
    digit(digit) {
      const chosen = question.locked ? undefined : valueOf(digit, numbers);
      if (chosen === undefined) return false;
      set(chosen);
      given(chosen);
      return true;
    },
  };
}
