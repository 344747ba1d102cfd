// What a participant sees, in anywidget's interface: the same in JupyterLab, Voilà and on the
// participants' page. Where somebody is, and every text, comes from the server; nothing is decided
// here. This is the frame around the screens; each of them has a module of its own.

import { ask } from "./ask.js";
import { followBack } from "./back.js";
import { closed } from "./closed.js";
import { consent } from "./consent.js";
import { button, h } from "./elements.js";
import { cleared, debrief, withdrawn } from "./end.js";
import { isAnswer, KeySwitch } from "./keys.js";
import { languagesWanted } from "./languages.js";
import { MOVES, Post } from "./post.js";
import { rate } from "./rate.js";
import { show } from "./show.js";
import { codePanel } from "./tools.js";
import { Visit } from "./visit.js";

const BEGINNINGS = ["consent", "closed"]; // of somebody whom the page does not know
const WITHDRAWN = { name: "withdrawn", step: "withdrawn" };

// A screen is made of `(app, screen, before)`. It has a `node` and a `heading`, and may have a `head`
// that stands at the top of the page, a `dock` below, and answers to what happens: see `take`.
const SCREENS = { closed, consent, ask, rate, show, withdrawn, cleared, done: debrief, "too few": debrief,
  "screened out": debrief };

export default {
  render({ model, el }) {
    const study = new Study(model, el);
    return () => study.close();
  },
};

export class Study {
  constructor(model, el) {
    Object.assign(this, { model, code: null, current: null, screen: null, study: null });
    this.remember = Boolean(model.get("remember"));
    this.texts = model.get("texts") ?? {};
    this.keys = new KeySwitch();
    this.build(el);
    this.post = new Post(model, {
      reply: (message, reply) => this.take(message, reply),
      silent: (is) => this.connection(is ? "silent" : "heard"),
      connection: (what) => this.connection(what),
    });
    this.cleanup = [this.followTheme(), this.followKeys(), this.followLeaving()];
    if (this.remember) {
      this.visit = new Visit(this);
      this.cleanup.push(followBack(this), () => this.visit.close());
    }
    this.code = this.visit ? this.visit.code() : model.get("code") || null;
    this.open();
  }

  build(el) {
    this.offline = h("div", { class: "x-alert x-offline", role: "alert" });
    this.alert = h("div", { class: "x-alert x-notice", role: "alert" });
    this.head = h("div", { class: "x-head" });
    this.banner = h("p", { class: "x-banner", hidden: true });
    this.tools = h("div", { class: "x-tools" }, this.banner);
    this.place = h("div", { class: "x-screen" });
    this.dock = h("div", { class: "x-dock" });
    this.footer = h("p", { class: "x-footer" });
    const top = h("div", { class: "x-top" }, this.head, this.tools);
    const alerts = h("div", { class: "x-alerts" }, this.offline, this.alert);
    const page = h("div", { class: "x-page" }, alerts, top, this.place, this.dock, this.footer);
    this.root = h("div", { class: "xrec-study" }, page);
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
    const came = this.model.get("came"); // the address of the page, as far as the study keeps it
    const languages = languagesWanted(this);
    return { do: "open", ...came, languages, ...(this.code ? { code: this.code } : {}) };
  }

  send(message) {
    return this.post.send(message, this.screen?.step);
  }

  /** Whether somebody has left this screen, and the next one is still under way. */
  leaving() {
    return this.post.has(({ do: step }) => MOVES.has(step));
  }

  /** Leave this screen: once, also when the button is clicked twice. */
  move(message) {
    if (!this.leaving()) this.send(message);
  }

  take(message, reply) {
    if (BEGINNINGS.includes(reply.screen?.name)) reply = this.afterWithdrawing(reply);
    if (reply.study) this.takeStudy(reply.study);
    if (message) this.current?.replied?.(message, reply);
    const silent = ["search", "away"].includes(message?.do) && !reply.notice;
    const twice = reply.screen?.why && reply.notice === this.t(reply.screen.why); // the screen says it
    if (message && !silent) this.say(twice ? "" : (reply.notice ?? ""));
    if (reply.screen) this.show(reply.screen);
    this.current?.settle?.();
    if (message && reply.notice && !reply.failed) this.current?.refused?.(message);
    if (reply.file) download(reply.file, reply.filename);
  }

