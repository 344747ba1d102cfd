// What questions are answered with: options, numbers, words, and statements with a row of numbers.
// A field has a `node`; it is `open()` while an answer is missing, `set` to what is stored, marked as
// `missing` in words, and what is typed is sent after a pause, or at once by `flush`.

import { button, h, newId } from "./elements.js";
import { likert } from "./likert.js";

const PAUSE = 700; // ms without a key, then what was typed is sent
const CLICK = 300; // ms: nothing moves under the click that left the field
const MANY = 9; // options beyond which one chooses from a list

/** Sent is by name and value; `send` says so to the server. */
export function fieldOf(app, question, send) {
  if (question.type === "likert") return block(app, question, send);
  if (question.type === "choices") return choices(app, question, send);
  if (question.type !== "choice") return inWords(app, question, send);
  return question.options.length > MANY ? list(app, question, send) : choice(app, question, send);
}

/** What every field says of its question: whether it has to be answered, and that it was not. */
function surroundings(app, question, hint = "") {
  const { text, help, required } = question;
  const title = h("span", { class: "x-asks" }, text);
  const must = h("span", { class: "x-must" }, app.t(required ? "required" : "optional"));
  const more = [help, hint].filter(Boolean).join(" ");
  const below = h("p", { class: "x-help", id: newId("help"), hidden: !more }, more);
  const why = h("p", { class: "x-why-missing", id: newId("missing"), hidden: true });
  return { title, must, below, why, described: `${below.id} ${why.id}` };
}

function marking(app, node, why, inputs) {
  return (is, sentence = app.t("missing")) => {
    node.classList.toggle("x-missing", is);
    why.hidden = !is;
    why.textContent = is ? sentence : "";
    for (const input of inputs) input.setAttribute("aria-invalid", is);
  };
}

function choice(app, question, send) {
  const { title, must, below, why, described } = surroundings(app, question);
  const name = newId("choice");
  const inputs = question.options.map(({ value }) =>
    h("input", { type: "radio", name, value, onchange: () => [missing(false), settle(), send(question.name, value)] }));
  const none = () => [set(""), inputs[0].focus(), send(question.name, "")];
  const takeBack = button(app.t("take_back"), none, { class: "x-link x-take-back" });
  const node = h("fieldset", {
    class: "x-field", role: "radiogroup", "aria-required": question.required, "aria-describedby": described,
  }, h("legend", {}, title, " ", must), below, options(inputs, question), takeBack, why);
  const value = () => inputs.find((input) => input.checked)?.value ?? "";
  const settle = () => (takeBack.hidden = question.required || !value());
  const set = (given) => [inputs.forEach((input) => (input.checked = input.value === given)), settle()];
  const missing = marking(app, node, why, [node]);
  set(question.value);
  return { node, set, missing, open: () => question.required && !value(), focus: () => inputs[0].focus() };
}

function choices(app, question, send) {
  const { title, must, below, why, described } = surroundings(app, question, app.t("choose_several"));
  const inputs = question.options.map(({ value }) =>
    h("input", { type: "checkbox", value, onchange: () => [missing(false), send(question.name, chosen())] }));
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  const node = h("fieldset", { class: "x-field", "aria-describedby": described },
    h("legend", {}, title, " ", must), below, options(inputs, question), why);
  const set = (given) => inputs.forEach((input) => (input.checked = given.includes(input.value)));
  const missing = marking(app, node, why, []);
  set(question.value);
  return { node, set, missing, open: () => question.required && !chosen().length, focus: () => inputs[0].focus() };
}

function options(inputs, question) {
  return h("div", { class: "x-options" }, inputs.map((input, k) =>
    h("label", { class: "x-option" }, input, h("span", {}, question.options[k].text))));
}

