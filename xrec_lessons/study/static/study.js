// What a participant sees, in anywidget's interface: the same file in JupyterLab, Voilà and on the
// participants' page. Where somebody is, and every text, comes from the server; nothing is decided
// here. Data are put in as text, never as HTML: titles are data.

const SILENCE = 6000; // ms without a reply, then the participant is told
const LATE = 2000; // ms after which a poster that was still under way is asked for again
const AGAIN = 3000; // ms until something that could not be saved is sent again
const TYPING = 200;
const CHOOSING = 350;
const WITHDRAWN = { name: "withdrawn", step: "withdrawn" };
const MOVES = new Set(["begin", "resume", "recommend", "reveal", "next", "back", "withdraw"]);

export default {
  render({ model, el }) {
    const study = new Study(model, el);
    return () => study.close();
  },
};

/* ------------------------------------------------------------------------------- elements */

function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

/** Show these children, in this order, and keep those that are there already, focus included. */
function arrange(parent, children) {
  const focused = document.activeElement;
  for (const child of [...parent.children]) if (!children.includes(child)) child.remove();
  children.forEach((child, k) => {
    if (parent.children[k] !== child) parent.insertBefore(child, parent.children[k] ?? null);
  });
  if (focused !== document.activeElement && parent.contains(focused)) focused.focus();
}

let ids = 0;
const newId = (what) => `xrec-${what}-${++ids}`;

/* ------------------------------------------------------------------------------- messages */

const numbers = new WeakMap(); // of messages, for each model: two views of one must not share any

/** What a message decides anew: of two with the same subject only the later one counts. */
function subject({ do: step, place, question, movie }) {
  if (step === "answer") return `${place} ${question}`;
  return ["rate", "unrate"].includes(step) ? `film ${movie}` : null;
}

/** Messages that have no reply yet; sent again, in order, after the connection was lost. */
class Post {
  constructor(model, hooks) {
    Object.assign(this, { model, hooks, waiting: new Map(), held: false, reopening: false });
    this.listen = (reply) => this.take(reply);
    model.on("msg:custom", this.listen);
  }

  close() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.listen);
  }

  send(message, step) {
    const id = (numbers.get(this.model) ?? 0) + 1;
    numbers.set(this.model, id);
    for (const [key, entry] of this.waiting) {
      if (subject(message) === null || subject(entry.message) !== subject(message)) continue;
      if (entry.sent) entry.old = true; // if it fails, it is not sent again
      else this.waiting.delete(key);
    }
    this.waiting.set(id, { message: { id, ...message }, step, sent: false });
    this.push();
    return id;
  }

  push() {
    for (const entry of this.waiting.values()) {
      if (!entry.sent && (!this.held || entry.message.do === "open")) this.transmit(entry);
    }
  }

  transmit(entry) {
    entry.sent = true;
    this.model.send(entry.message);
    this.watch();
  }

  watch() {
    clearTimeout(this.timer);
    const open = [...this.waiting.values()].some((entry) => entry.sent);
    if (open) this.timer = setTimeout(() => this.hooks.silent(true), SILENCE);
  }

  has(test) {
    return [...this.waiting.values()].some((entry) => test(entry.message));
  }

  take(reply) {
    if (reply.connection) return this.hooks.connection(reply.connection);
    this.hooks.silent(false);
    const entry = this.waiting.get(reply.re);
    if (!entry) return this.hooks.reply(null, reply);
    if (reply.failed && !entry.old) this.later(entry);
    else this.waiting.delete(reply.re);
    this.watch();
    this.hooks.reply(entry.message, reply);
    if (entry.after) entry.after(reply);
  }

  later(entry) {
    entry.sent = false;
    this.held = true;
    setTimeout(() => {
      this.held = this.reopening;
      this.push();
    }, AGAIN);
  }

  /** The connection is back: say first who we are, then send what had no reply. */
  reopen(message) {
    const rest = [...this.waiting].filter(([, { message: m }]) => !["open", "search"].includes(m.do));
    this.waiting = new Map();
    this.held = this.reopening = true;
    const id = this.send(message);
    for (const [key, entry] of rest) this.waiting.set(key, Object.assign(entry, { sent: false }));
    this.waiting.get(id).after = (reply) => {
      if (reply.failed) return;
      this.forgetDone(reply.screen);
      this.held = this.reopening = false;
      this.push();
    };
  }

  /** A step whose reply was lost need not be taken again, nor what was sent before it. */
  forgetDone(screen) {
    const entries = [...this.waiting];
    const done = ([, { message, step }]) => MOVES.has(message.do) && step !== screen?.step;
    const last = entries.map(done).lastIndexOf(true);
    for (const [key] of entries.slice(0, last + 1)) this.waiting.delete(key);
  }
}

