// The parts of the live page, each drawn anew when its figures have changed. What is drawn for the
// eye stands in words too.

import { h } from "./elements.js";

const MOST_DOTS = 14; // in a column; of more people, the number is said
const LOSS = 2.75; // rem of the longest bar
const before = new Map();
const format = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const n = (value) => format.format(value);
const count = (k, one, more = `${one}s`) => `${n(k)} ${k === 1 ? one : more}`;
const seen = (...children) => h("span", { "aria-hidden": "true" }, ...children);
const said = (text) => h("span", { class: "said" }, text);

export function draw(figures) {
  if (!figures.failed) {
    document.title = `${figures.finished}${figures.aim ? ` of ${figures.aim}` : ""} finished · ${figures.title}`;
    part("whose", [figures.kind, figures.study], whose);
    const { at, latest, server, storage, screens, ...short } = figures;
    part("in-short", [short], tiles);
    part("where", [screens, server.reading], axis);
    part("where-legend", [short.idle_minutes, short.release_minutes], axisLegend);
    part("cells-aim", [short.aim, short.cells.length], eachAim);
    part("cells", [short.cells, short.aim], cells);
    part("cells-legend", [Boolean(short.aim)], cellsLegend);
    part("latest-count", [latest.length, short.there], (shown, all) => [all > shown ? `${shown} of ${all}, latest first` : "latest first"]);
    part("latest", [latest, short.idle_minutes], table);
  }
  part("machine", [figures], machine);
}

/** Draw a part, unless it would look the same: what somebody reads or marks then stays. */
function part(id, values, make) {
  const key = JSON.stringify(values);
  if (before.get(id) === key) return;
  before.set(id, key);
  document.getElementById(id).replaceChildren(...make(...values).filter((child) => child !== null));
}

/** An element with a length that follows from a figure; the page's policy forbids style="…". */
function sized(node, property, value) {
  node.style[property] = value;
  return node;
}

function whose(kind, study) {
  const people = { real: "Real participants", pilot: "Trial run", simulated: "Simulated participants" };
  return [`${people[kind] ?? kind}, study ${study}`];
}

