// The screen on which films are searched for and rated.

import { arrange, button, h, newId, savedSign } from "./elements.js";
import { about, poster } from "./film.js";
import { ratingControl, ratingDrawn } from "./rating.js";

const TYPING = 200;
const CHOOSING = 350;

export function rate(app, screen) {
  const n = app.study.n_ratings;
  const t = app.t.bind(app);
  const wanted = new Map(); // movie → what was chosen (null: nothing) and is not known to be stored
  const controls = new Set(); // those on the screen: a film may be in the shelf and among the found
  const [low, high] = [app.study.scale.low, app.study.scale.high].map((end) => app.number(end));
  const ends = { low, high };
  let stored = screen.ratings;

  const ratings = () => {
    const all = new Map(stored.map((film) => [film.movie, film]));
    for (const [movie, { film, stars }] of wanted) {
      all.delete(movie);
      if (stars !== null) all.set(movie, { ...film, stars });
    }
    return [...all.values()].reverse();
  };
  const transmit = (movie) => {
    const wish = wanted.get(movie);
    clearTimeout(wish.timer);
    wish.timer = null;
    wish.id = app.send(wish.stars === null ? { do: "unrate", movie } : { do: "rate", movie, stars: wish.stars });
  };
  const choose = (film, stars) => {
    clearTimeout(wanted.get(film.movie)?.timer);
    wanted.delete(film.movie); // to the end: the newest
    wanted.set(film.movie, { film, stars });
    wanted.get(film.movie).timer = setTimeout(() => transmit(film.movie), stars === null ? 0 : CHOOSING);
    render();
  };
  const flush = () => {
    for (const [movie, { timer }] of wanted) if (timer) transmit(movie);
  };
  const card = (film) => {
    const control = ratingControl(app, film, choose);
    controls.add({ movie: film.movie, ...control });
    return h("li", { class: "x-film" }, poster(film), h("div", { class: "x-words" },
      h("h3", {}, h("bdi", {}, film.title)), h("p", { class: "x-about" }, about(app, film))), control.node);
  };

  const heading = h("h1", {}, t("rate_heading", { n }));
  const find = searchField(app, card, () => render());
  const shelf = h("section", {}, h("h2", {}, t("shelf")),
    h("ul", { class: "x-films" }, app.study.shelf.map(card)));
  const list = ratedList(app, (film) => choose(film, null));
  const bar = progressBar(app, list, () => {
    const missing = n - ratings().length;
    if (missing > 0) return app.say(t("more_ratings", { n: missing }));
    flush();
    app.move({ do: "recommend" });
  });
  const render = () => {
    const given = ratings(); // the newest first
    const stars = new Map(given.map((film) => [film.movie, film.stars]));
    for (const control of controls) control.set(stars.get(control.movie) ?? null);
    list.update(given);
    bar.update(given.length, wanted.size > 0);
  };
  const node = h("div", { class: "x-rate" },
    h("div", { class: "x-choice" }, h("p", { class: "x-lead" }, t("rate_help", ends)), find.node, shelf), list.node);
  return {
    node, heading, flush, head: [heading], dock: bar.node,
    enter: () => ratings().length >= n && bar.focus(),
    digit: (digit, target) =>
      [...controls].find((control) => control.node.contains(target))?.digit(digit) ?? false,
    settle: render,
    update: (next) => [(stored = next.ratings), render()],
    replied(message, reply) {
      if (reply.found) return find.found(reply);
      const wish = wanted.get(message.movie);
      if (wish && wish.id === message.id && !wish.timer && !reply.failed) wanted.delete(message.movie);
    },
  };
}

