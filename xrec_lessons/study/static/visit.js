// Whose visit this is: the code that this tab remembers, so that a reload goes on, and when it is
// forgotten, so that the next person at a shared computer sees nothing of the last one's. A code that
// comes in the address is taken out of it: addresses stay in a browser's history.

const KEPT = "xrec-visit";
const AWAY = 60; // minutes without a key or a click; who is away longer goes on with their code
const READ = 10; // the same on a last screen, which shows all answers
const LOOK = 15_000; // ms

export class Visit {
  constructor(app) {
    this.app = app;
    this.at = Date.now();
    const touch = () => [(this.at = Date.now()), this.keep()];
    const leave = () => this.held && this.over() && this.forget();
    const again = (event) => event.persisted && location.reload(); // from the browser's own copy
    const follow = () => this.inAddress() && [(this.app.code = this.code()), this.app.open()];
    const heard = { pointerdown: touch, keydown: touch, pagehide: leave, pageshow: again, hashchange: follow };
    for (const [name, listener] of Object.entries(heard)) window.addEventListener(name, listener, true);
    const timer = setInterval(() => this.look(), LOOK);
    document.addEventListener("visibilitychange", () => this.look());
    this.close = () => {
      clearInterval(timer);
      for (const [name, listener] of Object.entries(heard)) window.removeEventListener(name, listener, true);
    };
  }

  /** Whether somebody has come to the end, and has no way back to a platform to go. */
  over() {
    return this.app.current?.finished && !this.app.current.owed;
  }

  inAddress() {
    return new URLSearchParams(location.hash.slice(1)).get("code");
  }

  /** The code to begin with, or null. */
  code() {
    const given = this.inAddress();
    if (given) {
      history.replaceState(history.state, "", location.pathname + location.search);
      this.remember(given);
      return given;
    }
    const { code, at } = kept();
    if (!code || Date.now() - at < AWAY * 60_000) return code ?? null;
    this.forget({ away: true });
    return null;
  }

  remember(code) {
    if (this.held && !code) return this.forget();
    this.held = code;
    this.keep();
  }

  keep() {
    if (this.held) keep({ code: this.held, at: this.at });
  }

  forget(then = {}) {
    this.held = null;
    forgetAll();
    keep(then);
  }

  /** Who withdrew finds the way back to their platform after a reload, too; nothing else is kept. */
  keepWayOut(link) {
    if (link) keep({ link, at: this.at });
  }

  /** That link, unless somebody has come anew with another address, or much later. */
  wayOut() {
    const { link, at } = kept();
    const { address = {}, invitation } = this.app.model.get("came") ?? {}; // a notebook has none
    const anew = Object.keys(address).length > 0 || invitation;
    return !this.held && !anew && Date.now() - at < READ * 60_000 ? link : "";
  }

  /** Say why the page begins anew, if it does. */
  greet() {
    if (!kept().away) return;
    keep({});
    this.app.say(this.app.t("away"));
  }

  /** Clear the page if nobody has been here for too long. */
  look() {
    const limit = this.over() ? READ : AWAY;
    if (!this.held || Date.now() - this.at < limit * 60_000) return;
    this.forget({ away: true });
    this.app.place.replaceChildren();
    location.reload();
  }
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {}; // the browser keeps nothing, or something else wrote there
  }
}

function keep(what) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(what));
  } catch {
    // then a reload asks for the code
  }
}

/** Also what the address told, which page.js keeps. */
function forgetAll() {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith("xrec")) sessionStorage.removeItem(name);
  } catch {
    // there is nothing
  }
}
