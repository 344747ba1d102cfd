// What somebody has rated and switched off. It lives in the model, which may have several views and
// is changed from Python too; here it is read, and changed in whole steps.

export class State {
  constructor(model, engine) {
    Object.assign(this, { model, engine });
    this.rows = new Map(engine.films.map(({ id }, row) => [id, row]));
  }

  get own() {
    return Boolean(this.model.get("own"));
  }

  /** [id, rating] of whoever is shown; the newest first. */
  get pairs() {
    return this.own ? this.known : this.model.get("sample") ?? this.invented();
  }

  /** One's own; a page's storage may hold anything. */
  get known() {
    const { low, high } = this.engine.scale;
    const fine = ([id, rating]) => this.rows.has(id) && low <= rating && rating <= high;
    return (this.model.get("rated") ?? []).filter(fine);
  }

  get ratings() {
    const off = new Set(this.model.get("off") ?? []);
    return this.pairs.map(([id, rating]) => ({ row: this.rows.get(id), rating, on: !off.has(id) }));
  }

  get nOwn() {
    return this.known.length;
  }

  get edited() {
    const sorted = (pairs) => JSON.stringify([...pairs].sort(([a], [b]) => a - b));
    return !this.own && sorted(this.model.get("sample") ?? this.invented()) !== sorted(this.invented());
  }

  get chosen() {
    return this.rows.get(this.model.get("film")) ?? null;
  }

  invented() {
    const { samplePerson, films } = this.engine;
    return samplePerson.map(({ row, rating }) => [films[row].id, rating]);
  }

  id(row) {
    return this.engine.films[row].id;
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  choose(row) {
    this.set({ film: this.id(row) });
  }

  turn(rows, on) {
    const ids = new Set(rows.map((row) => this.id(row)));
    const off = (this.model.get("off") ?? []).filter((id) => !ids.has(id));
    this.set({ off: on ? off : [...off, ...ids] });
  }

  allOn() {
    this.set(this.edited ? { off: [], sample: this.invented() } : { off: [] });
  }

  /** Rate a film, or rate it anew. The first of one's own ends the invented person's list. */
  rate(row, rating) {
    const id = this.id(row);
    const known = this.pairs.some(([other]) => other === id);
    const [own, pairs] = this.own || known ? [this.own, this.pairs] : [true, this.known];
    const there = pairs.some(([other]) => other === id);
    const changed = there
      ? pairs.map((pair) => (pair[0] === id ? [id, rating] : pair))
      : [[id, rating], ...pairs];
    const off = own === this.own ? {} : { off: [] };
    this.set({ [own ? "rated" : "sample"]: changed, own, ...off });
  }

  takeBack(row) {
    const id = this.id(row);
    const off = (this.model.get("off") ?? []).filter((other) => other !== id);
    this.set({ [this.own ? "rated" : "sample"]: this.pairs.filter(([other]) => other !== id), off });
  }

  startOwn() {
    this.set({ own: true, off: [] });
  }

  showSample() {
    this.set({ own: false, off: [], sample: this.invented() });
  }

  forget() {
    this.set({ own: false, off: [], rated: [], sample: this.invented(), notice: "" });
    this.model.send({ do: "forget" });
  }
}

/** What one change was: one rating switched, taken back, or something else. */
export function difference(before, now) {
  const was = new Map(before.map((rating) => [rating.row, rating]));
  const is = new Map(now.map((rating) => [rating.row, rating]));
  const gone = before.filter(({ row }) => !is.has(row));
  const come = now.filter(({ row }) => !was.has(row));
  const anew = now.filter(({ row, rating }) => was.has(row) && was.get(row).rating !== rating);
  const turned = now.filter(({ row, on }) => was.has(row) && was.get(row).on !== on);
  const n = gone.length + come.length + anew.length + turned.length;
  if (n === 1 && turned.length) return { what: "turned", row: turned[0].row, on: turned[0].on };
  if (n === 1 && gone.length) return { what: "gone", row: gone[0].row, on: gone[0].on };
  return { what: n ? "other" : "same" };
}