/* ------------------------------------------------------------------------ the frame around */

class Study {
  constructor(model, el) {
    Object.assign(this, { model, code: null, current: null, screen: null, study: null });
    this.remember = Boolean(model.get("remember"));
    this.texts = model.get("texts") ?? {};
    this.build(el);
    this.post = new Post(model, {
      reply: (message, reply) => this.take(message, reply),
      silent: (is) => this.connection(is ? "silent" : "heard"),
      connection: (what) => this.connection(what),
    });
    this.cleanup = [this.followTheme(), this.followAddress(), this.followLeaving()];
    this.code = this.remember ? codeInAddress() : model.get("code") || null;
    this.open();
  }

  build(el) {
    this.offline = h("div", { class: "x-alert x-offline", role: "alert" });
    this.alert = h("div", { class: "x-alert x-notice", role: "alert" });
    this.brand = h("p", { class: "x-brand" });
    this.banner = h("p", { class: "x-banner", hidden: true });
    this.place = h("div", { class: "x-screen" });
    this.footer = h("div", { class: "x-footer" });
    const top = h("div", { class: "x-top" }, this.brand, this.banner);
    const alerts = h("div", { class: "x-alerts" }, this.offline, this.alert);
    const page = h("div", { class: "x-page" }, top, alerts, this.place, this.footer);
    // JupyterLab would take the keys for itself: arrows move between cells, D twice deletes one.
    const ours = ({ target }) => target.setAttribute("data-lm-suppress-shortcuts", "true");
    this.root = h("div", { class: "xrec-study", onfocusin: ours }, page);
    el.append(this.root);
  }

  close() {
    this.post.close();
    for (const undo of this.cleanup) undo();
    this.root.remove();
  }

  open() {
    this.post.send(this.opening());
  }

  opening() {
    return this.code ? { do: "open", code: this.code } : { do: "open" };
  }

  send(message) {
    return this.post.send(message, this.screen?.step);
  }

  /** Leave this screen: once, also when the button is clicked twice. */
  move(message) {
    if (!this.post.has(({ do: step }) => MOVES.has(step))) this.send(message);
  }

  take(message, reply) {
    if (reply.screen?.name === "consent" && this.post.has(({ do: step }) => step === "withdraw")) {
      reply = { ...reply, notice: "", screen: WITHDRAWN }; // its reply was lost, it was done
    }
    if (reply.study) this.takeStudy(reply.study);
    if (message) this.current?.replied?.(message, reply);
    if (message && message.do !== "search") this.say(reply.notice ?? "");
    if (reply.screen) this.show(reply.screen);
    this.current?.settle?.();
    if (message && reply.notice && !reply.failed) this.current?.refused?.(message);
    if (reply.file) download(reply.file, reply.filename);
  }

  takeStudy(study) {
    const fixed = ({ shelf, ...rest }) => JSON.stringify(rest); // posters may come in later
    const same = this.study && fixed(this.study) === fixed(study);
    this.study = study;
    this.texts = study.texts;
    if (same) return;
    this.screen = null;
    this.root.lang = study.language;
    this.root.dir = study.direction;
    this.banner.textContent = study.banner;
    this.banner.hidden = !study.banner;
  }

  show(screen) {
    this.code = screen.code ?? null;
    if (this.remember) codeToAddress(this.code);
    const before = this.screen;
    this.screen = screen;
    if (before?.step === screen.step) return this.current.update?.(screen);
    this.current = SCREENS[screen.name](this, screen, before);
    this.place.replaceChildren(this.current.node);
    this.surround();
    const { heading } = this.current;
    if (this.remember) document.title = `${heading.textContent} · ${this.study.title}`;
    if (!before && screen.name === "consent") return; // the page has just been loaded
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    (heading === this.current.node.querySelector("h1") ? this.root : heading).scrollIntoView();
  }

