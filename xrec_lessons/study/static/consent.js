// The first screen: what the study is about, consent, and coming back with a code.

import { h, newId } from "./elements.js";
import { languageChooser } from "./languages.js";

const randomLetters = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(20)), (b) => b.toString(16).padStart(2, "0")).join("");

export function consent(app) {
  const { study, t } = { study: app.study, t: app.t.bind(app) };
  const heading = h("h1", {}, study.title);
  const names = study.kept_of_address;
  const agreed = h("input", { type: "checkbox", id: newId("agree") });
  const age = study.consent.minimum_age;
  const agree = h("label", { class: "x-agree", for: agreed.id }, agreed,
    h("span", {}, t(age ? "agree" : "agree_no_age", { age })));
  const start = h("form", { class: "x-start", onsubmit: (event) => {
    event.preventDefault();
    app.ticket ??= randomLetters(); // asked twice, it is still one participant
    app.move({ do: "begin", agreed: agreed.checked, ticket: app.ticket, window: windowNow(), languages: [study.language] });
  } }, agree, h("button", { class: "x-button x-primary" }, t("start")));
  const chooser = languageChooser(app);
  const node = h("div", { class: "x-consent" },
    h("div", { class: "x-about-study" }, heading, h("section", {}, h("h2", {}, t("begin_heading")),
      h("p", { class: "x-lead" }, t("begin", study)),
      study.asks && h("p", {}, t("begin_asked"), study.may_end && ` ${t("begin_ends")}`),
      study.consent.minutes > 0 && h("p", {}, t("begin_takes", study.consent)))),
    h("section", { class: "x-card" }, h("h2", {}, t("consent_heading")),
      facts(app), h("p", {}, t("anonymous")),
      names.length > 0 && h("p", {}, t("address_kept", { names: names.join(", ") })), start),
    resume(app));
  const refused = ({ do: step }) => step === "begin" && agreed.focus();
  return { node, heading, refused, head: chooser && [chooser] };
}

/** The size of the window, and by the screen's shorter side and a finger or a mouse what it is on. */
function windowNow() {
  const { innerWidth: width, innerHeight: height, screen } = window;
  const finger = matchMedia("(pointer: coarse)").matches;
  const phone = finger && Math.min(screen.width, screen.height) < 600;
  return { width, height, device: phone ? "phone" : finger ? "tablet" : "computer" };
}

function facts(app) {
  const { consent: given } = app.study;
  const rows = {
    who_label: given.who,
    contact_label: given.contact,
    kept_label: given.kept,
    age_label: given.minimum_age && app.t("age", { age: given.minimum_age }),
    withdraw_label: given.withdraw_until && app.t("withdraw_text", { until: day(app, given.withdraw_until) }),
  };
  const filled = Object.entries(rows).filter(([, text]) => text);
  if (!filled.length) return null;
  return h("dl", { class: "x-facts" }, filled.map(([label, text]) =>
    h("div", {}, h("dt", {}, app.t(label)), h("dd", {}, h("bdi", {}, text)))));
}

/** A day such as 2027-06-30 as the language writes it; what is said in words stays. */
function day(app, text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return text;
  try {
    return new Date(text).toLocaleDateString(app.study.language, { dateStyle: "long", timeZone: "UTC" });
  } catch {
    return text; // there is no such day, or no such language
  }
}

/** A way back in, for whoever has a code. */
export function resume(app) {
  const code = h("input", {
    type: "text", id: newId("code"), class: "x-input", maxlength: 100, autocomplete: "off",
    autocapitalize: "none", spellcheck: "false",
  });
  return h("section", { class: "x-card x-quiet" }, h("h2", {}, app.t("resume_heading")),
    h("p", {}, app.t("resume")),
    h("form", { class: "x-resume", onsubmit: (event) => {
      event.preventDefault();
      if (code.value.trim()) app.move({ do: "resume", code: code.value.trim() });
      else code.focus();
    } }, h("label", { for: code.id }, app.t("resume_label")), code,
    h("button", { class: "x-button" }, app.t("resume_button"))));
}
