// The participants' page: carries messages between study.js and the server through a websocket, and
// connects again by itself when the connection is lost.

import { LANGUAGE } from "./languages.js";
import study from "./study.js";

const FIRST = 1000; // ms until the first new attempt; the next ones wait longer
const LONGEST = 10000;
const DEAD = 20000; // ms without any reply: the connection only seems to be there

const main = document.getElementById("study");
const came = arrival(JSON.parse(main.dataset.parameters));
const given = { remember: true, code: "", texts: JSON.parse(main.dataset.texts), came };
const listeners = new Set();
let socket = null;
let idle = false;
let wait = FIRST;
let again, watch;

const tell = (message) => listeners.forEach((listener) => listener(message));

function connect() {
  clearTimeout(again);
  idle = false;
  const address = new URL("socket", location.href.split("#")[0]);
  address.protocol = address.protocol.replace("http", "ws");
  const own = (socket = new WebSocket(address));
  expect(own);
  own.onopen = () => {
    clearTimeout(watch);
    wait = FIRST;
    tell({ connection: "back" });
  };
  own.onmessage = (event) => {
    if (own !== socket) return;
    clearTimeout(watch);
    const message = JSON.parse(event.data);
    idle = message.connection === "idle";
    tell(message);
  };
  own.onclose = () => own === socket && lost();
}

/** Something has to come back through this socket, or it is given up. */
function expect(own) {
  clearTimeout(watch);
  watch = setTimeout(() => {
    own.close();
    if (own === socket) lost();
  }, DEAD);
}

function lost() {
  clearTimeout(watch);
  socket = null;
  if (idle) return;
  tell({ connection: "lost" });
  again = setTimeout(connect, wait * (0.75 + Math.random() / 2)); // not everybody at once
  wait = Math.min(1.6 * wait, LONGEST);
}

function hurry() {
  if (!socket && !idle && !document.hidden) connect();
}

window.addEventListener("online", hurry);
document.addEventListener("visibilitychange", hurry);

export const channel = {
  get: (name) => given[name],
  on: (_event, listener) => listeners.add(listener),
  off: (_event, listener) => listeners.delete(listener),
  send(message) {
    if (idle) return connect(); // study.js sends it again when the connection is back
    if (message.connection || socket?.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify(message));
    expect(socket);
  },
};

/** What the address told when the page was first loaded; it is taken out of the address, so that
 * it is in no history and on no screenshot, and kept for as long as the tab is open. */
function arrival(names) {
  const query = new URLSearchParams(location.search);
  const hash = new URLSearchParams(location.hash.slice(1));
  const address = Object.fromEntries(names.filter((name) => query.has(name)).map((name) => [name, query.get(name)]));
  const told = { address, invitation: hash.get("invitation") ?? "" };
  const store = `xrec ${location.pathname}`;
  if (!Object.keys(address).length && !told.invitation) {
    try {
      return JSON.parse(sessionStorage.getItem(store)) ?? told;
    } catch {
      return told; // the browser keeps nothing
    }
  }
  try {
    sessionStorage.setItem(store, JSON.stringify(told));
    for (const name of [...query.keys()]) if (name !== LANGUAGE) query.delete(name);
    hash.delete("invitation");
    const [search, rest] = [String(query), String(hash)];
    history.replaceState(null, "", location.pathname + (search && `?${search}`) + (rest && `#${rest}`));
  } catch {
    // then the address has to keep it
  }
  return told;
}

/** Another invitation pasted over this page's address: browsers do not load the page anew for it. */
window.addEventListener("hashchange", () => location.hash.includes("invitation=") && location.reload());

study.render({ model: channel, el: main });
connect();
