// What the explorer says. The words of an explanation come with the data, from `words.py`.

const TEXTS = {
  heading: "What if you had not rated it?",
  lead: "Switch a rating off, or press its bar, and see what it was doing.",
  guess: "Guess first: which one of these ratings matters most? Then switch it off.",
  begin: "Find films that you have seen; the first rating already moves the list.",
  mine: "Your ratings",
  invented: "An invented person’s ratings",
  invented_note: "Nobody real: we made them up, so that there is something to try.",
  own: "Start with my own",
  back_to_own: "Back to my own ({n})",
  sample: "Show the invented person",
  all_on: "All back on",
  undo: "As it was",
  forget: "Forget my ratings",
  forget_sure: "Forget all {n} for good?",
  forget_broken: "Delete the file of kept ratings?",
  forget_yes: "Yes, forget",
  forget_no: "No, keep",
  count: "{on} on, {off} off",
  count_on: "{on} on",
  find: "Find a film to rate",
  find_own: "Find a film you have seen",
  find_none: "No film here is called anything like “{query}”. Here are the {n} that most people rated.",
  find_popular: "Rated by most people",
  found: "{n} found",
  is_rated: "rated {rating}",
  stars_of: "Your rating of {film}",
  not_yet: "not rated yet",
  give: "How did you like it?",
  switch: "Count {film}, {rating}",
  take_back: "Take back the rating of {film}",
  cancel: "Do not rate {film}",
  predicted_here: "predicted {value}",
  off_means: "Off means: as if it had never been rated, and all the rest unchanged. The line among its stars is what the others predict.",
  off_means_points: "Off means: as if it had never been rated, and all the rest unchanged.",
  lambda: "λ, which says how firmly the models hold somebody to the average, is part of the rest: it counts every rating here, on or off.",
  kept_file: "Kept in {place}.",
  kept_browser: "Kept in this browser only.",
  kept_nowhere: "Not kept: this browser gives no room for it. Your ratings last until you close the page.",
  none_yet: "Nothing is rated yet.",
  models: "What {n} models make of them",
  models_one: "What the model makes of them",
  average: "What everybody likes",
  average_off: "With all of them off",
  row: "{place}. {film}, {mean}, models from {low} to {high}{moved}",
  moved_up: ", up {n}",
  moved_down: ", down {n}",
  moved_in: ", new here",
  is_new: "new",
  few: "Only {n} films are left to recommend.",
  few_one: "Only one film is left to recommend.",
  left_out: "Chosen from the {n} films that fit into this page; {more} more, rated by fewer people, are left out.",
  left_out_one: "Chosen from the {n} films that fit into this page; one more, rated by fewer people, is left out.",
  leads: "leads, but needs your",
  leads_rest: "Without {them}",
  it: "it",
  them: "them",
  comes_first: "comes first.",
  firm: "comes first whichever {n} of your ratings you take away.",
  firm_one: "comes first whichever of your ratings you take away.",
  looking: "Looking for the fewest ratings without which another film comes first …",
  try: "Try it",
  predicted: "stars predicted",
  predicted_points: "predicted, of {high}",
  predicted_signed: "predicted, from {low} to {high}",
  now_at: "now in place {place}",
  without: "without",
  with: "with",
  just: "just what its bar said",
  took_back: "Taken back for good: {before} became {after}, while the bar had said {effect}. The bar holds λ, which counts your ratings; now there is one fewer.",
  effects: "Each rating’s effect",
  lowers_key: "lowers",
  raises_key: "raises",
  bar_on: "Take away {film}, {rating}: it {effect}",
  bar_off: "Taken away: {film}, {rating}. Counted again, it {effect}",
  show_all: "Show all {n}",
  show_less: "Show the strongest only",
  press: "Press a bar: that rating is gone, and the prediction falls or rises by just what the bar says. Whiskers: how far the {n} models differ.",
  press_one: "Press a bar: that rating is gone, and the prediction falls or rises by just what the bar says.",
  no_effects: "No rating, no effect: this is what people in general give it.",
  rule: "A rule from other people’s lists",
  liked: "Liked",
  and: "and",
  leads_to: "leads to",
  in_ten_with: "{n} in 10 people with {it} have this too",
  in_ten_all: "{n} in 10 of all people have this",
  empty_rule: "Hardly more than of all people: this rule tells next to nothing.",
  ease_heading: "Another recommender, EASE",
  ease: "Not what chose this list. It has this film in place {place} of {n}; it looks only at which films you liked, and its score, {score} of 100, is the sum of these bars.",
  ease_off: "Every film that you liked is off, so it has nothing to add up.",
  takes_key: "takes",
  adds_key: "adds",
  ease_press: "Press a bar: that rating is gone, here and above, and this score falls or rises by just that part.",
  just_part: "just its part",
  similar: "Similar users",
  similar_note: "True under every film here, and for everybody.",
  first: "In first place: {film}, {mean}.",
  chosen: "{film}: {mean}, place {place}.",
  top: "The first five",
  broken: "The explorer’s data cannot be read, so nothing can be shown. Run this cell again, or load the page again; if that does not help, make the bundle again.",
  waiting: "Getting the models …",
  asleep: "The models have not come: run this cell to start the explorer.",
};

