// The explorer on a page of its own: the ratings are in this browser's storage and nowhere else.

import { explorer } from "./explorer.js";

const NAME = "xrec_lessons.ratings";

/** What a notebook's kernel would keep, for one bundle; broken or foreign ratings are left out. */
export class PageModel {
  constructor({ data, digest, level }) {
    this.listeners = new Map();
    this.data = data;
    this.name = `${NAME}.${digest}`;
    const rated = this.kept();
    this.values = { rated, sample: null, own: rated.length > 0, off: [], film: null, notice: "", place: "browser", level };
  }

  kept() {
    try {
      const found = JSON.parse(localStorage.getItem(this.name) ?? "[]");
      const fine = Array.isArray(found) && found.every((pair) => Array.isArray(pair) && pair.every(Number.isFinite));
      return fine ? [...new Map(found)] : []; // each film once
    } catch {
      return []; // no storage, or something else in it
    }
  }

  get(name) {
    return this.values[name];
  }

  set(name, value) {
    this.values[name] = value;
    for (const listener of this.listeners.get(`change:${name}`) ?? []) listener();
  }

  on(names, listener) {
    for (const name of names.split(" ")) this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  off(names, listener) {
    for (const name of names.split(" ")) this.listeners.set(name, (this.listeners.get(name) ?? []).filter((one) => one !== listener));
  }

  save_changes() {
    try {
      const { rated } = this.values;
      this.values.place = "browser";
      if (rated.length) localStorage.setItem(this.name, JSON.stringify(rated));
      else localStorage.removeItem(this.name);
    } catch {
      this.values.place = "nowhere"; // storage is full or forbidden: they last as long as the page
    }
  }

  send() {}
}

/** Show the explorer in every place on the page that has its data beside it. */
export function start() {
  for (const el of document.querySelectorAll("[data-xrec-explorer]:not([data-started])")) {
    el.dataset.started = ""; // each of several explorers on a page brings this script
    const packed = document.getElementById(el.dataset.xrecExplorer).textContent.trim();
    const data = async () => Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
    const model = new PageModel({ data, digest: el.dataset.digest, level: Number(el.dataset.level) });
    el.replaceChildren();
    explorer.render({ model, el });
  }
}
