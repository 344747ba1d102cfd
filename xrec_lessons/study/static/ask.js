// A questionnaire: one screen, in which a question comes and goes with the answers before it.

import { arrange, button, h, savedSign } from "./elements.js";
import { fieldOf } from "./field.js";

export function ask(app, screen) {
  const t = app.t.bind(app);
  const { place } = screen;
  const heading = h("h1", {}, screen.heading);
  const pending = new Map(); // name → id of the message that has no reply yet
  const fields = new Map(); // name of a question → its field, also while it is not asked
  const list = h("div", { class: "x-fields" });
  let shown = [];
  let any = false;

  const send = (question, value) => {
    any = true;
    pending.set(question, app.send({ do: "reply", question, value }));
    settle();
  };
  const kept = (question) => {
    if (!fields.has(question.name)) fields.set(question.name, fieldOf(app, question, send));
    return fields.get(question.name);
  };
  const put = (questions) => {
    shown = questions.map(kept);
    questions.forEach((question, k) => {
      const names = shown[k].names ?? [question.name];
      if (!names.some((name) => pending.has(name))) shown[k].set(question.value, question);
    });
    arrange(list, shown.map(({ node }) => node));
    settle();
  };
  const move = (step) => {
    for (const one of shown) one.flush?.();
    if (step === "next" && shown.some((one) => one.wrong?.())) mark();
    else app.move({ do: step, place });
  };
  const mark = () => {
    const missing = shown.filter((one) => one.open());
    for (const one of missing) one.missing(true);
    missing[0]?.focus();
  };

  const saved = savedSign(app);
  const go = button(t(screen.last ? "finish" : "go_on"), () => move("next"), { class: "x-button x-next" });
  const back = screen.can_go_back && (() => move("back"));
  const settle = () => {
    saved.set(pending.size > 0, any);
    go.classList.toggle("x-primary", !shown.some((one) => one.open()));
  };
  const rows = () => shown.flatMap((one) => one.rows ?? []);
  const node = h("div", { class: "x-questionnaire" }, heading,
    screen.introduction && h("p", { class: "x-lead" }, screen.introduction), list);
  put(screen.questions);
  return {
    node, heading, settle,
    dock: h("div", { class: "x-answer" },
      h("div", { class: "x-to-back" }, back && button(t("back"), back)),
      h("div", { class: "x-to-next" }, go, saved.node)),
    back: back || undefined,
    enter: () => go.focus(),
    digit(digit, target) {
      const own = rows().find((row) => row.node.contains(target));
      if (!own?.digit(digit)) return false;
      (rows().find((row) => row.open()) ?? go).focus();
      return true;
    },
    update: (next) => put(next.questions),
    flush: () => shown.forEach((one) => one.flush?.()),
    replied(message, reply) {
      if (pending.get(message.question) === message.id && !reply.failed) pending.delete(message.question);
    },
    refused: ({ do: step }) => step === "next" && mark(),
  };
}
