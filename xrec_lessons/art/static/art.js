// Draw film art: the same picture, letter for letter, as art/painter.py, from the same motifs.

import { ART } from "./motifs.js";

const MOTIFS = Object.values(ART.motifs).map((motif) => motif.split("|"));
const SIZES = [[15, 2], [13, 3], [11, 4], [9, 5]]; // of letters, and how many lines they may fill
const [LEFT, LINE] = [8, 104]; // where the title begins, and how long a line may be
const TITLED = 80; // px from which there is room for a title
const NARROW = " !'(),-./1:;I[]|ÌÍÎÏ·’";
const WIDE = "%&@MWm—ŒÆЖШЩЮ";
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;
const UNFIT = /[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+/g;
const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };

/** The SVG, as text, of a film with that code; with its title from 80 px of width on. */
export function art(code, { title = "", width = 120 } = {}) {
  const [motif, inks] = [MOTIFS[code >> 8], (code >> 1) & 127];
  const papers = ART.papers[inks >> 2];
  const order = ART.orders[inks & 3];
  const layers = motif.map((layer) => `<path fill="${papers[order[layer[0]]]}" d="${layer.slice(1)}"/>`).join("");
  const turned = code & 1 ? `<g transform="matrix(-1 0 0 1 120 0)">${layers}</g>` : layers;
  const words = width >= TITLED ? band(title, papers) : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 180" width="${width}" height="${Math.floor(width * 1.5)}" aria-hidden="true" focusable="false"><path fill="${papers[order[0]]}" d="M0 0H120V180H0z"/>${turned}${words}</svg>`;
}

/** The title in condensed capitals on a dark strip. */
function band(title, papers) {
  const [size, lines] = wrapped(title);
  if (!lines.length) return "";
  const top = 180 - 8 - size * lines.length - 4;
  const right = lines.some((line) => RIGHT_TO_LEFT.test(line));
  const texts = lines.map((line, k) => {
    const y = top + 6 + size * (k + 1) - Math.floor(size / 5);
    return `<text x="${right ? 120 - LEFT : LEFT}" y="${y}" textLength="${Math.ceil((length(line) * size) / 100)}" lengthAdjust="spacingAndGlyphs">${escaped(line)}</text>`;
  });
  return `<path fill="${papers[0]}" d="M-1 ${top + 1}L121 ${top - 2}V181H-1z"/><g fill="${papers[3]}" font-family="'Arial Narrow','Helvetica Neue',Arial,sans-serif" font-weight="700" font-size="${size}" direction="${right ? "rtl" : "ltr"}" letter-spacing="0">${texts.join("")}</g>`;
}

/** Size of the letters and the lines: the largest at which all words find room. */
function wrapped(title) {
  const plain = title.replace(UNFIT, " ").trim();
  const words = (plain.replace(/ *\([^]*/, "") || plain).toUpperCase().split(" ").filter(Boolean);
  for (const [size, most] of SIZES) {
    const lines = filled(words, size);
    if (lines.length <= most && lines.every((line) => length(line) * size <= LINE * 100)) return [size, lines];
  }
  const [size, most] = SIZES.at(-1);
  const pieces = words.flatMap((word) => broken(word, size));
  const lines = filled(pieces, size);
  if (lines.length > most) lines.splice(most - 1, Infinity, shortened(lines[most - 1], size));
  return [size, lines];
}

function filled(words, size) {
  const lines = [];
  for (const word of words) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && length(longer) * size <= LINE * 100) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** A word too long for a line, in pieces. */
function broken(word, size) {
  const pieces = [""];
  for (const letter of word) {
    if (length(pieces.at(-1) + letter) * size > LINE * 100) pieces.push(letter);
    else pieces[pieces.length - 1] += letter;
  }
  return pieces;
}

function shortened(line, size) {
  const letters = [...line];
  while (length(`${letters.join("")}…`) * size > LINE * 100) letters.pop();
  return `${letters.join("").trim()}…`;
}

/** Width of a line in hundredths of the letters' size. */
function length(line) {
  let sum = 0;
  for (const letter of line) {
    sum += NARROW.includes(letter) ? 27 : WIDE.includes(letter) ? 70 : letter < "\u2e80" ? 54 : 100;
  }
  return sum;
}

const escaped = (text) => text.replace(/[&<>"']/g, (letter) => ESCAPED[letter]);