  /** What to show to somebody who withdrew, instead of a beginning. */
  afterWithdrawing(reply) {
    const lost = this.post.has(({ do: step }) => step === "withdraw"); // its reply was, and it was done
    const link = lost ? this.study?.way_out : this.visit?.wayOut();
    return lost || link ? { ...reply, notice: "", screen: { ...WITHDRAWN, way_on: link } } : reply;
  }

  takeStudy(study) {
    const fixed = ({ shelf, ...rest }) => JSON.stringify(rest); // posters may come in later
    const same = this.study && fixed(this.study) === fixed(study);
    this.study = study;
    this.texts = study.texts;
    if (same) return;
    this.screen = null;
    for (const node of [this.root, this.remember && document.documentElement].filter(Boolean)) {
      node.lang = study.language;
      node.dir = study.direction;
    }
    this.banner.textContent = study.banner;
    this.banner.hidden = !study.banner;
  }

  show(screen) {
    const before = this.screen;
    const same = before?.step === screen.step && this.code === (screen.code ?? null);
    this.code = screen.code ?? null;
    this.visit?.remember(this.code);
    if (screen.name === "withdrawn") this.visit?.keepWayOut(screen.way_on);
    this.screen = screen;
    if (same) return this.current.update?.(screen);
    this.current = SCREENS[screen.name](this, screen, before);
    this.place.replaceChildren(this.current.node);
    this.surround();
    const { heading } = this.current;
    if (this.remember) document.title = `${heading.textContent} · ${this.study.title}`;
    if (!before && BEGINNINGS.includes(screen.name)) return this.visit?.greet(); // it has just been loaded
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    (heading.tagName === "H1" ? this.root : heading).scrollIntoView();
  }

  /** What stands around a screen. */
  surround() {
    const { head, dock, node, finished } = this.current;
    this.root.dataset.screen = this.screen.name;
    const title = this.screen.name === "consent" ? "" : this.study.title;
    this.head.replaceChildren(...(head ?? [h("p", { class: "x-brand" }, title)]));
    this.dock.replaceChildren(...(dock ? [dock] : []));
    this.dock.hidden = !dock;
    if (this.toolsOf !== this.code) { // once: it may be open while the screen changes
      this.toolsOf = this.code;
      this.panel?.remove();
      this.panel = codePanel(this);
      this.tools.append(this.panel);
    }
    this.panel.hidden = !this.code || Boolean(finished);
    const credit = this.study.posters && this.screen.name !== "show" ? this.t("posters") : "";
    this.footer.textContent = credit; // at a film it stands in the panel, so that all fits
    this.root.classList.toggle("x-docked", Boolean(dock));
    node.classList.add("x-fresh");
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
      const again = button(this.t("continue"), go);
      return this.offline.replaceChildren(h("p", {}, this.t("idle")), again);
    }
    if (!this.offline.firstChild) this.offline.append(h("p", {}, this.t("offline")));
  }

  /** A text of the study with its blanks filled in; numbers are written as the language has them. */
  t(name, values = {}) {
    const filled = (value) => (typeof value === "number" ? this.number(value) : (value ?? ""));
    const text = this.texts[name] ?? "";
    return text.replace(/\{\{|\}\}|\{(\w+)\}/g, (all, blank) => (blank ? filled(values[blank]) : all[0]));
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

  followKeys() {
    const press = (event) => this.press(event);
    const ours = (event) => {
      press(event);
      // JupyterLab would take the keys for itself: arrows move between cells, D twice deletes one.
      if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    };
    this.root.addEventListener("keydown", ours);
    if (!this.remember) return () => {};
    window.addEventListener("keydown", press); // on a page of its own also when nothing has the focus
    return () => window.removeEventListener("keydown", press);
  }

  press(event) {
    if (event.key === "Enter" && event.target.type === "radio") this.current?.enter?.();
    const digit = this.keys.digit(event);
    if (digit !== null && isAnswer(event.target) && this.current?.digit?.(digit, event.target)) {
      event.preventDefault();
    }
  }

  followLeaving() {
    const leave = () => this.current?.flush?.();
    const away = () => this.remember && this.code && this.send({ do: "away", left: document.hidden });
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", away);
    return () => {
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", away);
    };
  }
}

function download(file, name) {
  const blob = new Blob([JSON.stringify(file, null, 1)], { type: "application/json" });
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
