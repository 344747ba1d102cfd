// Somebody cannot begin: why, whom to ask, and a way back in for whoever has begun before.

import { resume } from "./consent.js";
import { h } from "./elements.js";
import { languageChooser } from "./languages.js";

export function closed(app, screen) {
  const { contact } = app.study.consent;
  const heading = h("h1", {}, app.t("closed_heading"));
  const node = h("div", { class: "x-last" }, heading,
    h("section", { class: "x-card" }, h("p", { class: "x-lead" }, app.t(screen.why)),
      contact && h("p", {}, app.t("ask", { contact }))),
    resume(app));
  const chooser = languageChooser(app);
  return { node, heading, head: chooser && [chooser] };
}
