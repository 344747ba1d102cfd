// The field in which a film is found: the combobox with a list of the ARIA practices.

import { clipped, h, newId, s } from "./dom.js";

const FOUND = 7;

/** `pick(row)` when a film was chosen; `rating(row)` gives what it was rated, or null. */
export function searchField(app, pick, rating) {
  const { engine, say } = app;
  const [id, listId] = [newId("find"), newId("found")];
  const said = h("p", { class: "xe-none", hidden: true });
  const list = h("ul", { role: "listbox", id: listId, "aria-label": say.t("find") });
  const popup = h("div", { class: "xe-popup", hidden: true }, said, list);
  const input = h("input", {
    id, type: "text", role: "combobox", class: "xe-input", autocomplete: "off", spellcheck: "false",
    enterkeyhint: "search", maxlength: 100, "aria-expanded": "false", "aria-controls": listId,
    "aria-autocomplete": "list", "aria-label": say.t("find"),
  });
  let options = [];
  let at = -1;
  const popular = engine.films.map((_film, row) => row)
    .sort((a, b) => engine.films[b].n - engine.films[a].n);

  const open = (is) => {
    popup.hidden = !is;
    input.setAttribute("aria-expanded", String(is));
    if (!is) move(-1);
  };
  const move = (to) => {
    options[at]?.node.setAttribute("aria-selected", "false");
    at = to;
    options[at]?.node.setAttribute("aria-selected", "true");
    options[at]?.node.scrollIntoView({ block: "nearest" });
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", options[at].node.id);
  };
  const choose = (row) => {
    input.value = "";
    open(false);
    pick(row);
  };
  const find = () => {
    const query = input.value.trim();
    const found = query ? engine.search(query, FOUND) : [];
    const rows = found.length ? found : popular.filter((row) => rating(row) === null).slice(0, FOUND);
    const sentence = query && !found.length ? say.t("find_none", { query, n: rows.length }) : "";
    said.textContent = query ? sentence : say.t("find_popular");
    said.hidden = !said.textContent;
    options = rows.map((row) => ({ row, node: option(row) }));
    list.replaceChildren(...options.map(({ node }) => node));
    at = -1;
    open(true);
    if (found.length) move(0);
    if (query) app.tell(sentence || say.t("found", { n: rows.length }));
  };
  const option = (row) => {
    const { title, year } = engine.films[row];
    const given = rating(row);
    const about = [year || "", given === null ? "" : say.t("is_rated", { rating: say.short(given) })];
    const node = h("li", { role: "option", id: newId("option"), "aria-selected": "false" },
      app.picture(row, "xe-tiny"), clipped(2, title, null),
      h("span", { class: "xe-about" }, about.filter(Boolean).join(", ")));
    node.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus
    node.addEventListener("click", () => choose(row));
    return node;
  };
  input.addEventListener("input", find);
  input.addEventListener("focus", () => input.value && find());
  input.addEventListener("click", () => popup.hidden && find());
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (popup.hidden) return find();
      const n = options.length;
      if (n) move(key === "ArrowDown" ? (at + 1) % n : (at + n - 1 + (at < 0)) % n);
    } else if (key === "Enter" && at >= 0) {
      event.preventDefault();
      choose(options[at].row);
    } else if (key === "Escape" && !popup.hidden) {
      event.preventDefault();
      open(false);
    }
  });
  const glass = s("svg", { viewBox: "0 0 20 20", class: "xe-glass", "aria-hidden": "true" },
    s("circle", { cx: 8.5, cy: 8.5, r: 5.5 }), s("path", { d: "M12.6 12.6L17 17" }));
  const node = h("div", { class: "xe-find" }, glass, input, popup);
  const settle = () => (input.placeholder = say.t(app.state.own ? "find" : "find_own"));
  return { node, settle, focus: () => input.focus() };
}