  /** What stands around a screen. */
  surround() {
    this.root.dataset.screen = this.screen.name;
    this.brand.textContent = this.screen.name === "consent" ? "" : this.study.title;
    const running = ["rate", "show"].includes(this.screen.name);
    if (this.footed !== this.code) { // once: it may be open while the screen changes
      this.footed = this.code;
      this.codeBox = h("details", {}, h("summary", {}, this.t("code_label")), codeOf(this.code),
        withdrawal(this));
    }
    const credit = h("p", {}, this.t("posters"));
    this.footer.replaceChildren(...[running && this.codeBox, this.study.posters && credit].filter(Boolean));
  }

  /** A sentence to say aloud; an empty one takes the last away. */
  say(sentence) {
    this.alert.replaceChildren(...(sentence ? [h("p", {}, sentence)] : []));
  }

  connection(what) {
    if (what === "back") {
      this.offline.replaceChildren();
      return this.post.reopen(this.opening());
    }
    if (what === "heard") return this.offline.replaceChildren();
    if (what === "idle") {
      const go = () => this.model.send({ connection: "resume" });
      const button = h("button", { type: "button", class: "x-button", onclick: go }, this.t("continue"));
      return this.offline.replaceChildren(h("p", {}, this.t("idle")), button);
    }
    if (!this.offline.firstChild) this.offline.append(h("p", {}, this.t("offline")));
  }

  t(name, values = {}) {
    const text = this.texts[name] ?? "";
    return text.replace(/\{\{|\}\}|\{(\w+)\}/g, (all, blank) =>
      blank ? (values[blank] ?? "") : all[0],
    );
  }

  number(value, digits = {}) {
    try {
      return new Intl.NumberFormat(this.study.language, digits).format(value);
    } catch {
      return String(value); // the study's language is no language tag
    }
  }

  stars(value, digits) {
    return value === 1 ? this.t("star") : this.t("stars", { n: this.number(value, digits) });
  }

  followTheme() {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const apply = () => {
      const { jpThemeLight } = document.body.dataset; // JupyterLab and Voilà say it here
      const dark = jpThemeLight === undefined ? system.matches : jpThemeLight === "false";
      this.root.dataset.theme = dark ? "dark" : "light";
    };
    apply();
    const observer = new MutationObserver(apply);
    observer.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
    system.addEventListener("change", apply);
    return () => [observer.disconnect(), system.removeEventListener("change", apply)];
  }

  followAddress() {
    const follow = () => {
      const code = codeInAddress();
      if (this.remember && code && code !== this.code) {
        this.code = code;
        this.open();
      }
    };
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }

  followLeaving() {
    const leave = () => this.current?.flush?.();
    window.addEventListener("pagehide", leave);
    return () => window.removeEventListener("pagehide", leave);
  }
}

function codeInAddress() {
  return new URLSearchParams(location.hash.slice(1)).get("code");
}

function codeToAddress(code) {
  if (codeInAddress() === code) return;
  const hash = code ? `#code=${code}` : "";
  history.replaceState(null, "", location.pathname + location.search + hash);
}

function codeOf(code) {
  return h("code", { class: "x-code" }, code ?? "");
}

