// The last screens: what the study was about, one's own answers, and withdrawing.

import { button, h, newId } from "./elements.js";

export function codeOf(code) {
  return h("code", { class: "x-code", dir: "ltr" }, code ?? "");
}

/** The step that is left where a platform counts who has taken part. */
function wayOn(app, { way_on: link, completion_code: code }) {
  if (!link && !code) return null;
  const t = app.t.bind(app);
  return h("section", { class: "x-card x-way-on" }, h("p", { class: "x-lead" }, t("way_on_help")),
    code && h("p", {}, t("completion_code"), " ", h("code", { class: "x-code" }, code)),
    link && h("p", {}, h("a", { class: "x-button x-primary", href: link, rel: "noreferrer" },
      t("way_on", { host: new URL(link).host }))));
}

export function debrief(app, screen) {
  const t = app.t.bind(app);
  const early = { "too few": "too_few", "screened out": "screened_out" }[screen.name];
  const headings = { too_few: "too_few_heading", screened_out: "screened_out_heading" };
  const heading = h("h1", {}, t(headings[early] ?? "debrief_heading"));
  // What was never shown by itself is no way that is compared, but cards and answers name it.
  const { explanations, together } = app.study;
  const kinds = (names) => h("ul", { class: "x-kinds" }, names.map((name) =>
    h("li", {}, t(`debrief_${name}`), name === "several" && together.length > 0 && kinds(together))));
  const given = screen.answers?.length > 0 && h("section", { class: "x-card" },
    h("h2", {}, t("answers_heading")), answersTable(app, screen.answers));
  const label = t(app.study.hand_in ? "download_hand_in" : "download");
  const save = button(label, () => app.send({ do: "download" }), { class: "x-button x-primary" });
  const debriefed = h("section", { class: "x-card" }, h("p", { class: "x-lead" }, t(early ?? "debrief")),
    !early && kinds(explanations));
  // Whoever still has to go back to a platform, to be paid, is not shown the way out before.
  const owed = Boolean(screen.way_on || screen.completion_code);
  const first = [wayOn(app, screen), debriefed];
  const node = h("div", { class: "x-debrief" }, heading, ...(early ? first.reverse() : first),
    h("section", { class: "x-card x-keep" }, h("div", { class: "x-nav" }, save, app.visit && !owed && clearing(app)),
      h("p", {}, t("code_label")), codeOf(screen.code), withdrawal(app)),
    given);
  return { node, heading, finished: true, owed };
}

/** For a computer that others use after this person. */
function clearing(app) {
  return button(app.t("clear"), () => app.show({ name: "cleared", step: "cleared" }));
}

function answersTable(app, answers) {
  const questions = [...new Set(answers.flatMap((row) => row.answers.map((a) => a.question)))];
  const heads = [app.t("film_column"), app.t("kind_column"), ...questions];
  const said = (value) => (value == null ? "–" : app.number(value));
  const cell = (k, text) => h("td", { role: "cell", "data-label": heads[k] }, h("span", {}, text));
  const body = answers.map(({ film, kind, answers: own }) => {
    const values = new Map(own.map((a) => [a.question, a.value]));
    return h("tr", { role: "row" }, h("th", { role: "rowheader", scope: "row" }, h("bdi", {}, film)),
      cell(1, kind),
      questions.map((question, k) => cell(k + 2, said(values.get(question)))));
  });
  return h("table", { role: "table", class: "x-answers" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      heads.map((head) => h("th", { role: "columnheader", scope: "col" }, head)))),
    h("tbody", { role: "rowgroup" }, body));
}

export function withdrawal(app) {
  const t = app.t.bind(app);
  const box = h("div", { class: "x-withdraw" });
  const confirm = () => {
    const question = h("p", { tabindex: -1, id: newId("sure") }, t("withdraw_confirm"));
    const yes = button(t("withdraw_yes"), () => app.move({ do: "withdraw" }), { class: "x-button x-danger" });
    const no = button(t("withdraw_no"), offer);
    box.replaceChildren(h("div", { role: "group", "aria-labelledby": question.id }, question,
      h("div", { class: "x-nav" }, no, yes)));
    question.focus();
  };
  const first = button(t("withdraw"), confirm, { class: "x-link" });
  const offer = () => [box.replaceChildren(first), first.focus()];
  box.append(first);
  return box;
}

export function withdrawn(app, screen) {
  return last(app, "withdrawn", wayOn(app, screen));
}

export function cleared(app) {
  return last(app, "cleared");
}

/** A screen on which nothing is left of anybody. */
function last(app, name, more = null) {
  app.ticket = null;
  const heading = h("h1", {}, app.t(`${name}_heading`));
  const anew = app.visit && !more && button(app.t("anew"), () => location.reload());
  const node = h("div", { class: "x-last" }, heading,
    h("section", { class: "x-card" }, h("p", { class: "x-lead" }, app.t(name)), anew), more);
  return { node, heading };
}
