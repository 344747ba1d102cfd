// What somebody has rated: each with a switch "as if I had not rated it", its stars, a take-back.

import { arrange, clipped, focusIn, gliding, h, roving } from "./dom.js";
import { searchField } from "./find.js";
import { shortTitle } from "./say.js";
import { ratingInput } from "./stars.js";

export function ratedSection(app) {
  const { engine, say, state } = app;
  const heading = app.heading(1);
  const count = h("p", { class: "xe-count" });
  const note = h("p", { class: "xe-small" });
  const list = h("ul", { class: "xe-ratings", "aria-labelledby": heading.id });
  const none = h("p", { class: "xe-small xe-empty-list" }, say.t("none_yet"));
  const off = h("p", { class: "xe-small" }, say.t(say.scale.stars ? "off_means" : "off_means_points"));
  const lambda = h("p", { class: "xe-small" }, say.t("lambda"));
  const kept = h("p", { class: "xe-small" });
  const rows = new Map();
  let waiting = null; // a film that was found and has no stars yet

  const given = (row) => state.ratings.find((rating) => rating.row === row)?.rating ?? null;
  const field = searchField(app, (row) => {
    if (given(row) === null) {
      waiting = row;
      draw();
    }
    rows.get(row)?.control.input.focus();
  }, (row) => (state.own || given(row) !== null ? given(row) : null));

  const item = (row) => {
    const film = engine.films[row];
    const turn = h("button", {
      type: "button", role: "switch", class: "xe-switch", tabindex: -1,
      onclick: () => state.turn([row], turn.getAttribute("aria-checked") !== "true"),
    });
    const control = ratingInput(say, say.t("stars_of", { film: film.name }), (value) => {
      if (waiting === row) waiting = null;
      state.rate(row, value);
    });
    control.input.tabIndex = -1;
    const about = h("span", { class: "xe-about" });
    const back = h("button", {
      type: "button", class: "xe-back", tabindex: -1,
      onclick: ({ detail }) => detail < 2 && remove(row), // a double click would take the next one, too
    }, h("span", { "aria-hidden": "true" }, "×"));
    const node = h("li", {}, turn,
      h("span", { class: "xe-named" }, clipped(1, shortTitle(film.title), film.title), about),
      control.node, back);
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && waiting === row) remove(row);
    });
    node.addEventListener("focusin", () => only(row));
    return { row, node, turn, control, about, back };
  };
  const remove = (row) => {
    const all = [...list.children];
    const place = all.indexOf(rows.get(row).node);
    if (waiting === row) {
      waiting = null;
      draw();
    } else state.takeBack(row);
    app.settle();
    const next = [...rows.values()].find(({ node }) => node === list.children[Math.min(place, list.children.length - 1)]);
    if (next) next.back.focus();
    else field.focus();
  };
  /** Only one row is a stop for Tab, with its switch, its stars and its take-back. */
  const only = (row) => {
    for (const one of rows.values()) {
      const tabIndex = one.row === row ? 0 : -1;
      for (const part of [one.turn, one.control.input, one.back]) part.tabIndex = tabIndex;
    }
  };
  const shown = () => [...list.children].map((node) => [...rows.values()].find((one) => one.node === node));
  roving(list, () => shown().map(({ turn }) => turn).filter((turn) => !turn.hidden));
  roving(list, () => shown().map(({ back }) => back));

  function draw() {
    const { ratings, fit } = app.now;
    if (waiting !== null && given(waiting) !== null) waiting = null;
    const all = waiting === null ? ratings : [{ row: waiting, rating: null, on: true }, ...ratings];
    for (const { row, rating, on } of all) {
      if (!rows.has(row)) rows.set(row, item(row));
      const one = rows.get(row);
      const film = engine.films[row];
      const predicted = on ? null : fit.prediction(row).mean;
      const words = rating === null ? "" : say.rating(rating);
      one.node.classList.toggle("xe-off", !on);
      one.node.classList.toggle("xe-waiting", rating === null);
      one.turn.hidden = rating === null;
      one.turn.setAttribute("aria-checked", String(on));
      one.turn.setAttribute("aria-label", say.t("switch", { film: film.name, rating: words }));
      one.back.setAttribute("aria-label", say.t(rating === null ? "cancel" : "take_back", { film: film.name }));
      one.control.set(rating, on, predicted);
      const here = on ? "" : say.t("predicted_here", { value: say.number(predicted) });
      const year = h("span", { class: "xe-year" }, film.year || "", film.year && here ? ", " : "");
      one.about.replaceChildren(...(rating === null ? [say.t("give")] : [year, here]));
    }
    const wanted = all.map(({ row }) => rows.get(row));
    gliding(list, () => arrange(list, wanted.map(({ node }) => node)));
    for (const [row, one] of rows) if (!one.node.isConnected && !wanted.includes(one)) rows.delete(row);
    const held = wanted.find(({ node }) => node.contains(focusIn(node)));
    const stop = held ?? wanted.find(({ turn }) => turn.tabIndex === 0) ?? wanted[0];
    only(stop?.row);
    none.hidden = all.length > 0;
    list.hidden = all.length === 0;
  }

  const node = h("div", { class: "xe-rated", role: "group", "aria-labelledby": heading.id },
    h("div", { class: "xe-line" }, heading, count), note, field.node, none, list,
    h("div", { class: "xe-notes" }, off, lambda, kept));
  return {
    node,
    focus: () => field.focus(),
    render() {
      const { ratings } = app.now;
      const on = ratings.filter((rating) => rating.on).length;
      heading.textContent = say.t(state.own ? "mine" : "invented");
      count.textContent = on < ratings.length
        ? say.t("count", { on, off: ratings.length - on }) : say.t("count_on", { on });
      count.hidden = ratings.length === 0;
      note.textContent = state.own ? "" : say.t("invented_note");
      note.hidden = state.own;
      lambda.hidden = off.hidden = ratings.length === 0;
      const place = app.model.get("place");
      const where = { browser: "kept_browser", nowhere: "kept_nowhere" }[place] ?? "kept_file";
      kept.textContent = state.own && state.nOwn && place ? say.t(where, { place }) : "";
      if (waiting !== null && !state.own && given(waiting) !== null) waiting = null;
      field.settle();
      draw();
    },
  };
}
