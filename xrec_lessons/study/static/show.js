// One recommendation with its explanation and its questions: the film and the card above, what is
// answered below. Nothing moves from film to film: see film.css.

import { explanationDrawn } from "./cards.js";
import { button, h, savedSign } from "./elements.js";
import { about, poster } from "./film.js";
import { inWords } from "./field.js";
import { likert } from "./likert.js";

const LATE = 2000; // ms after which a poster that was still under way is asked for again

export function show(app, screen, before) {
  const t = app.t.bind(app);
  const { place, film, n, revealed } = screen;
  const heading = h("h1", {}, t("item_heading", { place, n }));
  const pending = new Map(); // question → id of the message that has no reply yet
  const send = (step) => (question, value) => {
    if (app.leaving()) return; // a key too early, meant for the next film
    pending.set(question, app.send({ do: step, place, question, value }));
    settle();
  };
  const questions = screen.questions.map((question) => question.type === "scale"
    ? likert(app, question, (value) => send("answer")(question.name, value))
    : inWords(app, question, send("reply")));
  const asked = h("div", { class: "x-asked" },
    h("h2", { class: "x-hidden" }, t("questions_heading")), questions.map((question) => question.node));
  const scales = screen.questions.filter(({ type }) => type === "scale");
  const points = Math.max(...scales.map((question) => question.points), 5);
  asked.dataset.points = points > 7 ? "many" : points > 5 ? "seven" : "five";

  const saved = savedSign(app);
  const step = screen.can_plot ? "plot" : revealed ? "next" : "reveal";
  const label = { plot: t("plot_reveal"), next: t(screen.last ? "finish" : "next"), reveal: t(screen.explains ? "reveal" : "continue") }[step];
  const flush = () => questions.forEach((question) => question.flush?.());
  const go = button(label, () => [flush(), app.move({ do: step, place })], { class: "x-button x-next" });
  const goBack = screen.can_go_back && (() => [flush(), app.move({ do: "back", place })]);
  const hint = h("p", { class: "x-hint" });
  const dock = h("div", { class: "x-answer" },
    h("div", { class: "x-to-back" }, goBack && button(t("back"), goBack), hint),
    asked, h("div", { class: "x-to-next" }, go, saved.node));
  const settle = () => {
    saved.set(pending.size > 0, questions.some((question) => question.value()));
    const open = questions.filter((question) => question.open());
    go.classList.toggle("x-primary", open.length === 0);
    for (const question of questions) question.node.classList.toggle("x-current", question === open[0]);
    hint.textContent = app.keys.on && scales.length ? t("digit_hint", { n: Math.min(points, 9) }) : "";
  };

  const why = screen.plot ? plotDrawn(app, screen) : revealed && explanationDrawn(app, screen);
  const facts = h("p", { class: "x-about" }, about(app, film));
  let picture = poster(film);
  const node = h("div", { class: "x-show" },
    h("section", { class: "x-feature" }, picture, h("div", {}, h("h2", { title: film.title }, h("bdi", {}, film.title)), facts)),
    // As large, so that nothing moves; not seen where nothing is explained.
    why ? why.node : h("div", { class: screen.explains ? "x-card x-why" : "x-card x-why x-nothing" }));
  const askAgain = () => node.isConnected && app.send({ do: "film", movie: film.movie });
  if (app.study.posters && !film.poster) setTimeout(askAgain, LATE);
  const revealedNow = why && before?.place === place && before.step !== screen.step;
  return {
    node, dock, settle, flush,
    head: [heading, steps(place, n)],
    heading: revealedNow ? why.heading : heading,
    back: goBack || undefined,
    enter: () => go.focus(),
    digit(digit, target) {
      if (app.leaving()) return true;
      const own = questions.find((question) => question.node.contains(target)) ??
        questions.find((question) => question.open());
      if (!own?.digit(digit)) return false;
      (questions.find((question) => question.open()) ?? go).focus();
      return true;
    },
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
      if (!["next", "reveal", "plot"].includes(step)) return;
      const missing = questions.filter((question) => question.open());
      for (const question of missing) question.missing(true);
      missing[0]?.focus();
    },
  };
}

/** What the film is about, where the explanation was: it is to be judged without it. */
function plotDrawn(app, { plot }) {
  const heading = h("h2", {}, app.t("plot_heading"));
  const text = h("p", { class: "x-plot", tabindex: 0 }, plot);
  return { heading, node: h("section", { class: "x-card x-why" }, heading, text) };
}

/** How far somebody is, beside the words that say it. */
function steps(place, n) {
  const done = (k) => (k < place ? "x-past" : k === place ? "x-here" : "");
  return h("p", { class: "x-steps", "aria-hidden": "true" },
    Array.from({ length: n }, (_, k) => h("span", { class: done(k + 1) })));
}