function download(file, name) {
  const blob = new Blob([JSON.stringify(file, null, 1)], { type: "application/json" });
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/* -------------------------------------------------------------------------------- a film */

const HUES = {
  Action: 12, Adventure: 28, Animation: 150, Children: 130, Comedy: 172, Crime: 258, Documentary: 190,
  Drama: 214, Fantasy: 284, "Film-Noir": 228, Horror: 350, IMAX: 200, Musical: 322, Mystery: 246,
  Romance: 336, "Sci-Fi": 198, Thriller: 226, War: 92, Western: 24,
};

/** The poster, or a calm drawing instead; what it shows stands beside it in words. */
function poster(film) {
  if (film.poster) {
    return h("img", { class: "x-poster", src: film.poster, alt: "", loading: "lazy" });
  }
  const hue = (k) => (HUES[film.genres[k]] ?? HUES[film.genres[0]] ?? 170) + ((film.movie * 7) % 21) - 10;
  const words = film.title.replace(/\(.*/, "").replace(/[^\p{L}\p{N} ]/gu, " ").trim().split(/\s+/);
  const big = words.filter((word) => !/^(the|a|an|of|and|in|to)$/i.test(word));
  const initials = (big.length ? big : words).slice(0, 2).map((word) => [...word][0] ?? "").join("");
  const [x, y] = [(film.movie * 37) % 120, 40 + ((film.movie * 53) % 100)];
  return s("svg", { class: "x-poster", viewBox: "0 0 120 180", "aria-hidden": "true" },
    s("rect", { width: 120, height: 180, fill: `hsl(${hue(0)} 32% 34%)` }),
    s("circle", { cx: x, cy: y, r: 74, fill: `hsl(${hue(1)} 28% 40%)`, opacity: 0.85 }),
    s("circle", { cx: 120 - x / 2, cy: y + 66, r: 46, fill: `hsl(${hue(2)} 26% 46%)`, opacity: 0.7 }),
    s("path", { d: "M14 150H106", stroke: "#fff", "stroke-opacity": 0.55 }),
    s("text", { x: 14, y: 138, class: "x-initials", fill: "#fff" }, initials.toUpperCase()),
    s("text", { x: 14, y: 167, class: "x-year", fill: "#fff" }, film.year || ""),
  );
}

function about(app, film) {
  const age = film.age && app.t("age_rating", { rating: film.age });
  return [film.year || app.t("unknown_year"), film.genres.join(", "), age].filter(Boolean).join(" · ");
}

const STAR = "M12 2.6l2.9 6 6.5.9-4.7 4.6 1.1 6.5L12 17.5l-5.8 3.1 1.1-6.5L2.6 9.5l6.5-.9z";

function fiveStars(className) {
  const stars = [0, 1, 2, 3, 4].map((k) => s("path", { d: STAR, transform: `translate(${24 * k} 0)` }));
  return s("svg", { class: className, viewBox: "0 0 120 24", "aria-hidden": "true" }, stars);
}

/** Stars that are only looked at. */
function starsDrawn(value) {
  const full = fiveStars("x-full");
  full.style.clipPath = `inset(0 ${100 - 20 * value}% 0 0)`;
  return h("span", { class: "x-stars x-small", "aria-hidden": "true" }, fiveStars("x-empty"), full);
}

/** Ten native radio inputs that look like five stars. */
function starControl(app, film, choose) {
  const name = newId("stars");
  const full = fiveStars("x-full");
  const said = h("span", { class: "x-said" });
  let value = 0;
  const draw = (shown) => (full.style.clipPath = `inset(0 ${100 - 20 * shown}% 0 0)`);
  const inputs = Array.from({ length: 10 }, (_, k) => (k + 1) / 2).map((stars) =>
    h("input", {
      type: "radio", name, value: stars, "aria-label": app.stars(stars),
      onchange: () => choose(film, stars),
      onmouseenter: () => draw(stars),
    }),
  );
  const set = (stars) => {
    value = stars;
    inputs.forEach((input) => (input.checked = Number(input.value) === stars));
    said.textContent = stars ? app.stars(stars) : "";
    draw(stars);
  };
  set(0);
  const box = h("div", { class: "x-stars", onmouseleave: () => draw(value) },
    fiveStars("x-empty"), full, h("div", { class: "x-halves" }, inputs));
  const legend = h("legend", { class: "x-hidden" }, app.t("stars_legend", { film: film.name }));
  return { set, node: h("fieldset", { class: "x-choose" }, legend, box, said) };
}

function button(label, onclick, attributes = {}) {
  return h("button", { type: "button", class: "x-button", onclick, ...attributes }, label);
}

/* ----------------------------------------------------------------------------- the screens */

const SCREENS = {
  consent, rate, show, withdrawn, done: debrief, "too few": debrief,
};

const randomLetters = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(20)), (b) => b.toString(16).padStart(2, "0")).join("");

