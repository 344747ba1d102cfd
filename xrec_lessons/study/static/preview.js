// The researcher's bar above a preview: it jumps to any screen, and shows the page dark, from right to
// left, or as wide as a phone. It is no part of the page that participants get.

import { button, h } from "./elements.js";
import { channel } from "./page.js";

const main = document.getElementById("study");
const root = main.querySelector(".xrec-study");
const stops = h("select", { "aria-label": "Screen", onchange: () => jump(stops.value) });

const spoken = h("select", { "aria-label": "Language", hidden: true, onchange: () => jump(stops.value) });

function jump(stop) {
  stops.value = stop;
  channel.send({ do: "preview", stop, language: spoken.value });
}

function fill(list, values) {
  const { value } = list;
  list.replaceChildren(...values.map((one) => h("option", { value: one }, one)));
  list.value = values.includes(value) ? value : values[0];
}

/** A button that is pressed in or not, and what that does. */
function toggle(label, press) {
  const node = button(label, () => {
    const on = node.getAttribute("aria-pressed") !== "true";
    node.setAttribute("aria-pressed", on);
    press(on);
  }, { class: "", "aria-pressed": false });
  return node;
}

const step = (by) => {
  const next = stops.options[stops.selectedIndex + by];
  if (next) jump(next.value);
};

document.body.prepend(h("nav", { class: "xrec-preview", "aria-label": "Preview" },
  h("strong", {}, "Preview: nothing is stored"),
  button("‹", () => step(-1), { class: "", "aria-label": "Screen before" }), stops,
  button("›", () => step(1), { class: "", "aria-label": "Next screen" }), spoken,
  toggle("Dark", (on) => (root.dataset.theme = on ? "dark" : "light")),
  toggle("Right to left", (on) => (root.dir = on ? "rtl" : "ltr")),
  toggle("Phone", (on) => (main.style.cssText = on ? "width: 390px; margin: 0 auto" : ""))));

channel.on("msg:custom", ({ study }) => {
  if (!study?.stops) return;
  fill(stops, study.stops);
  fill(spoken, study.spoken);
  spoken.value = study.language;
  spoken.hidden = study.spoken.length < 2;
});
