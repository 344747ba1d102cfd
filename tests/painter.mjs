// Draws explanations with the page's cards.js, in as much of a document as it needs, and prints
// the HTML. Reads [{explanation, content, film}, …] and the texts of a study from a file.

import { readFileSync } from "node:fs";

const escape = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

class Node {
  constructor(tag) {
    Object.assign(this, { tag, attributes: {}, children: [] });
  }

  setAttribute(name, value) {
    this.attributes[name] = String(value);
  }

  append(...children) {
    this.children.push(...children);
  }

  get html() {
    const given = Object.entries(this.attributes).map(([name, value]) => ` ${name}="${escape(value)}"`);
    const inner = this.children.map((child) => child.html ?? escape(String(child)));
    return `<${this.tag}${given.join("")}>${inner.join("")}</${this.tag}>`;
  }
}

globalThis.document = {
  createElement: (tag) => new Node(tag),
  createElementNS: (_space, tag) => new Node(tag),
};

const [folder, file] = process.argv.slice(2);
const { explanationDrawn } = await import(`${folder}/cards.js`);
const { Study } = await import(`${folder}/study.js`);
const { items, study } = JSON.parse(readFileSync(file, "utf8"));
const app = Object.assign(Object.create(Study.prototype), { study, texts: study.texts });
console.log(JSON.stringify(items.map((item) => explanationDrawn(app, item)?.node.html)));