function consent(app) {
  const { study, t } = { study: app.study, t: app.t.bind(app) };
  const heading = h("h1", {}, study.title);
  const agreed = h("input", { type: "checkbox", id: newId("agree") });
  const age = study.consent.minimum_age;
  const agree = h("label", { class: "x-agree", for: agreed.id }, agreed,
    h("span", {}, t(age ? "agree" : "agree_no_age", { age })));
  const start = h("form", { class: "x-start", onsubmit: (event) => {
    event.preventDefault();
    app.ticket ??= randomLetters(); // asked twice, it is still one participant
    app.move({ do: "begin", agreed: agreed.checked, ticket: app.ticket });
  } }, agree, h("button", { class: "x-button x-primary" }, t("start")));
  const node = h("div", { class: "x-consent" }, heading,
    h("section", { class: "x-card" }, h("h2", {}, t("begin_heading")),
      h("p", { class: "x-lead" }, t("begin", study))),
    h("section", { class: "x-card" }, h("h2", {}, t("consent_heading")),
      facts(app), h("p", {}, t("anonymous")), start),
    resume(app));
  const refused = ({ do: step }) => step === "begin" && agreed.focus();
  return { node, heading, refused };
}

function facts(app) {
  const { consent: given } = app.study;
  const rows = {
    who_label: given.who,
    contact_label: given.contact,
    kept_label: given.kept,
    age_label: given.minimum_age && app.t("age", { age: given.minimum_age }),
    withdraw_label: given.withdraw_until && app.t("withdraw_text", { until: given.withdraw_until }),
  };
  const filled = Object.entries(rows).filter(([, text]) => text);
  if (!filled.length) return null;
  return h("dl", { class: "x-facts" }, filled.map(([label, text]) =>
    h("div", {}, h("dt", {}, app.t(label)), h("dd", {}, text))));
}