function tiles(figures) {
  const { began, since, finished, aim, there, idle, left, sent_away: away, minutes, checks } = figures;
  const day = since && new Date(since * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  return [
    tile(n(began), "began", since ? `since ${day}` : ""),
    tile(n(finished), aim ? `of ${n(aim)}` : "finished", aim ? "finished" : ""),
    tile(n(there), "there now", there ? `${n(idle)} of them idle` : ""),
    parts("left", left),
    Object.keys(away).length ? parts("sent away", away) : null,
    minutes && tile(minutes.median.toFixed(1), "minutes", `median; middle half ${minutes.low.toFixed(1)} to ${minutes.high.toFixed(1)}`),
    checks && tile(n(checks.failed), `of ${n(checks.of)}`, "failed an attention check"),
  ];
}

function parts(what, counts) {
  const some = Object.entries(counts).filter(([, k]) => k > 0);
  const all = some.reduce((sum, [, k]) => sum + k, 0);
  return tile(n(all), what, some.map(([name, k]) => `${n(k)} ${name}`).join(", "));
}

const tile = (figure, what, about) => h("li", {}, h("p", {}, h("b", {}, figure), ` ${what}`), h("p", { class: "soft" }, about));

function axis(screens, reading) {
  const consent = { short: "C", label: "consent", active: reading, idle: 0, left: 0, seconds: null };
  const all = [consent, ...screens];
  const most = Math.max(...all.map((screen) => screen.left), 1);
  const names = h("li", { class: "names", "aria-hidden": "true" }, h("span", {}, "There now"), h("span", {}, "Screen"), h("span", {}, "Left"), h("span", {}, "Seconds"));
  return [names, ...all.map((screen) => column(screen, most))];
}

function column({ short, label, active, idle, left, seconds }, most) {
  const people = active + idle;
  const dots = [...Array(Math.min(active, MOST_DOTS)).fill("dot"), ...Array(Math.min(idle, Math.max(MOST_DOTS - active, 0))).fill("dot idle")];
  const words = [people ? `${n(active)} active, ${n(idle)} idle` : "nobody there", `${n(left)} left`];
  if (seconds !== null) words.push(`median ${Math.round(seconds)} seconds`);
  return h(
    "li",
    { title: `${label}: ${words.join(", ")}` },
    said(`${label}: ${words.join(", ")}`),
    h("span", { class: "dots", "aria-hidden": "true" }, dots.map((name) => h("i", { class: name })), people > MOST_DOTS && h("em", {}, n(people))),
    h("span", { class: "name", "aria-hidden": "true" }, short),
    h("span", { class: "loss", "aria-hidden": "true" }, left > 0 && sized(h("i"), "blockSize", `${(LOSS * left) / most}rem`), left > 0 && n(left)),
    h("span", { class: "seconds", "aria-hidden": "true" }, seconds === null ? "" : n(Math.round(seconds))),
  );
}

function axisLegend(idle, release) {
  return [
    h("li", {}, seen(h("i", { class: "dot" })), "active"),
    h("li", {}, seen(h("i", { class: "dot idle" })), `idle for ${idle} minutes`),
    h("li", {}, seen(h("i", { class: "bar lost" })), `left: silent for ${release} minutes, not finished`),
    h("li", {}, "C consent (open windows), Q questionnaires, R rating, numbers films; seconds: median time there"),
  ];
}

const eachAim = (aim, cells) => [aim && cells > 1 ? `aim: ${n(Math.ceil(aim / cells))} each` : ""];

function cells(found, aim) {
  const each = aim ? Math.ceil(aim / found.length) : 0;
  const scale = 100 / Math.max(each, ...found.map((cell) => cell.finished + cell.under_way), 1);
  return found.map(({ label, finished, under_way: coming }) => {
    const bars = h("span", { class: "bars", "aria-hidden": "true" });
    if (finished) bars.append(sized(h("i", { class: "bar" }), "inlineSize", `${finished * scale}%`));
    if (coming) bars.append(sized(h("i", { class: "bar coming" }), "inlineSize", `${coming * scale}%`));
    if (each) bars.append(sized(h("i", { class: "aim" }), "insetInlineStart", `${each * scale}%`));
    const words = `${n(finished)} finished, ${n(coming)} under way`;
    return h("li", {}, h("span", { class: "label" }, label), bars, h("span", { class: "sum", "aria-hidden": "true" }, `${n(finished)} + ${n(coming)}`), said(words));
  });
}

function cellsLegend(aimed) {
  return [
    h("li", {}, seen(h("i", { class: "bar" })), "finished"),
    h("li", {}, seen(h("i", { class: "bar coming" })), "under way"),
    aimed ? h("li", {}, seen(h("i", { class: "aim" })), "aim") : null,
  ];
}

function table(latest, idle) {
  if (!latest.length) return [h("p", { class: "soft" }, "Nobody.")];
  const heading = (text) => h("th", { scope: "col" }, text);
  const rows = latest.map(({ code_end: code, screen, minutes, seconds_ago: ago }) =>
    h("tr", {}, h("td", {}, h("code", {}, `…${code}`)), h("td", {}, screen), h("td", {}, n(Math.round(minutes))), h("td", {}, `${age(ago)}${ago > 60 * idle ? ", idle" : ""}`)),
  );
  return [h("table", {}, h("thead", {}, h("tr", {}, heading("Code ends in"), heading("Screen"), heading("Minutes"), heading("Last step"))), h("tbody", {}, rows))];
}

function machine({ failed, server, storage, at, last_saved: saved }) {
  const rows = [];
  const row = (name, ...children) => rows.push(h("div", {}, h("dt", {}, name), h("dd", {}, ...children)));
  if (failed) row("Figures", h("strong", {}, "cannot be read"), h("p", {}, failed));
  const { error } = server;
  if (error) row("Last error", h("strong", {}, `${age(error.seconds_ago)} ago, ${error.times === 1 ? "once" : `${n(error.times)} times`}`), h("p", {}, `${error.words} ${error.outcome}`));
  else row("Last error", "none");
  if (storage) {
    if (storage.free !== null) row("Disk", storage.nearly_full && h("strong", {}, "nearly full: "), `${size(storage.disk - storage.free)} used, ${size(storage.free)} free`, meter(1 - storage.free / storage.disk));
    row("Answers", `${storage.bytes === null ? "" : `${size(storage.bytes)}, `}${saved === null ? "none yet" : `last saved ${age(at - saved)} ago`}`, h("p", { class: "soft" }, storage.where));
    row("Backup", backup(storage));
  }
  const replies = server.reply_ms === null ? "" : `; replies in ${n(server.reply_ms)} ms (median)`;
  row("Running", `${age(server.seconds)}, ${count(server.windows, "window")} open${replies}`);
  return rows;
}

function backup({ backup: last, free }) {
  if (last) return `${new Date(last.at * 1000).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}, ${count(last.participants, "participant")}`;
  return free === null ? "not known here" : "none by xrec backup";
}

const meter = (share) => h("span", { class: "meter", "aria-hidden": "true" }, sized(h("i"), "inlineSize", `${100 * share}%`));

function age(seconds) {
  if (seconds < 100) return `${Math.max(Math.round(seconds), 0)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? count(Math.round(seconds / 3600), "hour") : count(Math.round(seconds / 86400), "day");
}

function size(bytes) {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 4);
  return `${n(bytes / 1000 ** power)} ${["bytes", "KB", "MB", "GB", "TB"][power]}`;
}
