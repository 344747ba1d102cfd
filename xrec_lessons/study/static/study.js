// What a participant sees, in anywidget's interface: the same in JupyterLab, Voilà and on the
// participants' page. Where somebody is, and every text, comes from the server; nothing is decided
// here. This is the frame around the screens; each of them has a module of its own.

import { closed } from "./closed.js";
import { consent } from "./consent.js";
import { button, h } from "./elements.js";
import { codeOf, debrief, withdrawal, withdrawn } from "./end.js";
import { languagesWanted } from "./languages.js";
import { MOVES, Post } from "./post.js";
import { rate } from "./rate.js";
import { show } from "./show.js";

const WITHDRAWN = { name: "withdrawn", step: "withdrawn" };

const SCREENS = { closed, consent, rate, show, withdrawn, done: debrief, "too few": debrief };

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
    const ours = (event) => event.ctrlKey || event.metaKey || event.stopPropagation();
    this.root = h("div", { class: "xrec-study", onkeydown: ours }, page);
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

  /** Leave this screen: once, also when the button is clicked twice. */
  move(message) {
    if (!this.post.has(({ do: step }) => MOVES.has(step))) this.send(message);
  }

  take(message, reply) {
    if (["consent", "closed"].includes(reply.screen?.name) && this.post.has(({ do: step }) => step === "withdraw")) {
      reply = { ...reply, notice: "", screen: WITHDRAWN }; // its reply was lost, it was done
    }
    if (reply.study) this.takeStudy(reply.study);
    if (message) this.current?.replied?.(message, reply);
    const silent = ["search", "away"].includes(message?.do) && !reply.notice;
    if (message && !silent) this.say(reply.notice ?? "");
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
    for (const node of [this.root, this.remember && document.documentElement].filter(Boolean)) {
      node.lang = study.language;
      node.dir = study.direction;
    }
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
    const away = () => this.remember && this.code && this.send({ do: "away", left: document.hidden });
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", away);
    return () => {
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", away);
    };
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

function download(file, name) {
  const blob = new Blob([JSON.stringify(file, null, 1)], { type: "application/json" });
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
