// Digit keys answer, whatever the keyboard: `event.code` names the key's place, so that the row of
// digits works where it types letters first (AZERTY) or other digits (Arabic), and so does the pad.
// One can switch them off: who dictates might answer by mistake (WCAG 2.1.4).

const OFF = "xrec-digit-keys-off";

/** The digit that was pressed, or null. */
export function digitOf({ code, key, ctrlKey, metaKey, altKey }) {
  const [, digit] = /^(?:Digit|Numpad)(\d)$/.exec(code) ?? [];
  const moves = key.length > 1; // the pad without NumLock
  return digit === undefined || moves || ctrlKey || metaKey || altKey ? null : Number(digit);
}

/** What a digit stands for on a scale: 0 is ten, unless it is on the scale itself. */
export function valueOf(digit, values) {
  return [digit, digit === 0 && 10].find((value) => value !== false && values.includes(value));
}

/** Whether a key there is an answer, and no text that somebody types. */
export function isAnswer(target) {
  return target.type === "radio" || !target.matches?.("input:not([type=checkbox]), select, textarea");
}

export class KeySwitch {
  constructor() {
    try {
      this.on = localStorage.getItem(OFF) === null;
    } catch {
      this.on = true; // the browser keeps nothing
    }
  }

  set(on) {
    this.on = on;
    try {
      if (on) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
    } catch {
      // it holds for this page
    }
  }

  digit(event) {
    return this.on ? digitOf(event) : null;
  }
}
