// Messages to the server: nothing that somebody entered may get lost on the way.

const SILENCE = 6000; // ms without a reply, then the participant is told
const AGAIN = 3000; // ms until something that could not be saved is sent again
/** Messages that leave a screen. */
export const MOVES = new Set(["begin", "resume", "recommend", "reveal", "plot", "next", "back", "withdraw"]);

const numbers = new WeakMap(); // of messages, for each model: two views of one must not share any

/** What a message decides anew: of two with the same subject only the later one counts. */
function subject({ do: step, place, question, movie }) {
  if (["answer", "reply"].includes(step)) return `${place} ${question}`;
  return ["rate", "unrate"].includes(step) ? `film ${movie}` : null;
}

/** Messages that have no reply yet; sent again, in order, after the connection was lost. */
export class Post {
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