export class Say {
  constructor(engine) {
    const { scale, texts, called } = engine;
    this.scale = scale;
    this.texts = texts ?? {};
    this.called = called ?? ["film", "films"];
    const unit = scale.stars ? 1 : (scale.high - scale.low) / 4.5;
    this.unit = unit;
    this.digits = unit < 8 ? 2 : 1;
  }

  t(name, values = {}) {
    return filledIn(inOtherWords(TEXTS[name] ?? "", this.called), values);
  }

  /** A text of the explanations, such as the sentence on similar users. */
  of(name, values = {}) {
    return filledIn(this.texts[name] ?? "", values);
  }

  number(value, more = 0) {
    return signs(value.toFixed(this.digits + more));
  }

  change(value, more = 0) {
    const text = this.number(Math.abs(value), more);
    return Number(text) === 0 ? text : (value < 0 ? "−" : "+") + text;
  }

  /** A rating as it was given: “4.5 stars”, “7 of 10”. */
  rating(value) {
    const n = plain(value);
    if (value === 1 && this.texts.star) return this.texts.star;
    return this.of("stars", { n }) || n;
  }

  count(n) {
    return NUMBERS[n] ?? plain(n);
  }

  /** The same beside a bar: “4.5★”, “7”. */
  short(value) {
    return plain(value) + (this.scale.stars ? "★" : "");
  }

  mean(value) {
    const n = this.number(value);
    return this.of("stars", { n }) || n;
  }

  effect(effect, spread = 0) {
    const n = this.number(Math.abs(effect));
    if (Number(n) === 0) return this.texts.hardly ?? "hardly moves it";
    const size = this.of("size", { n }) || n;
    const said = this.of(effect > 0 ? "raises" : "lowers", { effect: size });
    return spread ? `${said} ± ${this.number(spread)}` : said;
  }

  /** A part of a score of EASE, in hundredths: “+4.2”. */
  part(size, signed = true) {
    const text = (100 * (signed ? Math.abs(size) : size)).toFixed(1).replace(/^-(0\.0)$/, "$1");
    return signed && Number(text) !== 0 ? (size < 0 ? "−" : "+") + text : signs(text);
  }

  partInWords(size) {
    const part = (100 * Math.abs(size)).toFixed(1);
    return this.of(Number(part) === 0 ? "ease_hardly" : size > 0 ? "ease_adds" : "ease_takes", { part });
  }

  predicted() {
    const { stars, low, high } = this.scale;
    const name = stars ? "predicted" : low < 0 ? "predicted_signed" : "predicted_points";
    return this.t(name, { low: plain(low), high: plain(high) });
  }
}

/** Texts that are needed before there are any data. */
export const early = (name) => TEXTS[name];

export function filledIn(text, values) {
  return text.replace(/\{(\w+)\}/g, (all, blank) => values[blank] ?? all);
}

/** For other things than films: “film” and “films” as they are called here. */
function inOtherWords(text, [one, several]) {
  return text.replace(/(?<![\w{])([Ff])ilm(s?)(?![\w}])/g, (_all, first, s) => {
    const word = s ? several : one;
    return first === "F" ? word[0].toUpperCase() + word.slice(1) : word;
  });
}

/** A title for a narrow place: without other names in brackets, and of an episode its number. */
export function shortTitle(title) {
  const main = title.replace(/\s*\([^()]*\)\s*/g, " ").trim() || title;
  return main.replace(/: Episode ([IVX]+|\d+) - /, " $1: ");
}

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/** A number as people write it, without the noise of binary fractions. */
export const plain = (value) => signs(String(Number(value.toFixed(4))));
const signs = (text) => text.replace("-", "−");