function resume(app) {
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

function rate(app, screen) {
  const n = app.study.n_ratings;
  const t = app.t.bind(app);
  const wanted = new Map(); // movie → what was chosen and is not known to be stored
  const controls = new Set(); // those on the screen: a film may be in the shelf and among the found
  let stored = screen.ratings;

  const ratings = () => {
    const all = new Map(stored.map((film) => [film.movie, film]));
    for (const [movie, { film, stars }] of wanted) {
      all.delete(movie);
      if (stars) all.set(movie, { ...film, stars });
    }
    return [...all.values()].reverse();
  };
  const transmit = (movie) => {
    const wish = wanted.get(movie);
    clearTimeout(wish.timer);
    wish.timer = null;
    wish.id = app.send(wish.stars ? { do: "rate", movie, stars: wish.stars } : { do: "unrate", movie });
  };
  const choose = (film, stars) => {
    clearTimeout(wanted.get(film.movie)?.timer);
    wanted.delete(film.movie); // to the end: the newest
    wanted.set(film.movie, { film, stars });
    wanted.get(film.movie).timer = setTimeout(() => transmit(film.movie), stars ? CHOOSING : 0);
    render();
  };
  const flush = () => {
    for (const [movie, { timer }] of wanted) if (timer) transmit(movie);
  };
  const card = (film) => {
    const control = starControl(app, film, choose);
    controls.add({ movie: film.movie, ...control });
    return h("li", { class: "x-film" }, poster(film), h("div", { class: "x-words" },
      h("h3", {}, film.title), h("p", { class: "x-about" }, about(app, film))), control.node);
  };

  const heading = h("h1", {}, t("rate_heading", { n }));
  const find = searchField(app, card, () => render());
  const shelf = h("section", {}, h("h2", {}, t("shelf")),
    h("ul", { class: "x-films" }, app.study.shelf.map(card)));
  const list = ratedList(app, (film) => choose(film, null));
  const bar = progressBar(app, () => {
    const missing = n - ratings().length;
    if (missing > 0) return app.say(t("more_ratings", { n: missing }));
    flush();
    app.move({ do: "recommend" });
  });
  const render = () => {
    const given = ratings();
    const stars = new Map(given.map((film) => [film.movie, film.stars]));
    for (const control of controls) control.set(stars.get(control.movie) ?? 0);
    list.update(given);
    bar.update(given.length, wanted.size > 0);
  };
  const node = h("div", { class: "x-rate" }, heading, h("p", { class: "x-lead" }, t("rate_help")),
    h("div", { class: "x-columns" }, h("div", { class: "x-choice" }, find.node, shelf), list.node),
    bar.node);
  return {
    node, heading, flush,
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
    const node = h("li", {}, h("div", {}, h("p", { class: "x-name" }, film.name), given),
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
      given.replaceChildren(starsDrawn(film.stars), h("span", {}, app.stars(film.stars)));
    }
    arrange(list, films.map((film) => rows.get(film.movie).node));
  };
  const node = h("section", { class: "x-rated x-card", "aria-labelledby": heading.id }, heading, none, list);
  return { node, update };
}

function progressBar(app, go) {
  const n = app.study.n_ratings;
  const words = h("p", { "aria-live": "polite", id: newId("progress") });
  const meter = h("progress", { max: n, "aria-labelledby": words.id });
  const saved = savedSign(app);
  const next = button(app.t("to_recommendations"), go, { class: "x-button x-primary" });
  const update = (count, saving) => {
    meter.value = Math.min(count, n);
    const enough = count >= n ? `. ${app.t("ratings_done")}` : "";
    const text = app.t("progress", { count, n }) + enough;
    if (words.textContent !== text) words.textContent = text;
    next.setAttribute("aria-disabled", String(count < n));
    saved.set(saving, count > 0);
  };
  const said = h("div", { class: "x-progress" }, words, saved.node, meter);
  const node = h("div", { class: "x-bar" }, said, next);
  return { node, update };
}

/** “Saving …” and “Saved.”, for the eye: a screen reader would say it at every answer. */
function savedSign(app) {
  const node = h("p", { class: "x-saved", "aria-hidden": "true" });
  const set = (saving, any) => {
    node.textContent = saving ? app.t("saving") : any ? app.t("saved") : "";
    node.classList.toggle("x-saving", saving);
  };
  return { node, set };
}

function show(app, screen, before) {
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
  const why = screen.revealed && explanation(app, screen);
  const go = screen.revealed
    ? button(t(screen.last ? "finish" : "next"), () => app.move({ do: "next", place }), { class: "x-button x-primary" })
    : button(t("reveal"), () => app.move({ do: "reveal", place }), { class: "x-button x-primary" });
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

/* ------------------------------------------------------------------------- an explanation */

function explanation(app, { kind, explanation: given, film }) {
  const heading = h("h2", {}, app.t("explanation_heading"));
  const figure = { rule: ruleDrawn, influence: influenceDrawn }[kind];
  const node = h("section", { class: "x-card x-why" }, heading,
    h("p", { class: "x-kind" }, app.t(`${kind}_kind`)),
    h("p", { class: "x-sentence" }, given.sentence),
    figure && figure(app, given, film));
  return { node, heading };
}

function ruleDrawn(app, { antecedents, share }, film) {
  const chip = (name) => h("span", { class: "x-chip" }, name);
  const word = (name) => h("span", { class: "x-word" }, app.t(name));
  const liked = antecedents.flatMap((name, k) => [k > 0 && word("and"), chip(name)]);
  const dots = Array.from({ length: 10 }, (_, k) =>
    s("circle", { cx: 12 + 24 * k, cy: 12, r: 8, class: k < share ? "x-on" : "x-off" }));
  return h("div", { class: "x-rule" },
    h("p", { class: "x-chips" }, h("span", { class: "x-chips" }, word("rule_liked"), liked),
      h("span", { class: "x-chips" }, h("span", { "aria-hidden": "true" }, "→"), word("rule_so"),
        h("span", { class: "x-chip x-strong" }, film.name))),
    s("svg", { class: "x-dots", viewBox: "0 0 240 24", "aria-hidden": "true" }, dots));
}

function influenceDrawn(app, { rows }) {
  const reach = Math.max(...rows.map(({ effect }) => Math.abs(effect)), 0.005);
  return h("ul", { class: "x-influence" }, rows.map(({ film, stars, effect }) =>
    h("li", {},
      h("div", {}, h("p", { class: "x-name" }, film),
        h("p", { class: "x-about" }, app.t("you_gave", { stars: app.stars(stars) }))),
      bar(effect / reach), h("p", { class: "x-effect" }, effectInWords(app, effect)))));
}

function effectInWords(app, effect) {
  if (Math.abs(effect) < 0.005) return app.t("hardly");
  const two = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const text = app.t("stars", { n: app.number(Math.abs(effect), two) });
  return app.t(effect > 0 ? "raises" : "lowers", { effect: text });
}

/** From the axis in the middle to the right what raises, to the left what lowers. */
function bar(share) {
  const width = Math.max(Math.abs(share) * 96, 1);
  return s("svg", { class: "x-effect-bar", viewBox: "0 0 200 20", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("rect", { x: 0, y: 9.5, width: 200, height: 1, class: "x-line" }),
    s("rect", {
      x: share > 0 ? 100 : 100 - width, y: 3, width, height: 14, fill: share > 0 ? "#0072b2" : "#d55e00",
    }),
    s("rect", { x: 99.25, y: 0, width: 1.5, height: 20, class: "x-axis" }));
}

/* --------------------------------------------------------------------------------- the end */

function debrief(app, screen) {
  const t = app.t.bind(app);
  const early = screen.name === "too few";
  const heading = h("h1", {}, t(early ? "too_few_heading" : "debrief_heading"));
  const kinds = ["similar", "rule", "influence"].map((kind) => h("li", {}, t(`debrief_${kind}`)));
  const given = screen.answers?.length > 0 && h("section", { class: "x-card" },
    h("h2", {}, t("answers_heading")), answersTable(app, screen.answers));
  const label = t(app.study.hand_in ? "download_hand_in" : "download");
  const save = button(label, () => app.send({ do: "download" }), { class: "x-button x-primary" });
  const node = h("div", { class: "x-debrief" }, heading,
    h("section", { class: "x-card" }, h("p", { class: "x-lead" }, t(early ? "too_few" : "debrief")),
      !early && h("ul", { class: "x-kinds" }, kinds)),
    h("section", { class: "x-card x-keep" }, h("div", { class: "x-nav" }, save),
      h("p", {}, t("code_label")), codeOf(screen.code), withdrawal(app)),
    given);
  return { node, heading };
}

function answersTable(app, answers) {
  const questions = [...new Set(answers.flatMap((row) => row.answers.map((a) => a.question)))];
  const heads = [app.t("film_column"), app.t("kind_column"), ...questions];
  const cell = (k, text) => h("td", { role: "cell", "data-label": heads[k] }, h("span", {}, text));
  const body = answers.map(({ film, kind, answers: own }) => {
    const values = new Map(own.map((a) => [a.question, a.value]));
    return h("tr", { role: "row" }, h("th", { role: "rowheader", scope: "row" }, film),
      cell(1, app.t(`${kind}_kind`)),
      questions.map((question, k) => cell(k + 2, String(values.get(question) ?? "–"))));
  });
  return h("table", { role: "table", class: "x-answers" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      heads.map((head) => h("th", { role: "columnheader", scope: "col" }, head)))),
    h("tbody", { role: "rowgroup" }, body));
}

function withdrawal(app) {
  const t = app.t.bind(app);
  const box = h("div", { class: "x-withdraw" });
  const ask = () => {
    const question = h("p", { tabindex: -1, id: newId("sure") }, t("withdraw_confirm"));
    const yes = button(t("withdraw_yes"), () => app.move({ do: "withdraw" }), { class: "x-button x-danger" });
    const no = button(t("withdraw_no"), offer);
    box.replaceChildren(h("div", { role: "group", "aria-labelledby": question.id }, question,
      h("div", { class: "x-nav" }, no, yes)));
    question.focus();
  };
  const first = button(t("withdraw"), ask, { class: "x-link" });
  const offer = () => [box.replaceChildren(first), first.focus()];
  box.append(first);
  return box;
}

function withdrawn(app) {
  app.ticket = null;
  const heading = h("h1", {}, app.t("withdrawn_heading"));
  const node = h("div", {}, heading,
    h("section", { class: "x-card" }, h("p", { class: "x-lead" }, app.t("withdrawn"))));
  return { node, heading };
}
