// One recommendation with its explanation and its questions.

import { explanationDrawn } from "./cards.js";
import { button, h, newId, savedSign } from "./elements.js";
import { about, poster } from "./film.js";

const LATE = 2000; // ms after which a poster that was still under way is asked for again

export function show(app, screen, before) {
  const t = app.t.bind(app);
  const { place, film } = screen;
  const heading = h("h1", {}, t("item_heading", { place, n: screen.n }));
  const saved = savedSign(app);
  const pending = new Map(); // question → id of the message that has no reply yet
  const questions = screen.questions.map((question) =>
    likert(app, question, (value) => {
      pending.set(question.name, app.send({ do: "answer", place, question: question.name, value }));
      settle();
    }),
  );
  const settle = () => saved.set(pending.size > 0, questions.some((question) => question.value()));
  const why = screen.revealed && explanationDrawn(app, screen);
  const go = screen.revealed
    ? button(t(screen.last ? "finish" : "next"), () => app.move({ do: "next", place }), { class: "x-button x-primary" })
    : button(t(screen.explains ? "reveal" : "continue"), () => app.move({ do: "reveal", place }), { class: "x-button x-primary" });
  const back = screen.can_go_back && button(t("back"), () => app.move({ do: "back", place }));
  const facts = h("p", { class: "x-about" }, about(app, film));
  let picture = poster(film);
  const node = h("div", { class: "x-show" }, h("div", { class: "x-head" }, heading,
    h("progress", { max: screen.n, value: place, "aria-hidden": "true" })),
  h("section", { class: "x-card x-feature" }, picture, h("div", {}, h("h2", {}, film.title), facts)),
  why && why.node,
  questions.length > 0 && h("section", { class: "x-card x-questions" },
    h("h2", {}, t("questions_heading")), questions.map((question) => question.node)),
  h("div", { class: "x-nav" }, go, saved.node, back));
  const askAgain = () => node.isConnected && app.send({ do: "film", movie: film.movie });
  if (app.study.posters && !film.poster) setTimeout(askAgain, LATE);
  const revealedNow = why && before?.place === place && before.revealed === false;
  return {
    node, settle,
    heading: revealedNow ? why.heading : heading,
    update: (next) => next.questions.forEach(({ name, value }, k) => {
      if (!pending.has(name)) questions[k].set(value);
    }),
    replied(message, reply) {
      if (reply.film?.movie === film.movie) {
        const found = poster(reply.film);
        picture.replaceWith(found);
        picture = found;
        facts.textContent = about(app, reply.film);
      }
      if (pending.get(message.question) === message.id && !reply.failed) pending.delete(message.question);
    },
    refused({ do: step }) {
      if (!["next", "reveal"].includes(step)) return;
      const missing = questions.filter((question) => !question.value() && !question.locked);
      for (const question of missing) question.missing(true);
      missing[0]?.focus();
    },
  };
}

function likert(app, question, choose) {
  const name = newId("scale");
  const { points, low, high } = question;
  const said = (k) => [String(k), k === 1 && low, k === points && high].filter(Boolean).join(", ");
  const inputs = Array.from({ length: points }, (_, k) => k + 1).map((k) =>
    h("input", {
      type: "radio", name, value: k, "aria-label": said(k), disabled: question.locked,
      onchange: () => [missing(false), choose(k)],
    }),
  );
  const value = () => inputs.findIndex((input) => input.checked) + 1;
  const set = (given) => inputs.forEach((input, k) => (input.checked = k + 1 === given));
  set(question.value);
  const options = inputs.map((input, k) => h("label", {}, input, h("span", { "aria-hidden": "true" }, String(k + 1))));
  const missing = (is) => [node.classList.toggle("x-missing", is), node.setAttribute("aria-invalid", is)];
  const node = h("fieldset", { class: "x-likert", role: "radiogroup", "aria-required": "true" },
    h("legend", {}, question.text),
    h("div", { class: "x-scale" },
      h("span", { class: "x-low", "aria-hidden": "true" }, low),
      h("div", { class: points > 7 ? "x-points x-many" : "x-points" }, options),
      h("span", { class: "x-high", "aria-hidden": "true" }, high)));
  return { node, value, set, missing, locked: question.locked, focus: () => inputs[0].focus() };
}