function list(app, question, send) {
  const { title, must, below, why, described } = surroundings(app, question);
  const select = h("select", {
    class: "x-input", id: newId("list"), "aria-describedby": described, "aria-required": question.required,
    onchange: () => [missing(false), send(question.name, select.value)],
  }, h("option", { value: "" }, app.t("choose_one")),
  question.options.map(({ value, text }) => h("option", { value }, text)));
  const node = h("div", { class: "x-field" }, h("label", { for: select.id }, title, " ", must), below, select, why);
  const set = (given) => (select.value = given);
  const missing = marking(app, node, why, [select]);
  set(question.value);
  return { node, set, missing, open: () => question.required && !select.value, focus: () => select.focus() };
}

/** A number, a line or several lines, sent when somebody pauses or leaves the field. */
export function inWords(app, question, send) {
  const { title, must, below, why, described } = surroundings(app, question);
  const long = question.type === "long text";
  const isNumber = question.type === "number";
  let timer = null;
  let sent = question.value ?? "";
  const flush = () => {
    clearTimeout(timer);
    timer = null;
    if (input.value === sent || wrong()) return;
    sent = input.value;
    send(question.name, sent);
  };
  const typed = () => {
    missing(false);
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSE);
  };
  const complain = () => document.activeElement !== input && wrong() && missing(true, wrong());
  const left = () => [flush(), setTimeout(complain, CLICK)];
  const input = h(long ? "textarea" : "input", {
    class: "x-input", id: newId("words"), type: long ? null : "text", rows: long ? 3 : null,
    inputmode: isNumber ? (question.whole ? "numeric" : "decimal") : null, maxlength: question.most ?? 40,
    autocomplete: "off", disabled: Boolean(question.locked), "aria-required": question.required,
    "aria-describedby": described, oninput: typed, onblur: left,
  });
  const unit = question.unit && h("span", { class: "x-unit" }, question.unit);
  const node = h("div", { class: `x-field x-in-${isNumber ? "number" : "words"}` },
    h("label", { for: input.id }, title, " ", must), below, h("div", { class: "x-typed" }, input, unit), why);
  const missing = marking(app, node, why, [input]);
  /** Why this is no such number; the server has the last word. */
  const wrong = () => {
    const text = input.value.trim();
    if (!isNumber || !text) return "";
    const { minimum, maximum, whole } = question;
    const number = Number(text.replace(",", "."));
    const fits = number >= minimum && number <= maximum && (!whole || Number.isInteger(number));
    return fits ? "" : app.t(whole ? "whole_number_wanted" : "number_wanted", { low: minimum, high: maximum });
  };
  const set = (given) => {
    if (document.activeElement === input || timer) return; // somebody is at it
    if (!wrong()) input.value = sent = given ?? "";
  };
  input.value = sent;
  return {
    node, set, flush, wrong, locked: question.locked, digit: () => false,
    missing: (is) => missing(is, wrong() || undefined),
    value: () => input.value.trim(),
    open: () => !question.locked && (Boolean(wrong()) || (question.required && !input.value.trim())),
    focus: () => input.focus(),
  };
}

/** Statements, each with a row of numbers: one below the other, or a table where there is room. */
function block(app, question, send) {
  const { title, must, below } = surroundings(app, question);
  const rows = new Map(question.statements.map((statement) => {
    const asked = { ...question, ...statement };
    return [statement.name, likert(app, asked, (value) => send(statement.name, value))];
  }));
  if (!question.required) for (const { node } of rows.values()) node.removeAttribute("aria-required");
  const all = [...rows.values()];
  title.id = newId("block");
  const ends = h("div", { class: "x-block-ends", "aria-hidden": "true" },
    h("p", {}, h("span", {}, question.low), h("span", {}, question.high)));
  const node = h("div", { class: "x-field x-block", role: "group", "aria-labelledby": title.id },
    h("p", {}, title, " ", must), below, ends, h("div", { class: "x-rows" }, all.map((row) => row.node)));
  node.style.setProperty("--x-n", question.points);
  const open = () => question.required && all.some((row) => !row.value());
  return {
    node, rows: all, open, names: [...rows.keys()],
    set: (_, { statements }) => statements.forEach(({ name, value }) => rows.get(name).set(value)),
    missing: (is) => all.forEach((row) => row.missing(is && !row.value())),
    focus: () => (all.find((row) => !row.value()) ?? all[0]).focus(),
  };
}
