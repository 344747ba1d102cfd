// The explorer, in anywidget's interface: the same in every notebook and on a page of its own. What
// was rated is in the model, which may have several views and is changed from Python too.

import { openData } from "./engine.js";
import { h, newId, s } from "./dom.js";
import { art } from "./art.js";
import { followGround } from "./ground.js";
import { domainOf, rankingSection, topFive } from "./ranking.js";
import { ratedSection } from "./rated.js";
import { Say, early } from "./say.js";
import { State, difference } from "./state.js";
import { whySection } from "./why.js";

const TRAITS = ["rated", "sample", "own", "off", "film", "notice", "place"];
const CHANGED = TRAITS.map((name) => `change:${name}`).join(" ");
const QUIET = 700; // ms after the last change until it is said
const PATIENCE = 15000; // ms until it is said that no data have come
const WIDTHS = { "xe-tiny": 20, "xe-small-art": 34, "xe-top-art": 44, "xe-large-art": 100 };

export const explorer = {
  render({ model, el }) {
    const root = h("div", { class: "xrec-explorer", lang: "en", dir: "ltr" });
    el.append(root);
    // JupyterLab would take the keys for itself: B adds a cell, D twice deletes one, arrows leave.
    root.addEventListener("keydown", (event) => event.ctrlKey || event.metaKey || event.stopPropagation());
    const undo = [followGround(el, (dark) => (root.dataset.theme = dark ? "dark" : "light"))];
    let over = false;
    const waiting = h("p", { class: "xe-page xe-waiting-text", role: "status" }, early("waiting"));
    root.append(waiting);
    const late = setTimeout(() => (waiting.textContent = early("asleep")), PATIENCE);
    dataOf(model, undo).then(openData).then((engine) => {
      clearTimeout(late);
      if (over) return;
      waiting.remove();
      const explorer = new Explorer(model, engine, root);
      undo.push(() => explorer.close());
    }).catch((error) => {
      clearTimeout(late);
      waiting.setAttribute("role", "alert");
      waiting.textContent = early("broken");
      waiting.append(h("small", {}, ` (${error?.message ?? error})`));
    });
    return () => {
      over = true;
      clearTimeout(late);
      undo.forEach((end) => end());
      root.remove();
    };
  },
};

export default explorer;

/** The bytes: a page has them; a notebook's kernel sends them when it is asked, once a view. */
function dataOf(model, undo) {
  if (model.data) return model.data();
  return new Promise((resolve, reject) => {
    const take = (message, buffers) => {
      if (message?.explorer === "data") resolve(buffers[0]);
      else if (message?.explorer === "broken") reject(new Error(message.why));
    };
    model.on("msg:custom", take);
    undo.push(() => model.off("msg:custom", take));
    model.send({ do: "data" });
  });
}

export class Explorer {
  constructor(model, engine, root) {
    Object.assign(this, { model, engine, root, now: null, before: null });
    root.explorer = this; // for the console, and for tests
    this.difference = { what: "same" };
    this.say = new Say(engine);
    this.state = new State(model, engine);
    this.status = h("p", { class: "xe-hidden", role: "status" });
    this.notice = h("p", { class: "xe-notice", hidden: true });
    this.level = model.get("level") === 1 ? 1 : 2;
    this.lead = h("p", { class: "xe-lead" });
    this.actions = h("p", { class: "xe-actions" });
    const title = this.heading(0, { class: "xe-heading" }, this.say.t("heading"));
    this.parts = [ratedSection(this), rankingSection(this), whySection(this), topFive(this)];
    const page = h("div", { class: "xe-page", role: "group", "aria-labelledby": title.id },
      h("div", { class: "xe-top" }, title, this.lead, this.actions), this.notice,
      this.parts.map(({ node }) => node), this.status);
    root.append(page);
    this.asked = false;
    this.changed = () => {
      if (this.asked) return;
      this.asked = true;
      queueMicrotask(() => this.settle());
    };
    model.on(CHANGED, this.changed);
    this.render();
  }

  /** A heading so many levels below the explorer's own. */
  heading(below, attributes, ...children) {
    const given = { id: newId("heading"), class: below === 1 ? "xe-h" : "xe-h xe-sub", ...attributes };
    return h(`h${this.level + below}`, given, ...children);
  }

  close() {
    clearTimeout(this.timer);
    this.closed = true;
    this.model.off(CHANGED, this.changed);
  }

  /** Show what has changed, now. */
  settle() {
    if (!this.asked || this.closed) return;
    this.asked = false;
    this.render();
  }