function searchField(app, card, render) {
  const field = h("input", {
    type: "search", id: newId("search"), class: "x-input", maxlength: 100, autocomplete: "off",
    placeholder: app.t("search_help"),
  });
  const said = h("p", { role: "status", class: "x-status" });
  const list = h("ul", { class: "x-films" });
  const cards = new Map();
  let timer;
  const clear = () => [(said.textContent = ""), list.replaceChildren()];
  field.addEventListener("input", () => {
    clearTimeout(timer);
    const query = field.value.trim();
    if (!query) return clear();
    timer = setTimeout(() => app.send({ do: "search", query }), TYPING);
  });
  const found = (reply) => {
    if (reply.query !== field.value.trim()) return; // something else has been typed since
    const n = reply.found.length;
    const text = n < app.study.most_found ? "found" : "found_many";
    said.textContent = n ? app.t(text, { n }) : app.t("found_none", { query: reply.query });
    for (const film of reply.found) if (!cards.has(film.movie)) cards.set(film.movie, card(film));
    arrange(list, reply.found.map((film) => cards.get(film.movie)));
    render();
  };
  const node = h("section", { class: "x-search" },
    h("h2", {}, h("label", { for: field.id }, app.t("search_label"))), field, said, list);
  return { node, found };
}

function ratedList(app, remove) {
  const rows = new Map();
  const none = h("p", { class: "x-about" }, app.t("rated_none"));
  const list = h("ul", { class: "x-rated-list" });
  const heading = h("h2", { tabindex: -1, id: newId("rated") }, app.t("rated_heading"));
  const row = (film) => {
    const label = app.t("remove_label", { film: film.name });
    const taken = () => {
      const next = node.nextElementSibling ?? node.previousElementSibling;
      remove(film);
      (next?.querySelector("button") ?? heading).focus();
    };
    const given = h("p", { class: "x-given" });
    const name = h("p", { class: "x-name" }, h("bdi", {}, film.name));
    const node = h("li", {}, h("div", {}, name, given),
      button(app.t("remove"), taken, { "aria-label": label, class: "x-link" }));
    return { node, given };
  };
  const update = (films) => {
    none.hidden = films.length > 0;
    for (const film of films) {
      if (!rows.has(film.movie)) rows.set(film.movie, row(film));
      const { given } = rows.get(film.movie);
      if (given.dataset.stars === String(film.stars)) continue;
      given.dataset.stars = film.stars;
      const parts = [ratingDrawn(app, film.stars), h("span", {}, app.stars(film.stars))];
      given.replaceChildren(...parts.filter(Boolean));
    }
    arrange(list, films.map((film) => rows.get(film.movie).node));
  };
  const node = h("section", {
    class: "x-rated x-card", id: newId("ratings"), "aria-labelledby": heading.id,
  }, heading, none, list);
  return { node, update, heading };
}

/** What stands below the films; where there is no room for the ratings beside them, it opens those. */
function progressBar(app, list, go) {
  const n = app.study.n_ratings;
  const words = h("p", { "aria-live": "polite", id: newId("progress") });
  const meter = h("progress", { max: n, "aria-labelledby": words.id });
  const saved = savedSign(app);
  const next = button(app.t("to_recommendations"), go, { class: "x-button x-primary x-next" });
  const open = (is) => {
    list.node.classList.toggle("x-open", is);
    toggle.setAttribute("aria-expanded", is);
    if (is) list.heading.focus();
  };
  const toggle = button(app.t("rated_heading"), () => open(!list.node.classList.contains("x-open")), {
    class: "x-button x-toggle", "aria-expanded": false, "aria-controls": list.node.id,
  });
  list.node.addEventListener("keydown", ({ key }) => key === "Escape" && [open(false), toggle.focus()]);
  const update = (count, saving) => {
    meter.value = Math.min(count, n);
    const text = app.t("progress", { count, n }) + (count >= n ? `. ${app.t("ratings_done")}` : "");
    if (words.textContent !== text) words.textContent = text;
    next.classList.toggle("x-primary", count >= n);
    next.setAttribute("aria-disabled", String(count < n));
    saved.set(saving, count > 0);
    const most = Math.min(app.study.scale.high, 9);
    hint.textContent = app.keys.on && most > 1 ? app.t("digit_hint", { n: most }) : "";
  };
  const said = h("div", { class: "x-progress" }, words, saved.node, meter);
  const hint = h("p", { class: "x-hint" });
  const node = h("div", { class: "x-bar" }, said, hint, toggle, next);
  return { node, update, focus: () => next.focus() };
}
