// What a participant may want at any time: their code, withdrawing, digit keys on or off.

import { h, newId } from "./elements.js";
import { codeOf, withdrawal } from "./end.js";

export function codePanel(app) {
  const t = app.t.bind(app);
  const digits = h("input", {
    type: "checkbox", id: newId("digits"), checked: app.keys.on,
    onchange: () => [app.keys.set(digits.checked), app.current?.settle?.()],
  });
  const summary = h("summary", {}, t("resume_label"));
  const panel = h("details", { class: "x-panel" }, summary, h("div", { class: "x-card" },
    h("p", {}, t("code_label")), codeOf(app.code),
    h("label", { class: "x-switch", for: digits.id }, digits, h("span", {}, t("digit_keys"))),
    withdrawal(app), app.study.posters && h("p", { class: "x-about" }, t("posters"))));
  const close = () => (panel.open = false);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.open) [close(), summary.focus()];
  });
  panel.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !panel.contains(relatedTarget)) close(); // it must not cover what has the focus
  });
  return panel;
}