  render() {
    const { engine, state } = this;
    const was = this.now;
    const { ratings, own } = state;
    const person = !was || was.own !== own;
    const what = person ? { what: "person" } : difference(was.ratings, ratings);
    const same = what.what === "same";
    const fit = same ? was.fit : engine.fit(ratings);
    const ranking = same ? was.ranking : fit.ranking(engine.films.length);
    const places = same ? was.places : new Map(ranking.map(({ row }, k) => [row, k + 1]));
    const follows = person || (what.what === "other" && own); // who rates looks at the first place
    const wished = [state.chosen, follows ? null : was?.chosen].find((row) => places.has(row));
    const chosen = wished ?? ranking[0]?.row ?? null;
    const effects = chosen === null ? [] : fit.influence(chosen);
    this.now = {
      own, ratings, fit, ranking, places, chosen,
      prediction: chosen === null ? null : fit.prediction(chosen),
      effects: new Map(effects.map((effect) => [effect.row, effect])),
      domain: same ? was.domain : domainOf(ranking, this.say.unit, person ? null : was.domain),
    };
    if (!same) {
      this.before = person ? null : was;
      this.difference = what;
    }
    this.head();
    for (const part of this.parts) part.render();
    if (was) this.announce(same && was.chosen !== chosen);
  }

  head() {
    const { say, state } = this;
    const { ratings, own } = this.now;
    const off = ratings.some((rating) => !rating.on);
    const untouched = !own && !off && !this.before;
    this.lead.textContent = say.t(untouched ? "guess" : ratings.length ? "lead" : "begin");
    const notice = this.model.get("notice") ?? "";
    if (notice !== this.notice.textContent && notice) this.tell(notice);
    this.notice.textContent = notice;
    this.notice.hidden = !notice;
    const link = (name, act, values) =>
      [name, h("button", { type: "button", class: "xe-link", onclick: act, "data-name": name }, say.t(name, values))];
    const links = new Map([
      (off || state.edited) && link(state.edited ? "undo" : "all_on", () => state.allOn()),
      !own && (state.nOwn
        ? link("back_to_own", () => state.startOwn(), { n: state.nOwn })
        : link("own", () => [state.startOwn(), this.settle(), this.parts[0].focus()])),
      own && link("sample", () => state.showSample()),
      (state.nOwn > 0 && own || this.model.get("broken")) && link("forget", () => this.sure()),
    ].filter(Boolean));
    const focused = this.actions.contains(document.activeElement) && document.activeElement.dataset.name;
    this.actions.replaceChildren(...links.values());
    if (focused) (links.get(focused) ?? links.values().next().value)?.focus();
  }

  /** Forgetting cannot be undone, so it is asked once more. */
  sure() {
    const { say, state } = this;
    const button = (name, act) =>
      h("button", { type: "button", class: "xe-link", onclick: act, "data-name": name }, say.t(name));
    const yes = button("forget_yes", ({ detail }) => detail < 2 && state.forget());
    const no = button("forget_no", () => [this.head(), this.actions.querySelector("[data-name=forget]")?.focus()]);
    const question = state.nOwn ? say.t("forget_sure", { n: state.nOwn }) : say.t("forget_broken");
    this.actions.replaceChildren(h("span", {}, question), yes, no);
    no.focus();
    this.tell(question);
  }

  /** From the row of five on a small screen to the film's reasons. */
  lookAt(row) {
    this.state.choose(row);
    this.settle();
    const why = this.parts[2];
    why.focus();
    why.node.scrollIntoView({ block: "start" });
  }

  tell(text) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.status.textContent = text), 100);
  }

  announce(onlyChosen) {
    clearTimeout(this.timer);
    const { say, engine } = this;
    this.timer = setTimeout(() => {
      const { ranking, chosen, prediction, places } = this.now;
      const [first] = ranking;
      const said = chosen === null ? engine.texts.nothing_left : [
        !onlyChosen && say.t("first", { film: engine.films[first.row].name, mean: say.mean(first.mean) }),
        (onlyChosen || chosen !== first.row) && say.t("chosen", {
          film: engine.films[chosen].name, mean: say.mean(prediction.mean), place: places.get(chosen),
        }),
      ].filter(Boolean).join(" ");
      this.status.textContent = said;
    }, QUIET);
  }

  /** A film's picture; its title stands beside it, so it is silent. */
  picture(row, kind) {
    const { art: code, title } = this.engine.films[row];
    const node = h("span", { class: `xe-art ${kind}`, "aria-hidden": "true" });
    if (code === null) node.append(s("svg", { viewBox: "0 0 2 3" }));
    else node.innerHTML = art(code[0], { title, width: WIDTHS[kind] }); // escaped there
    return node;
  }
}
